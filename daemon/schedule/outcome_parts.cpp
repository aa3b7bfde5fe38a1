#include "daemon/schedule/outcome_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/zoho/own_disk.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {
namespace {

// Each try costs an upload, but who has made room does not want to wait for long.
constexpr Milliseconds longest_wait_for_disk{60'000};

}  // namespace

using queue::JobEnd;
using queue::Pause;

Time next_probe_for_a_slot(const Moment& moment, const JobContext& job, const RefusedCall& call) {
  // Each refusal costs a whole upload, so the waits grow: strangers may hold the slots for hours.
  const auto& settings = moment.settings;
  const Backoff waits{settings.poll_every, std::max(settings.poll_every, settings.backoff.most)};
  const auto wait = wait_before_repeat(waits, job.no_slot_refusals, moment.fraction);
  return moment.now + std::max(wait, call.retry_after.value_or(Milliseconds{0}));
}

std::optional<Time> window_closed_until(const Moment& moment, const RefusedCall& call) {
  if (call.about_tokens || zoho::classify(call.http_status, call.code) != zoho::FailureClass::too_fast) return {};
  const auto wait = call.retry_after.value_or(moment.settings.request_window);
  return moment.now + std::min(wait, longest_poll_wait);
}

bool is_paused(const Moment& moment, const OrganizationContext& organization) {
  return moment.now < organization.paused_until;
}

std::optional<Pause> pause_for(const Moment& moment, const OrganizationContext& organization, const RefusedCall& call) {
  const auto& settings = moment.settings;
  switch (zoho::classify(call.http_status, call.code)) {
    case zoho::FailureClass::token:
      // Once is an expired token: the next call has a fresh one. Others that went out with the old one say nothing
      // more.
      if (!organization.token_refused_before || call.token_was_replaced) return std::nullopt;
      return Pause{fmt::format("The service refused a fresh access token: {} {}", call.message,
                               zoho::hint_for(call.http_status, call.code)),
                   moment.now + settings.pause_probe};
    case zoho::FailureClass::too_fast:
      return Pause{"The service says that too many requests were made in the last minute.",
                   moment.now + call.retry_after.value_or(settings.request_window)};
    case zoho::FailureClass::organization_exhausted:
      return Pause{fmt::format("{} {}", refused_sentence(call), zoho::hint_for(call.http_status, call.code)),
                   moment.now + settings.pause_probe};
    default:
      return std::nullopt;
  }
}

std::optional<Pause> pause_for_own_disk(const Moment& moment, const JobContext& job, const RefusedCall& call) {
  if (!zoho::says_own_disk(call.code, call.message)) return std::nullopt;
  const Backoff waits{moment.settings.backoff.first, std::min(moment.settings.backoff.most, longest_wait_for_disk)};
  return Pause{call.message + " It is tried again by itself; no attempt is spent.",
               moment.now + wait_before_repeat(waits, job.earlier_jobs, moment.fraction)};
}

queue::AfterJob after_server_failure(const Moment& moment, const JobContext& job, JobEnd& end) {
  if (job.attempts + 1 >= job.max_attempts) {
    end.reason += fmt::format(" This was attempt {} of {}.", job.attempts + 1, job.max_attempts);
    return queue::Fail{};
  }
  return queue::Requeue{moment.now + wait_before_repeat(moment.settings.backoff, job.attempts, moment.fraction), true};
}

JobEnd end_of_unknown(Time holds_slot_until, Time first_look, const std::string& why) {
  JobEnd end;
  end.state = queue::JobState::lost;
  end.holds_slot_until = holds_slot_until;
  end.after = queue::Await{first_look, why};
  end.reason = fmt::format(
      "Nobody knows yet whether it was imported: {}. The service is asked what it last imported into the table{}.", why,
      first_look < holds_slot_until ? ", until " + to_rfc3339(holds_slot_until) + " at the latest" : "");
  end.advice = "Wait: what comes of it is found out, or it is held for you with the reason.";
  return end;
}

}  // namespace dropload::schedule
