#include "daemon/run/apply.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/text.h"
#include "daemon/run/firmly.h"

namespace dropload::run {
namespace {

using queue::JobEnd;
using queue::JobState;
using queue::Store;
using schedule::Runs;
using schedule::Succeeded;

// A stale write is a race that somebody else won (a person discarded it, a restart settled it): said, not fatal.
void say_if_failed(const Applied& applied, const Result<void>& written) {
  if (!written) spdlog::warn("submission {}: {}", applied.job.submission, written.error().message);
}

// Here and in the runner a closure has a name before it is awaited: gcc 12 destroys the captures of a temporary one
// twice.
http::Awaitable<Result<void>> apply_runs(Context& context, Applied applied, Runs runs) {
  const Time now = context.clock.now();
  if (applied.job.state == JobState::uploading) {
    auto write = [applied, runs, now](Store& store) {
      return store.job_accepted(applied.job.id, applied.workspace_id, applied.remote_id, runs.next_poll_at, now);
    };
    auto written = co_await firmly(context, std::move(write));
    if (written) {
      spdlog::info("submission {}: accepted as job {}", applied.job.submission, applied.remote_id);
    } else {
      spdlog::error("submission {}: accepted as job {}, but that cannot be noted: {}", applied.job.submission,
                    applied.remote_id, written.error().message);
    }
    co_return written;
  }
  auto write = [applied, runs](Store& store) {
    return store.job_runs_on(applied.job.id, applied.code, applied.message, runs.next_poll_at);
  };
  const auto written = co_await firmly(context, std::move(write));
  say_if_failed(applied, written);
  co_return written;
}

http::Awaitable<Result<void>> apply_succeeded(Context& context, Applied applied, Succeeded succeeded) {
  const Time now = context.clock.now();
  auto write = [applied, succeeded, now](Store& store) {
    return store.job_succeeded(applied.job.id, succeeded.rows, succeeded.reason, applied.summary, now);
  };
  const auto written = co_await firmly(context, std::move(write));
  if (written) {
    const auto level = succeeded.reason.empty() ? spdlog::level::info : spdlog::level::warn;
    spdlog::log(level, "submission {}: done, {} of {} rows are in. {}", applied.job.submission, succeeded.rows.success,
                succeeded.rows.total, succeeded.reason);
  }
  say_if_failed(applied, written);
  co_return written;
}

void log_end(const Applied& applied, const JobEnd& end) {
  const auto id = applied.job.submission;
  if (std::holds_alternative<queue::Fail>(end.after)) {
    spdlog::warn("submission {}: failed. {} {}", id, end.reason, end.advice);
  } else if (std::holds_alternative<queue::Hold>(end.after)) {
    spdlog::warn("submission {}: held, a person must decide. {} {}", id, end.reason, end.advice);
  } else {
    spdlog::info("submission {}: waits again. {}", id, end.reason);
  }
}

http::Awaitable<Result<void>> apply_end(Context& context, Applied applied, JobEnd end) {
  const Time now = context.clock.now();
  if (end.summary.empty()) end.summary = applied.summary;
  auto write = [applied, end, now](Store& store) { return store.job_ended(applied.job.id, end, now); };
  const auto written = co_await firmly(context, std::move(write));
  if (written) log_end(applied, end);
  say_if_failed(applied, written);
  co_return written;
}

http::Awaitable<void> apply_pause(Context& context, std::string organization, queue::Pause pause) {
  auto write = [organization, pause](Store& store) { return store.pause(organization, pause); };
  // Before anything is waited for: the next verdict is to know of it.
  if (const auto found = context.organizations.find(organization); found != context.organizations.end()) {
    auto& until = found->second.memory.paused_until;
    until = std::max(until, pause.until.value_or(Time{INT64_MAX}));
  }
  const auto written = co_await firmly(context, std::move(write));
  if (!written || !*written) co_return;
  spdlog::warn("organization {}: paused{}. {}", organization, pause.until ? " until " + to_rfc3339(*pause.until) : "",
               pause.reason);
}

}  // namespace

http::Awaitable<Result<void>> apply(Context& context, Applied applied, schedule::Verdict verdict) {
  // The pause goes first: between the two writes the scheduler must not start what the pause is to keep back.
  if (verdict.pause) co_await apply_pause(context, applied.organization, *verdict.pause);
  if (auto* runs = std::get_if<Runs>(&verdict.what)) {
    const auto written = co_await apply_runs(context, std::move(applied), *runs);
    co_return written;
  }
  if (auto* succeeded = std::get_if<Succeeded>(&verdict.what)) {
    const auto written = co_await apply_succeeded(context, std::move(applied), std::move(*succeeded));
    co_return written;
  }
  const auto written = co_await apply_end(context, std::move(applied), std::get<JobEnd>(std::move(verdict.what)));
  co_return written;
}

std::string name_of(const queue::Submission& submission) {
  return fmt::format("submission {} ({} to {}/{})", submission.id, escaped(submission.file_name),
                     submission.table.workspace, submission.table.table);
}

}  // namespace dropload::run
