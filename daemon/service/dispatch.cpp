#include "daemon/service/dispatch.h"

#include <strings.h>

#include "common/http/router.h"
#include "common/zoho/paths.h"

namespace dropload::service {
namespace {

enum class Needs { nothing = 1, token, token_and_organization };

struct Endpoint {
  http::Verb verb;
  std::string_view path;
  Needs needs;
  Answering (*answer)(Context&, Call);
};

constexpr std::array endpoints{
    Endpoint{http::Verb::post, zoho::path::token, Needs::nothing, answer_token},
    Endpoint{http::Verb::post, zoho::path::on_premise_token, Needs::nothing, answer_token},
    Endpoint{http::Verb::get, zoho::path::organizations, Needs::token, answer_organizations},
    Endpoint{http::Verb::get, zoho::path::workspaces, Needs::token, answer_workspaces},
    Endpoint{http::Verb::get, zoho::path::owned_workspaces, Needs::token, answer_owned_workspaces},
    Endpoint{http::Verb::get, zoho::path::shared_workspaces, Needs::token, answer_shared_workspaces},
    Endpoint{http::Verb::get, zoho::path::workspace, Needs::token, answer_workspace},
    Endpoint{http::Verb::get, zoho::path::meta_details, Needs::token, answer_meta_details},
    Endpoint{http::Verb::get, zoho::path::views, Needs::token_and_organization, answer_views},
    Endpoint{http::Verb::get, zoho::path::metadata, Needs::token_and_organization, answer_metadata},
    Endpoint{http::Verb::get, zoho::path::import_details, Needs::token_and_organization, answer_import_details},
    Endpoint{http::Verb::post, zoho::path::create_new, Needs::token_and_organization, answer_create_new},
    Endpoint{http::Verb::post, zoho::path::create_existing, Needs::token_and_organization, answer_create_existing},
    Endpoint{http::Verb::get, zoho::path::job, Needs::token_and_organization, answer_job_details},
};

const std::vector<http::RoutePattern>& patterns() {
  static const auto table = [] {
    std::vector<http::RoutePattern> made;
    for (const Endpoint& endpoint : endpoints) made.push_back({endpoint.verb, endpoint.path});
    return made;
  }();
  return table;
}

http::Response no_route(const http::NoRoute& why) {
  const int status = static_cast<int>(why.status);
  if (why.status != http::Status::method_not_allowed) {
    return refused({status, status, "URL_RULE_NOT_CONFIGURED", "There is no such call."});
  }
  http::Response response =
      refused({status, status, "METHOD_NOT_ALLOWED", "This call takes another method: " + why.allow + "."});
  response.headers.emplace_back("Allow", why.allow);
  return response;
}

// "Zoho-oauthtoken <access token>"; "" when there is none.
std::string_view access_token_of(const http::Request& request) {
  const std::string_view value = request.headers[boost::beast::http::field::authorization];
  const std::size_t scheme = zoho::token_scheme.size();
  if (value.size() <= scheme || value[scheme] != ' ') return {};
  if (::strncasecmp(value.data(), zoho::token_scheme.data(), scheme) != 0) return {};
  return value.substr(scheme + 1);
}

std::optional<zoho::Refusal> objection_to(const Context& context, const http::Request& request, Needs needs) {
  if (needs == Needs::nothing) return std::nullopt;
  if (!context.accounts.accepts(access_token_of(request))) return zoho::refuse(8535, "Invalid Oauthtoken");
  if (needs == Needs::token) return std::nullopt;
  const std::string_view organization = request.headers[std::string(zoho::organization_header)];
  if (organization.empty()) return zoho::refuse(8083, "ZANALYTICS-ORGID is not present in the request's header.");
  if (organization != context.accounts.organization().id) {
    return zoho::refuse(7301, "You do not have the permission to do this operation in this organization.");
  }
  return std::nullopt;
}

}  // namespace

http::Awaitable<http::Response> dispatch(Context& context, http::Request& request) {
  auto matched = http::match(patterns(), request.verb, request.path);
  if (const auto* none = std::get_if<http::NoRoute>(&matched)) co_return no_route(*none);
  auto& route = std::get<http::RouteMatch>(matched);
  const Endpoint& endpoint = endpoints[route.index];
  if (const auto objection = objection_to(context, request, endpoint.needs)) co_return refused(*objection);
  auto query = http::Query::parse(request.query_text);
  if (!query) co_return refused(zoho::refuse(8516, "The query cannot be decoded: " + query.error().message));
  // It has a name before it is awaited: gcc 12 destroys the members of a temporary aggregate twice.
  Call call{request, std::move(*query), std::move(route.captures)};
  co_return co_await endpoint.answer(context, std::move(call));
}

}  // namespace dropload::service
