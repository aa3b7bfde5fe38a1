#pragma once

// What the entries of api.cpp's table point to: a request that has passed the door, to an answer or an error.

#include <initializer_list>
#include <map>
#include <string>

#include "common/http/server.h"
#include "daemon/api/api.h"
#include "daemon/api/json_types.h"
#include "daemon/queue/overview.h"

namespace dropload::api {

struct Call {
  const Parts& parts;
  http::Request& request;
  http::Query query;
  std::map<std::string, std::string> captures;
};

using Answer = http::Awaitable<Result<http::Response>>;
using Endpoint = Answer (*)(Call call);

Answer create_submission(Call call);
Answer list_submissions(Call call);
Answer show_submission(Call call);
Answer show_package(Call call);
Answer release_submission(Call call);
Answer discard_submission(Call call);
Answer pause_submission(Call call);
Answer retry_submission(Call call);
Answer set_priority(Call call);
Answer put_file(Call call);
Answer show_original(Call call);
Answer show_summary(Call call);
Answer show_errors(Call call);
Answer show_overview(Call call);
Answer show_throughput(Call call);
Answer follow_events(Call call);
Answer show_readiness(Call call);
Answer list_routes(Call call);
Answer list_ignored(Call call);
Answer pause_route(Call call);
Answer resume_route(Call call);
Answer list_organizations(Call call);
Answer pause_organization(Call call);
Answer resume_organization(Call call);
Answer take_callback(Call call);
Answer show_page(Call call);
Answer show_page_file(Call call);
Answer show_openapi(Call call);
Answer show_health(Call call);
Answer show_problem(Call call);

// --- what several of them need

// 201 with the submission, or, when it is the first of several members of a package, with all of them.
Answer answer_accepted(const Parts& parts, queue::Submission accepted);

// invalid_argument when the query has a parameter that is none of these: a misspelt filter would be silently ignored
// otherwise.
Result<void> expect_parameters(const http::Query& query, std::initializer_list<std::string_view> known);
// A whole number of at least 1; `what` names it in the error.
Result<std::int64_t> parse_number(std::string_view text, std::string_view what);
// The number of a submission in the path.
Result<queue::SubmissionId> id_of(const Call& call);
// The route of that name; not_found, with the names that there are.
Result<queue::Route> find_route(const Parts& parts, const std::string& name);
// How it stands with the drop directory of the route; null when it has none, or none is watched.
const intake::Standing* standing_of(const Parts& parts, const std::string& route);
// What the route expects; empty when nobody looks.
std::vector<ExpectedView> expected_of(const Parts& parts, const std::string& route);
// The members of a route that tell of its submissions.
void add_numbers(Json& route, const queue::RouteNumbers& numbers);
http::Response json_response(http::Status status, const Json& json);

}  // namespace dropload::api
