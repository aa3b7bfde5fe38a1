// Verdicts on status calls.

#include <algorithm>

#include <fmt/format.h>

#include "daemon/schedule/outcome.h"
#include "daemon/schedule/outcome_parts.h"
#include "daemon/schedule/outcome_rows.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {
namespace {

using queue::JobEnd;

constexpr int job_not_found = 8137;
constexpr int job_access_denied = 8138;

// Before this time the service must know a job that it has taken: if it will not tell of it, the job may be running.
bool may_be_running(const Moment& moment, const JobContext& job) {
  return !job.forgotten_at || moment.now < *job.forgotten_at;
}

// The service has forgotten the job, or will not tell us. If it may be running there all the same, it holds its slot.
Verdict unknown_end(const Moment& moment, const JobContext& job, const std::string& why) {
  const auto until = may_be_running(moment, job) ? moment.now + moment.settings.lost_job_wait : moment.now;
  return {end_of_unknown(until, moment.now, why), {}};
}

Verdict on_failed_import(const Moment& moment, const JobContext& job, const zoho::JobDetails& details) {
  const int code = details.error_code.value_or(0);
  JobEnd end;
  if (code != 0) end.code = code;
  end.reason = failed_sentence(details);
  end.advice = zoho::hint_for(200, code);
  const RefusedCall call{200, code, zoho::plain_text(details.error_message), {}};
  if (auto full = pause_for_own_disk(moment, job, call)) {
    end.advice = advice_for_own_disk();
    end.after = queue::Requeue{moment.now, false};
    return {std::move(end), std::move(full)};
  }
  // A code that is in no table says nothing about the environment: the import failed.
  if (zoho::find_code(code) == nullptr) {
    end.after = queue::Fail{};
    return {std::move(end), {}};
  }
  using enum zoho::FailureClass;
  switch (zoho::classify(200, code)) {
    case table_busy:
      end.after = queue::Requeue{
          moment.now + wait_before_repeat(moment.settings.backoff, job.earlier_jobs, moment.fraction), false};
      return {std::move(end), {}};
    case no_slot:
      end.no_slot_until = next_probe_for_a_slot(moment, job, call);
      end.after = queue::Requeue{moment.now, false};
      return {std::move(end), {}};
    case too_fast:
    case organization_exhausted:
      end.after = queue::Requeue{moment.now, false};
      return {std::move(end), pause_for(moment, {}, call)};
    case server:
      end.after = after_server_failure(moment, job, end);
      return {std::move(end), {}};
    case token:
    case request_wrong:
    case data_wrong:
      end.after = queue::Fail{};
      return {std::move(end), {}};
  }
  return {std::move(end), {}};
}

// A job of which no row is in has failed for us too: so its file may be sent again, and rows of it are nowhere. Of a
// job of batches, and of one of several, it is the submissions that fail.
Verdict on_completed(std::span<const JobContext> job, const zoho::JobDetails& details) {
  auto parts = rows_of_parts(job, details);
  const bool is_alone = parts.size() == 1 && !details.batch_key;
  if (!is_alone || !parts.front().fails || parts.front().rows.success > 0) return {Succeeded{std::move(parts)}, {}};
  JobEnd end;
  end.reason = std::move(parts.front().reason);
  end.advice = std::move(parts.front().advice);
  end.after = queue::Fail{};
  return {std::move(end), {}};
}

}  // namespace

Verdict on_details(const Moment& moment, std::span<const JobContext> job, const zoho::JobDetails& details) {
  switch (details.code) {
    case zoho::JobCode::not_initiated:
    case zoho::JobCode::in_progress:
      return {Runs{poll_at(job.front().timing, poll_settings(moment), moment.now)}, {}};
    case zoho::JobCode::failed: {
      auto verdict =
          for_each_part(job, [&](const JobContext& part) { return on_failed_import(moment, part, details); });
      // With another onError nobody has promised that nothing was written.
      if (job.front().on_error != zoho::OnError::abort) return verdict;
      return split_if_content_is_bad(moment, job, details.error_message + details.import_errors, std::move(verdict));
    }
    case zoho::JobCode::not_found:
      return for_each_part(job, [&](const JobContext& part) {
        return unknown_end(moment, part, "the service does not know its job any more (a result is kept for one hour)");
      });
    case zoho::JobCode::completed:
      return on_completed(job, details);
  }
  return {Runs{moment.now + moment.settings.poll_every}, {}};
}

Verdict on_status_refused(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                          const RefusedCall& call, int failures) {
  if (call.code == job_not_found) {
    return unknown_end(moment, job, "the service does not know its job any more (a result is kept for one hour)");
  }
  if (call.code == job_access_denied) {
    return unknown_end(moment, job, "the service does not let this account read the job's result (code 8138)");
  }
  auto pause = pause_for(moment, organization, call);
  const auto failure_class = zoho::classify(call.http_status, call.code);
  if (failure_class == zoho::FailureClass::too_fast) {
    // However long starts are told to wait, the summary is read within its hour.
    const auto until = std::min(pause->until.value_or(moment.now), moment.now + longest_poll_wait);
    return {Runs{until}, std::move(pause)};
  }
  // Refused for good while the summary is being forgotten: after that hour there is nothing left to ask for.
  if (failure_class == zoho::FailureClass::request_wrong && !may_be_running(moment, job)) {
    return unknown_end(
        moment, job,
        fmt::format("its result could not be read within the hour it is kept. {}", refused_sentence(call)));
  }
  // The first refused token is an expired one. A poll waits at most a minute: the summary is forgotten in an hour.
  if (failure_class == zoho::FailureClass::token && !pause) return {Runs{moment.now}, {}};
  return {on_status_unreachable(moment, failures).what, std::move(pause)};
}

Verdict on_status_unreachable(const Moment& moment, int failures) {
  constexpr Milliseconds longest{60'000};
  const Backoff backoff{moment.settings.backoff.first, std::min(moment.settings.backoff.most, longest)};
  return {Runs{moment.now + wait_before_repeat(backoff, failures, moment.fraction)}, {}};
}

}  // namespace dropload::schedule
