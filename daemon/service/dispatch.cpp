#include "daemon/service/dispatch.h"

#include "common/http/router.h"
#include "common/zoho/paths.h"
#include "daemon/service/admission.h"

namespace dropload::service {
namespace {

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
    Endpoint{http::Verb::post, zoho::path::batch_new, Needs::token_and_organization, answer_batch_new},
    Endpoint{http::Verb::post, zoho::path::batch_existing, Needs::token_and_organization, answer_batch_existing},
    Endpoint{http::Verb::get, zoho::path::export_data, Needs::token_and_organization, answer_export},
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

}  // namespace

http::Awaitable<http::Response> dispatch(Context& context, http::Request& request) {
  if (context.faults.enabled() && is_admin(request.path)) co_return co_await answer_admin(context, request);
  auto matched = http::match(patterns(), request.verb, request.path);
  if (const auto* none = std::get_if<http::NoRoute>(&matched)) co_return no_route(*none);
  auto& route = std::get<http::RouteMatch>(matched);
  const Endpoint& endpoint = endpoints[route.index];
  const auto caller = identify(context, request, endpoint.needs);
  if (!caller) co_return refused(caller.error());
  const Errand errand{*caller, group_of(endpoint.verb, endpoint.path), route.captures["job"]};
  auto obstacle = co_await obstacle_to(context, errand, request);
  if (obstacle) co_return std::move(*obstacle);
  auto query = http::Query::parse(request.query_text);
  if (!query) co_return refused(zoho::refuse(8516, "The query cannot be decoded: " + query.error().message));
  // It has a name before it is awaited: gcc 12 destroys the members of a temporary aggregate twice.
  Call call{request, std::move(*query), std::move(route.captures), *caller};
  auto response = co_await endpoint.answer(context, std::move(call));
  if (loses_answer(context, errand, response)) response.hang_up = true;
  co_return response;
}

}  // namespace dropload::service
