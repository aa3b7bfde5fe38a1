#include "common/db/query.h"
#include "common/zoho/answers.h"
#include "daemon/queue/job_place.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"

// How a job ends, and what becomes of its submission.

namespace dropload::queue {
namespace {

using db::Query;

// What an end without success means for the submission.
struct Next {
  SubmissionState state = SubmissionState::failed;
  std::string_view event;
  std::optional<Time> not_before;
  bool spends_attempt = false;
};

Next next_of(const AfterJob& after) {
  if (const auto* again = std::get_if<Requeue>(&after)) {
    return {SubmissionState::queued, "waits again", again->not_before, again->spends_attempt};
  }
  if (std::holds_alternative<Hold>(after)) return {SubmissionState::held, "held", std::nullopt, false};
  return {SubmissionState::failed, "failed", std::nullopt, false};
}

std::optional<Error> what_is_wrong_with(JobId id, const JobEnd& end) {
  if (end.state != JobState::failed && end.state != JobState::lost) {
    return error(Errc::invalid_argument, "job {} cannot end as {} here", id, to_string(end.state));
  }
  if (end.holds_slot_until && end.state != JobState::lost) {
    return error(Errc::invalid_argument, "job {} has failed: it cannot hold its slot", id);
  }
  if (end.reason.empty() && !std::holds_alternative<Requeue>(end.after)) {
    return error(Errc::invalid_argument, "the end of job {} wants a reason", id);
  }
  return std::nullopt;
}

void write_job_end(db::Database& database, JobId id, const JobEnd& end, Time now) {
  Query(database,
        "UPDATE job SET state = ?, next_poll_at = NULL, holds_slot_until = ?, ended_at = ?, remote_code = coalesce(?, "
        "remote_code), message = ?, summary = ? WHERE id = ?",
        to_string(end.state), end.holds_slot_until, now, end.code, end.reason, end.summary, id)
      .run();
}

void write_submission_end(db::Database& database, SubmissionId id, const Next& next, const JobEnd& end, Time now) {
  std::optional<Time> ended_at;
  if (is_final(next.state)) ended_at = now;
  Query(database,
        "UPDATE submission SET state = ?, not_before = ?, ended_at = ?, attempts = attempts + ?, reason = ?, advice = "
        "?, code = "
        "? WHERE id = ?",
        to_string(next.state), next.not_before, ended_at, next.spends_attempt, end.reason, end.advice, end.code, id)
      .run();
}

}  // namespace

Result<void> Store::job_succeeded(JobId id, const Rows& rows, const std::string& reason, const std::string& summary,
                                  Time now) {
  return change(database(), "cannot note the job's success", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::running});
    if (!job) return job.error();
    Query(d,
          "UPDATE job SET state = 'succeeded', next_poll_at = NULL, ended_at = ?, remote_code = ?, message = ?, "
          "summary = ? "
          "WHERE id = ?",
          now, static_cast<int>(zoho::JobCode::completed), reason, summary, id)
        .run();
    Query(d,
          "UPDATE submission SET state = 'done', ended_at = ?, rows_total = ?, rows_success = ?, rows_warnings = ?, "
          "reason = ? "
          "WHERE id = ?",
          now, rows.total, rows.success, rows.warnings, reason, job->submission)
        .run();
    refresh_lane(d, job->lane);
    add_event(d, job->submission, now, "done", fmt::format("{} of {} rows are in", rows.success, rows.total));
    return {};
  });
}

Result<void> Store::job_ended(JobId id, const JobEnd& end, Time now) {
  if (auto wrong = what_is_wrong_with(id, end)) return *wrong;
  return change(database(), "cannot note the job's end", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::uploading, JobState::running});
    if (!job) return job.error();
    const Next next = next_of(end.after);
    write_job_end(d, id, end, now);
    write_submission_end(d, job->submission, next, end, now);
    refresh_lane(d, job->lane);
    add_event(d, job->submission, now, next.event, end.reason);
    return {};
  });
}

Result<void> Store::settle_lost(JobId id, Time now) {
  return change(database(), "cannot settle the lost job", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::lost});
    if (!job) return job.error();
    const int changed =
        Query(d, "UPDATE job SET holds_slot_until = NULL WHERE id = ? AND holds_slot_until IS NOT NULL", id).run();
    if (changed != 1) return error(Errc::stale, "job {} holds no slot any more", id);
    refresh_lane(d, job->lane);
    add_event(d, job->submission, now, "slot free again",
              fmt::format("the lost job {} cannot be running any more", id));
    return {};
  });
}

}  // namespace dropload::queue
