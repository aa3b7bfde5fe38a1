#pragma once

// What the result of a remote call means for the job and its submission: every row of import-api.md, section 7, in one
// place. Pure.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "common/zoho/answers.h"
#include "daemon/queue/route.h"
#include "daemon/queue/store.h"
#include "daemon/schedule/backoff.h"
#include "daemon/schedule/duration.h"

namespace dropload::schedule {

struct OutcomeSettings {
  Backoff backoff;
  Milliseconds first_poll{2'000};  // of a job of which nothing is known: see duration.h
  Milliseconds poll_every{10'000};
  Milliseconds request_window{60'000};
  Milliseconds lost_job_wait{900'000};    // how long a lost job may still be running there
  Milliseconds open_job_wait{3'600'000};  // how long the service may keep a job that waits for a batch
  Milliseconds pause_probe{900'000};      // an organization paused by the service's word is tried again after this
};

// What is known about the job when the result comes in: of each submission that it carries.
struct JobContext {
  queue::JobPart part;                  // with one submission: at its first line
  std::optional<std::int64_t> records;  // as counted in its file
  zoho::OnError on_error = zoho::OnError::abort;
  queue::OnRowDifference on_row_difference = queue::OnRowDifference::warn;
  // Also what a lost batch asks; other lost jobs are looked for (outcome_lost.h).
  zoho::ImportType import_type = zoho::ImportType::append;
  queue::OnUnknown on_unknown_append = queue::OnUnknown::hold;
  bool newer_ran = false;  // a newer submission for this table was imported since
  int attempts = 0;        // spent so far
  int max_attempts = 5;
  int no_slot_refusals = 0;  // of probes in a row, for want of a slot: what the wait for the next one grows with
  int earlier_jobs = 0;      // of the same submission: what a wait for this submission alone grows with
  std::optional<Time> forgotten_at;  // until then the service keeps its result, or it is running still
  queue::JobTiming timing{};         // what says when it is likely to be done
};

// What is known about the organization: kept by the runner between calls, gone with a restart.
struct OrganizationContext {
  bool token_refused_before = false;  // the token before this one was refused, and no call was answered since
  // Pauses in a row for the same reason, none of which was the end of it: what the next one grows with. Calls that fail
  // together are one.
  int unreachable_in_a_row = 0;
  // The service has refused a call for a reason that meets every other too, and has taken no job since: one at a time
  // is tried when the pause is over.
  bool refused_for_all = false;
  Time paused_until{};  // of the pause in force, or of the last one
};

// The ends of a call. Exactly one of these, and perhaps a pause of the organization with it.
struct Runs {  // uploading -> running, or running on
  Time next_poll_at;
};
struct Succeeded {
  std::vector<queue::PartSuccess> parts;  // one for each submission of the job, in order of arrival
};
struct Verdict {
  std::variant<Runs, Succeeded, queue::JobEnd> what;
  std::optional<queue::Pause> pause;
};

struct RefusedCall {
  int http_status = 0;
  int code = 0;  // 0: the answer carried none
  std::string message;
  std::optional<Milliseconds> retry_after;
  bool token_was_replaced = false;  // a refused token that is not ours any more
  bool about_tokens = false;        // too many tokens were asked for
};

// The moment of a verdict: the settings, the time, and a random fraction in [0, 1) for jitter.
struct Moment {
  const OutcomeSettings& settings;
  Time now;
  double fraction = 0;
};

// The service says that the account was used too fast: until when none of its calls may be made. Nothing for any other
// refusal, and for one of too many token requests, which are counted apart.
std::optional<Time> window_closed_until(const Moment& moment, const RefusedCall& call);

// --- a job of several
// The verdict on a job by that on each of its submissions: that of the first, with what becomes of the others where it
// is something else. REQUIRES: there is one.
Verdict for_each_part(std::span<const JobContext> job, const std::function<Verdict(const JobContext&)>& pass);
// A refused or failed job of several whose content was not accepted: a file that a message names goes alone next time,
// or, when none is named, all go in smaller jobs. The verdict as it was when the job carries one, or has not failed,
// or for what is not in the content.
Verdict split_if_content_is_bad(const Moment& moment, std::span<const JobContext> job, const std::string& message,
                                Verdict verdict);

// --- a create call
Verdict on_accepted(const Moment& moment, const JobContext& job);
Verdict on_refused(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                   const RefusedCall& call);
// A refusal for the sake of the callback that was asked for (8125, 8126, 8127): it is not the file's fault, and a
// callback is not worth a file. The submission is sent again at once, to be without one, and spends no attempt.
bool is_about_callback(int code);
Verdict on_callback_refused(const Moment& moment, const RefusedCall& call);
// Errors of the network (connection, timed_out, protocol) pause the organization with a growing wait, unless it is
// paused already, so that an outage costs one probe at a time; unavailable (we are stopping) repeats at once; any other
// error is of our own disk and lets this submission wait.
Verdict on_never_sent(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                      const Error& why);
// The job is lost: what the service last imported into the table is looked at (outcome_lost.h). Also what a crash left
// behind: an uploading job whose last piece may have gone out.
Verdict on_maybe_sent(const Moment& moment, const std::string& why);
// With a call that may have been received whole and that something else than the API has answered (protocol): the pause
// of an outage, so that what answers in the service's place is sent one file at a time. Nothing for other errors.
std::optional<queue::Pause> pause_for_stranger(const Moment& moment, const OrganizationContext& organization,
                                               const Error& why);

// --- a status call
// Of a completed job the rows of each submission: as it counted them when there is one, else told apart by the lines of
// the rows that were rejected. Rows that are not those that were counted are told in the reason. One of which no row is
// in has failed, and so has its job when it carries nothing else.
Verdict on_details(const Moment& moment, std::span<const JobContext> job, const zoho::JobDetails& details);
inline Verdict on_details(const Moment& moment, const JobContext& job, const zoho::JobDetails& details) {
  return on_details(moment, std::span(&job, 1), details);
}
// The call itself failed: the job runs on, except where the service says that it does not know the job or that we may
// not ask. `failures` calls for this job have failed in a row before.
Verdict on_status_refused(const Moment& moment, const JobContext& job, const OrganizationContext& organization,
                          const RefusedCall& call, int failures);
Verdict on_status_unreachable(const Moment& moment, int failures);

}  // namespace dropload::schedule
