#include <algorithm>

#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/list_filter.h"
#include "daemon/api/waiting.h"

namespace dropload::api {
namespace {

Result<std::string> required(const http::Query& query, std::string_view name, std::string_view example) {
  auto value = query.find(name);
  if (value && !value->empty()) return std::move(*value);
  return error(Errc::invalid_argument, "the parameter '{}' is missing: POST /v1/submissions?{} with the file as body",
               name, example);
}

Result<SubmissionDetail> read_detail(queue::Store& store, queue::SubmissionId id, const Scheduling& scheduling) {
  auto submission = store.find(id);
  if (!submission) return submission.error();
  auto jobs = store.jobs_of(id);
  if (!jobs) return jobs.error();
  auto timeline = store.events_of(id);
  if (!timeline) return timeline.error();
  auto waits = read_waits(store, {*submission}, scheduling);
  if (!waits) return waits.error();
  return SubmissionDetail{std::move(*submission), std::move(*jobs), std::move(*timeline), (*waits)[id]};
}

Result<SubmissionPage> read_page(queue::Store& store, const queue::ListFilter& filter, const Scheduling& scheduling) {
  auto listed = queue::list_page(store, filter);
  if (!listed) return listed.error();
  SubmissionPage page{std::move(listed->submissions), listed->next};
  auto waits = read_waits(store, page.submissions, scheduling);
  if (!waits) return waits.error();
  page.waits = std::move(*waits);
  return page;
}

Result<PackageDetail> read_package(queue::Store& store, queue::PackageId id) {
  auto package = store.find_package(id);
  if (!package) return package.error();
  auto members = store.members_of(id);
  if (!members) return members.error();
  return PackageDetail{std::move(*package), std::move(*members)};
}

using Change = Result<queue::Submission> (queue::Store::*)(queue::SubmissionId, Time);

Answer change_submission(Call call, Change change) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto id = id_of(call);
  if (!id) co_return id.error();
  auto work = [change, number = *id, now = call.parts.clock.now()](queue::Store& store) {
    return (store.*change)(number, now);
  };
  const auto changed = co_await call.parts.store.run(std::move(work));
  if (!changed) co_return changed.error();
  call.parts.wake();
  co_return json_response(http::Status::ok, encode(*changed));
}

}  // namespace

namespace {

Answer receive_file(Call call, std::string route_name, std::string file_name) {
  auto route = find_route(call.parts, route_name);
  if (!route) co_return route.error();
  route->max_bytes = std::min(route->max_bytes, call.parts.max_body_bytes);
  const auto accepted = co_await call.parts.intake.receive(*route, std::move(file_name), *call.request.body);
  if (!accepted) co_return accepted.error();
  auto answer = co_await answer_accepted(call.parts, *accepted);
  co_return answer;
}

}  // namespace

Answer put_file(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  auto route = call.captures.at("name");
  auto file_name = call.captures.at("file");
  co_return co_await receive_file(std::move(call), std::move(route), std::move(file_name));
}

Answer create_submission(Call call) {
  if (auto known = expect_parameters(call.query, {"route", "filename"}); !known) co_return known.error();
  auto route_name = required(call.query, "route", "route=R&filename=F");
  if (!route_name) co_return route_name.error();
  auto file_name = required(call.query, "filename", "route=R&filename=F");
  if (!file_name) co_return file_name.error();
  co_return co_await receive_file(std::move(call), std::move(*route_name), std::move(*file_name));
}

Answer answer_accepted(const Parts& parts, queue::Submission accepted) {
  Json json = encode(accepted);
  auto location = fmt::format("/v1/submissions/{}", accepted.id);
  if (accepted.is_member()) {
    auto work = [id = accepted.package->id](queue::Store& store) { return read_package(store, id); };
    const auto detail = co_await parts.store.run(std::move(work));
    if (!detail) co_return detail.error();
    if (detail->members.size() > 1) {
      json = encode(*detail);
      location = fmt::format("/v1/packages/{}", detail->package.id);
    }
  }
  auto response = json_response(http::Status::created, json);
  response.headers.emplace_back("Location", std::move(location));
  co_return response;
}

Answer show_package(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto id = id_of(call);
  if (!id) co_return id.error();
  auto work = [number = *id](queue::Store& store) { return read_package(store, number); };
  const auto detail = co_await call.parts.store.run(std::move(work));
  if (!detail) co_return detail.error();
  co_return json_response(http::Status::ok, encode(*detail));
}

Answer list_submissions(Call call) {
  auto filter = list_filter_of(call.query);
  if (!filter) co_return filter.error();
  auto work = [filter = *filter, scheduling = scheduling_now(call.parts)](queue::Store& store) {
    return read_page(store, filter, scheduling);
  };
  const auto page = co_await call.parts.store.run(std::move(work));
  if (!page) co_return page.error();
  co_return json_response(http::Status::ok, encode(*page));
}

Answer show_submission(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto id = id_of(call);
  if (!id) co_return id.error();
  auto work = [number = *id, scheduling = scheduling_now(call.parts)](queue::Store& store) {
    return read_detail(store, number, scheduling);
  };
  const auto detail = co_await call.parts.store.run(std::move(work));
  if (!detail) co_return detail.error();
  co_return json_response(http::Status::ok, encode(*detail));
}

// What is queued for an organization that nobody serves would wait without a word.
Answer release_submission(Call call) {
  const auto id = id_of(call);
  if (!id) co_return id.error();
  auto read = [number = *id](queue::Store& store) { return store.find(number); };
  const auto submission = co_await call.parts.store.run(std::move(read));
  if (!submission) co_return submission.error();
  const auto& name = submission->table.organization;
  const bool is_known = std::ranges::any_of(call.parts.limits, [&](const auto& o) { return o.name == name; });
  if (!is_known) {
    co_return error(Errc::stale,
                    "its organization '{}' is not in the configuration; put it back, restart dropload, and release it "
                    "then",
                    escaped(name));
  }
  auto answer = co_await change_submission(std::move(call), &queue::Store::release);
  co_return answer;
}

Answer discard_submission(Call call) {
  return change_submission(std::move(call), &queue::Store::discard);
}

}  // namespace dropload::api
