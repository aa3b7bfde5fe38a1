#include "daemon/run/apply.h"

#include <algorithm>

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
      spdlog::info("submission {}{}: accepted as job {}", applied.job.submission, and_others(applied.job),
                   applied.remote_id);
    } else {
      spdlog::error("submission {}{}: accepted as job {}, but that cannot be noted: {}", applied.job.submission,
                    and_others(applied.job), applied.remote_id, written.error().message);
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

void log_success(const queue::PartSuccess& part) {
  const auto level = part.reason.empty() ? spdlog::level::info : spdlog::level::warn;
  if (part.fails) {
    spdlog::warn("submission {}: failed. {} {}", part.submission, part.reason, part.advice);
  } else {
    spdlog::log(level, "submission {}: done, {} of {} rows are in. {}", part.submission, part.rows.success,
                part.rows.total, part.reason);
  }
}

http::Awaitable<Result<void>> apply_succeeded(Context& context, Applied applied, Succeeded succeeded) {
  const Time now = context.clock.now();
  auto write = [applied, succeeded, now](Store& store) {
    return store.job_succeeded(applied.job.id, succeeded.parts, applied.summary, now);
  };
  const auto written = co_await firmly(context, std::move(write));
  if (written) std::ranges::for_each(succeeded.parts, log_success);
  say_if_failed(applied, written);
  co_return written;
}

void log_end_of(const std::string& who, const queue::AfterJob& after, const std::string& reason,
                const std::string& advice) {
  if (std::holds_alternative<queue::Fail>(after)) {
    spdlog::warn("{}: failed. {} {}", who, reason, advice);
  } else if (std::holds_alternative<queue::Hold>(after)) {
    spdlog::warn("{}: held, a person must decide. {} {}", who, reason, advice);
  } else if (std::holds_alternative<queue::Await>(after)) {
    spdlog::warn("{}: its job is lost. {}", who, reason);
  } else {
    spdlog::info("{}: waits again. {}", who, reason);
  }
}

// One line for all that share the job's end, and one for each that has another.
void log_end(const Applied& applied, const JobEnd& end) {
  log_end_of(fmt::format("submission {}{}", applied.job.submission, and_others(applied.job)), end.after, end.reason,
             end.advice);
  for (const auto& part : end.parts) {
    log_end_of(fmt::format("but submission {}", part.submission), part.after, part.reason, part.advice);
  }
}

http::Awaitable<void> say_who_has_the_slots(Context& context, std::string organization) {
  auto read = [organization](Store& store) { return store.strangers(organization); };
  const auto known = co_await context.store.run(std::move(read));
  if (!known || !*known) co_return;
  spdlog::warn("organization {}: the service has no slot left: {} ours + {} others. One more is tried at {}",
               organization, (*known)->ours, (*known)->others((*known)->ours), to_rfc3339((*known)->probe_at));
}

http::Awaitable<Result<void>> apply_end(Context& context, Applied applied, JobEnd end) {
  const Time now = context.clock.now();
  if (end.summary.empty()) end.summary = applied.summary;
  auto write = [applied, end, now](Store& store) { return store.job_ended(applied.job.id, end, now); };
  const auto written = co_await firmly(context, std::move(write));
  if (written) log_end(applied, end);
  if (written && end.no_slot_until) co_await say_who_has_the_slots(context, applied.organization);
  say_if_failed(applied, written);
  co_return written;
}

}  // namespace

http::Awaitable<void> slow_down_if_told(Context& context, std::string organization, target::Refused refused) {
  const auto until = schedule::window_closed_until(moment_now(context), call_of(refused));
  if (!until) co_return;
  const auto limits = context.organizations.at(organization).limits;
  auto write = [limits, until = *until, now = context.clock.now()](Store& store) {
    return store.slow_down(limits, until, now);
  };
  const auto pace = co_await firmly(context, std::move(write));
  if (!pace) co_return;
  const auto allowed = zoho::bounded(limits.requests, *pace, context.clock.now());
  spdlog::warn(
      "organization {}: the service says that its account makes too many calls. None is made until {}, then {} BULK, "
      "{} "
      "METADATA and {} OVERALL a minute, and more again with each quiet minute",
      organization, to_rfc3339(pace->closed_until), allowed.bulk, allowed.metadata, allowed.overall);
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

http::Awaitable<void> end_outage(Context& context, std::string organization) {
  const auto& memory = context.organizations.at(organization).memory;
  if (memory.unreachable_in_a_row == 0 || memory.paused_until <= context.clock.now()) co_return;
  auto write = [organization, until = memory.paused_until](Store& store) {
    return store.end_pause(organization, until);
  };
  const auto ended = co_await context.store.run(std::move(write));
  if (!ended || !*ended) co_return;
  context.organizations.at(organization).memory.paused_until = context.clock.now();
  spdlog::info("organization {}: the service can be reached again", organization);
}

std::string name_of(const queue::Submission& submission) {
  return fmt::format("submission {} ({} to {}/{})", submission.id, escaped(submission.file_name),
                     submission.table.workspace, submission.table.table);
}

std::string and_others(const queue::Job& job) {
  return job.parts > 1 ? fmt::format(" and {} more", job.parts - 1) : "";
}

}  // namespace dropload::run
