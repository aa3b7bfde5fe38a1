// The admin endpoint: faults for rehearsals, and what was counted.
//
//   GET    /admin/faults?organization=ID   the faults of the organization, with their counters
//   PUT    /admin/faults?organization=ID   replaces them by those of the body (fault_json.h)
//   DELETE /admin/faults?organization=ID   takes them away
//   GET    /admin/usage?organization=ID    {"units_used_today": 20}
//
// `organization` may be left out where there is only one. Answers are JSON; errors are problem documents.

#include "daemon/service/endpoints.h"
#include "daemon/service/fault_json.h"
#include "daemon/service/units.h"

namespace dropload::service {
namespace {

constexpr std::string_view faults_path = "/admin/faults";
constexpr std::string_view usage_path = "/admin/usage";
constexpr std::size_t max_admin_body = 256 * 1024;

http::Response admin_problem(http::Status status, const std::string& detail) {
  http::Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = nlohmann::json{{"status", static_cast<int>(status)}, {"detail", detail}}.dump();
  return response;
}

Result<const Organization*> organization_meant(const Context& context, const http::Request& request) {
  const auto query = http::Query::parse(request.query_text);
  if (!query) return query.error();
  const auto& all = context.accounts.organizations();
  const auto id = query->find("organization");
  if (!id && all.size() == 1) return &all.front();
  if (!id) return error(Errc::invalid_argument, "there are {} organizations; add ?organization=ID", all.size());
  const Organization* found = context.accounts.find_organization(*id);
  if (found == nullptr)
    return error(Errc::invalid_argument, "there is no organization with this id; /restapi/v2/orgs lists them");
  return found;
}

http::Response usage_of(Context& context, const Organization& organization) {
  const auto used = units_used(context.database, organization.id, context.clock.now());
  if (!used) return admin_problem(http::Status::internal_server_error, used.error().message);
  http::Response response;
  response.body = nlohmann::json{{"units_used_today", *used}}.dump();
  return response;
}

http::Response not_allowed(std::string allow) {
  http::Response response = admin_problem(http::Status::method_not_allowed, "This path takes " + allow + ".");
  response.headers.emplace_back("Allow", std::move(allow));
  return response;
}

}  // namespace

bool is_admin(std::string_view path) {
  return path == faults_path || path == usage_path;
}

Answering answer_admin(Context& context, http::Request& request) {
  const auto organization = organization_meant(context, request);
  if (!organization) co_return admin_problem(http::Status::bad_request, organization.error().message);
  const std::string& id = (*organization)->id;
  const bool reads = request.verb == http::Verb::get || request.verb == http::Verb::head;
  if (request.path == usage_path) co_return reads ? usage_of(context, **organization) : not_allowed("GET");
  if (request.verb == http::Verb::put) {
    const auto body = co_await http::read_whole(*request.body, max_admin_body);
    if (!body) co_return admin_problem(http::Status::bad_request, body.error().message);
    auto faults = decode_faults(*body);
    if (!faults) co_return admin_problem(http::Status::bad_request, faults.error().message);
    spdlog::info("import service: {} fault(s) set for organization {}", faults->size(), id);
    context.faults.set(id, std::move(*faults));
  } else if (request.verb == http::Verb::delete_) {
    context.faults.set(id, {});
  } else if (!reads) {
    co_return not_allowed("GET, PUT, DELETE");
  }
  http::Response response;
  response.body = encode_faults(context.faults.entries(id));
  co_return response;
}

}  // namespace dropload::service
