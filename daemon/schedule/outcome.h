#pragma once

// What the result of a remote call means for the job and its submission: every row of import-api.md, section 7, in one place. Pure.

#include <optional>
#include <string>
#include <variant>

#include "common/zoho/answers.h"
#include "daemon/queue/route.h"
#include "daemon/queue/store.h"
#include "daemon/schedule/backoff.h"

namespace dropload::schedule {

struct OutcomeSettings {
  Backoff backoff;
  Milliseconds first_poll{2'000};
  Milliseconds poll_every{10'000};
  Milliseconds request_window{60'000};
  Milliseconds lost_job_wait{900'000};      // how long a lost job may still be running there
  Milliseconds pause_probe{900'000};        // an organization paused by the service's word is tried again after this
  Milliseconds remembered{3'600'000};       // how long the service keeps a summary
};

// What is known about the job when the result comes in.
struct JobContext {
  zoho::ImportType import_type = zoho::ImportType::append;
  queue::OnUnknown on_unknown_append = queue::OnUnknown::hold;
  int attempts = 0;        // spent so far
  int max_attempts = 5;
  int refusals_in_a_row = 0;  // jobs of this submission that ended without an attempt being spent: for the backoff
  bool token_refused_before = false;  // the call before this one of this organization was refused for its token
  bool newer_ran = false;  // a newer submission for this table was imported since
};

// The ends of a call. Exactly one of these, and perhaps a pause of the organization with it.
struct Runs {  // uploading → running, or running on
  Time next_poll_at;
};
struct Succeeded {
  queue::Rows rows;
  std::string reason;  // what is odd about it, "" when nothing
};
struct Verdict {
  std::variant<Runs, Succeeded, queue::JobEnd> what;
  std::optional<queue::Pause> pause;
};

struct RefusedCall {
  int http_status = 0;
  int code = 0;
  std::string message;
  std::optional<Milliseconds> retry_after;
};

// --- a create call
Verdict on_accepted(const OutcomeSettings& settings, Time now);
Verdict on_refused(const OutcomeSettings& settings, const JobContext& job, const RefusedCall& call, Time now, double fraction);
Verdict on_never_sent(const OutcomeSettings& settings, const JobContext& job, const std::string& why, Time now, double fraction);
// Also what a crash left behind: an uploading job whose last piece may have gone out.
Verdict on_maybe_sent(const OutcomeSettings& settings, const JobContext& job, const std::string& why, Time now);

// --- a status call; `polls` have been made for this job so far
Verdict on_details(const OutcomeSettings& settings, const JobContext& job, const zoho::JobDetails& details, Time now, double fraction);
// The call itself failed: the job runs on.
Verdict on_status_refused(const OutcomeSettings& settings, const JobContext& job, const RefusedCall& call, int failures_in_a_row, Time now,
                          double fraction);
Verdict on_status_unreachable(const OutcomeSettings& settings, int failures_in_a_row, Time now, double fraction);

}  // namespace dropload::schedule
