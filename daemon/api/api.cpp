#include "daemon/api/api.h"

#include <array>

#include <spdlog/spdlog.h>

#include "common/base/text.h"
#include "common/http/router.h"
#include "daemon/api/endpoints.h"
#include "daemon/queue/callbacks.h"

namespace dropload::api {
namespace {

using http::Verb;

struct Entry {
  http::RoutePattern pattern;
  Endpoint endpoint;
};

constexpr std::array table{
    Entry{{Verb::post, "/v1/submissions"}, create_submission},
    Entry{{Verb::get, "/v1/submissions"}, list_submissions},
    Entry{{Verb::get, "/v1/submissions/{id}"}, show_submission},
    Entry{{Verb::get, "/v1/packages/{id}"}, show_package},
    Entry{{Verb::post, "/v1/submissions/{id}/release"}, release_submission},
    Entry{{Verb::post, "/v1/submissions/{id}/discard"}, discard_submission},
    Entry{{Verb::post, "/v1/submissions/{id}/cancel"}, discard_submission},
    Entry{{Verb::post, "/v1/submissions/{id}/pause"}, pause_submission},
    Entry{{Verb::post, "/v1/submissions/{id}/resume"}, release_submission},
    Entry{{Verb::post, "/v1/submissions/{id}/retry"}, retry_submission},
    Entry{{Verb::post, "/v1/submissions/{id}/priority"}, set_priority},
    Entry{{Verb::get, "/v1/submissions/{id}/original"}, show_original},
    Entry{{Verb::get, "/v1/submissions/{id}/summary"}, show_summary},
    Entry{{Verb::get, "/v1/submissions/{id}/errors"}, show_errors},
    Entry{{Verb::get, "/v1/overview"}, show_overview},
    Entry{{Verb::get, "/v1/throughput"}, show_throughput},
    Entry{{Verb::get, "/v1/events"}, follow_events},
    Entry{{Verb::put, "/v1/routes/{name}/files/{file}"}, put_file},
    Entry{{Verb::get, "/v1/routes"}, list_routes},
    Entry{{Verb::get, "/v1/routes/{name}/ignored"}, list_ignored},
    Entry{{Verb::post, "/v1/routes/{name}/pause"}, pause_route},
    Entry{{Verb::post, "/v1/routes/{name}/resume"}, resume_route},
    Entry{{Verb::get, "/v1/organizations"}, list_organizations},
    Entry{{Verb::post, "/v1/organizations/{name}/pause"}, pause_organization},
    Entry{{Verb::post, "/v1/organizations/{name}/resume"}, resume_organization},
    Entry{{Verb::post, "/v1/callbacks/{secret}"}, take_callback},
    Entry{{Verb::get, "/"}, show_page},
    Entry{{Verb::get, "/page/{name}"}, show_page_file},
    Entry{{Verb::get, "/healthz"}, show_health},
    Entry{{Verb::get, "/readyz"}, show_readiness},
    Entry{{Verb::get, "/openapi.json"}, show_openapi},
    Entry{{Verb::get, "/problems/{code}"}, show_problem},
};

}  // namespace

const std::vector<http::RoutePattern>& api_patterns() {
  static const std::vector<http::RoutePattern> all = [] {
    std::vector<http::RoutePattern> collected;
    for (const Entry& entry : table) collected.push_back(entry.pattern);
    return collected;
  }();
  return all;
}

namespace {

http::Response no_route(const http::NoRoute& nothing, const http::Request& request) {
  if (nothing.status != http::Status::method_not_allowed) {
    return to_response(problem(
        "not_found", fmt::format("there is nothing at {}; submissions are at /v1/submissions", escaped(request.path))));
  }
  auto response = to_response(problem(
      "method_not_allowed", fmt::format("{} does not take {}; it takes {}", escaped(request.path),
                                        std::string_view(boost::beast::http::to_string(request.verb)), nothing.allow)));
  response.headers.emplace_back("Allow", nothing.allow);
  return response;
}

// A proxy may have put slashes in front, or escaped what need not be.
bool is_callback(const std::string& path) {
  static const auto name = queue::callback_path.substr(std::string_view("/v1").size());
  const auto decoded = http::percent_decode(path, false);
  return (decoded ? *decoded : path).find(name) != std::string::npos;
}

http::Awaitable<http::Response> answer(const Parts& parts, http::Request& request, std::string path) {
  auto matched = http::match(api_patterns(), request.verb, path);
  if (const auto* nothing = std::get_if<http::NoRoute>(&matched)) co_return no_route(*nothing, request);
  auto query = http::Query::parse(request.query_text);
  if (!query) co_return to_response(problem_of(query.error()));
  auto& found = std::get<http::RouteMatch>(matched);
  Call call{parts, request, std::move(*query), std::move(found.captures)};
  auto response = co_await table[found.index].endpoint(std::move(call));
  if (!response) co_return to_response(problem_of(response.error()));
  co_return std::move(*response);
}

}  // namespace

Api::Api(Parts parts) : parts_(std::move(parts)), guard_(parts_.allowed_hosts, parts_.callback_hosts) {}

http::Awaitable<http::Response> Api::handle(http::Request& request) {
  http::Response response;
  std::string path = request.path;
  // From here on whoever logs or quotes the path does not have the secret.
  if (is_callback(path)) request.path = std::string(queue::callback_path) + "…";
  if (const auto refused = guard_.refuse(request.verb, request.headers, path.starts_with(queue::callback_path))) {
    response = to_response(*refused);
  } else {
    response = co_await answer(parts_, request, std::move(path));
  }
  spdlog::debug("{} {} from {}: {}", std::string_view(boost::beast::http::to_string(request.verb)),
                escaped(request.path), request.peer.address().to_string(), static_cast<int>(response.status));
  co_return response;
}

}  // namespace dropload::api
