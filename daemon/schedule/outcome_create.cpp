// Verdicts on create calls.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daemon/schedule/outcome.h"
#include "daemon/schedule/outcome_parts.h"
#include "daemon/schedule/sentences.h"

namespace dropload::schedule {

using queue::JobEnd;
using queue::JobState;
using queue::Pause;

Verdict on_accepted(const Moment& moment, const JobContext& job) {
  auto timing = job.timing;
  timing.sent_at = moment.now;
  timing.ran_at = moment.now;
  return {Runs{poll_at(timing, poll_settings(moment), moment.now)}, {}};
}

Verdict on_refused(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                   const RefusedCall& call) {
  JobEnd end;
  if (call.code != 0) end.code = call.code;
  end.reason = refused_sentence(call);
  end.advice = zoho::hint_for(call.http_status, call.code);
  if (auto full = pause_for_own_disk(moment, job, call)) {
    end.advice = advice_for_own_disk();
    end.after = queue::Requeue{moment.now, false};
    return {std::move(end), std::move(full)};
  }
  std::optional<Pause> pause = pause_for(moment, organization, call);
  using enum zoho::FailureClass;
  switch (zoho::classify(call.http_status, call.code)) {
    case no_slot:
      end.no_slot_until = next_probe_for_a_slot(moment, job, call);
      end.after = queue::Requeue{moment.now, false};
      break;
    case token:
    case too_fast:
    case organization_exhausted:
      // The pause, if there is one, says how long; the submission itself may go on as soon as it is over.
      end.after = queue::Requeue{moment.now, false};
      break;
    case table_busy:
      end.after = queue::Requeue{
          moment.now + wait_before_repeat(moment.settings.backoff, job.earlier_jobs, moment.fraction), false};
      break;
    case server:
      end.after = after_server_failure(moment, job, end);
      break;
    case request_wrong:
    case data_wrong:
      end.after = queue::Fail{};
      break;
  }
  return {std::move(end), std::move(pause)};
}

bool is_about_callback(int code) {
  constexpr std::array codes{8125, 8126, 8127};  // no URL, cannot be reached, a private address
  return std::ranges::find(codes, code) != codes.end();
}

Verdict on_callback_refused(const Moment& moment, const RefusedCall& call) {
  JobEnd end;
  end.code = call.code;
  end.reason = refused_sentence(call) + " It is sent again, without a callback.";
  end.after = queue::Requeue{moment.now, false};
  return {std::move(end), {}};
}

std::optional<Pause> pause_for_outage(const Moment& moment, const OrganizationContext& organization, const Error& why) {
  if (is_paused(moment, organization)) return std::nullopt;
  const auto wait = wait_before_repeat(moment.settings.backoff, organization.unreachable_in_a_row, moment.fraction);
  return Pause{fmt::format("The service cannot be reached: {}.", why.message), moment.now + wait};
}

Verdict on_never_sent(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                      const Error& why) {
  JobEnd end;
  end.reason = fmt::format("It could not be sent: {}.", why.message);
  if (why.code == Errc::unavailable) {
    end.after = queue::Requeue{moment.now, false};
    return {std::move(end), {}};
  }
  if (why.code == Errc::connection || why.code == Errc::timed_out || why.code == Errc::protocol) {
    end.after = queue::Requeue{moment.now, false};
    return {std::move(end), pause_for_outage(moment, organization, why)};
  }
  end.after = queue::Requeue{
      moment.now + wait_before_repeat(moment.settings.backoff, job.earlier_jobs, moment.fraction), false};
  return {std::move(end), {}};
}

Verdict on_maybe_sent(const Moment& moment, const std::string& why) {
  const auto until = moment.now + moment.settings.lost_job_wait;
  return {end_of_unknown(until, std::min(moment.now + moment.settings.first_poll, until), why), {}};
}

std::optional<Pause> pause_for_stranger(const Moment& moment, const OrganizationContext& organization,
                                        const Error& why) {
  return why.code == Errc::protocol ? pause_for_outage(moment, organization, why) : std::nullopt;
}

}  // namespace dropload::schedule
