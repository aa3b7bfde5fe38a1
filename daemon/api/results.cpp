#include "common/base/text.h"
#include "common/zoho/answers.h"
#include "daemon/api/endpoints.h"

// What the service said of a submission, as it said it.

namespace dropload::api {
namespace {

Result<std::string> newest_summary(queue::Store& store, queue::SubmissionId id) {
  if (auto known = store.find(id); !known) return known.error();
  const auto jobs = store.jobs_of(id);
  if (!jobs) return jobs.error();
  for (auto job = jobs->rbegin(); job != jobs->rend(); ++job) {
    if (!job->summary.empty()) return job->summary;
  }
  return error(Errc::not_found,
               "no job of submission {} has ended with details of the service yet; GET /v1/submissions/{} says how it "
               "stands",
               id, id);
}

http::Awaitable<Result<std::string>> summary_of(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto id = id_of(call);
  if (!id) co_return id.error();
  auto work = [number = *id](queue::Store& store) { return newest_summary(store, number); };
  co_return co_await call.parts.store.run(std::move(work));
}

// "<nobr>…</nobr><br>" for each → one on a line, its values as they were.
std::string lines_of_errors(std::string_view fragment) {
  std::string text;
  while (!fragment.empty()) {
    constexpr std::string_view end = "<br>";
    const auto length = fragment.find(end);
    const auto line = zoho::plain_text(fragment.substr(0, length));
    if (!line.empty()) text += readable(line) + "\n";
    fragment.remove_prefix(length == std::string_view::npos ? fragment.size() : length + end.size());
  }
  return text;
}

}  // namespace

Answer show_summary(Call call) {
  auto summary = co_await summary_of(std::move(call));
  if (!summary) co_return summary.error();
  http::Response response;
  response.body = std::move(*summary);
  co_return response;
}

Answer show_errors(Call call) {
  auto summary = co_await summary_of(std::move(call));
  if (!summary) co_return summary.error();
  const auto details = zoho::decode_job_details(*summary);
  const auto lines = details ? lines_of_errors(details->import_errors) : std::string();
  if (lines.empty()) co_return error(Errc::not_found, "the service listed no rows that it rejected or changed");
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = lines;
  co_return response;
}

}  // namespace dropload::api
