#include <algorithm>

#include "common/db/query.h"
#include "common/zoho/answers.h"
#include "daemon/queue/callbacks.h"
#include "daemon/queue/history.h"
#include "daemon/queue/job_place.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/strangers.h"
#include "daemon/queue/superseding.h"

// How a job ends, and what becomes of its submission.

namespace dropload::queue {
namespace {

using db::Query;

// What an end without success means for the submission.
struct Next {
  SubmissionState state = SubmissionState::failed;
  std::string_view event;
  std::optional<Time> not_before{};
  bool spends_attempt = false;
  std::optional<int> merge_most{};
};

Next next_of(const AfterJob& after) {
  if (const auto* again = std::get_if<Requeue>(&after)) {
    return {SubmissionState::queued, "waits again", again->not_before, again->spends_attempt, again->merge_most};
  }
  if (std::holds_alternative<Hold>(after)) return {SubmissionState::held, "held"};
  if (std::holds_alternative<Await>(after)) return {SubmissionState::importing, "job lost"};
  return {SubmissionState::failed, "failed"};
}

const Await* awaits(const JobEnd& end) {
  return std::get_if<Await>(&end.after);
}

bool wants_reason(const AfterJob& after, const std::string& reason) {
  return reason.empty() && !std::holds_alternative<Requeue>(after);
}

std::optional<Error> what_is_wrong_with(JobId id, const JobEnd& end) {
  if (end.state != JobState::failed && end.state != JobState::lost) {
    return error(Errc::invalid_argument, "job {} cannot end as {} here", id, to_string(end.state));
  }
  if (end.holds_slot_until && end.state != JobState::lost) {
    return error(Errc::invalid_argument, "job {} has failed: it cannot hold its slot", id);
  }
  if (end.close_at && !end.holds_slot_until) {
    return error(Errc::invalid_argument, "job {} holds no slot: there is nothing to be closed", id);
  }
  if (awaits(end) != nullptr && (!end.holds_slot_until || !end.parts.empty())) {
    return error(Errc::invalid_argument, "job {} is to be looked for: all of it, while it holds its slot", id);
  }
  bool wanting = wants_reason(end.after, end.reason);
  for (const auto& part : end.parts) wanting = wanting || wants_reason(part.after, part.reason);
  if (wanting) return error(Errc::invalid_argument, "the end of job {} wants a reason", id);
  return std::nullopt;
}

void write_job_end(db::Database& database, JobId id, const JobEnd& end, Time now) {
  const auto* await = awaits(end);
  std::optional<Time> first_look;
  if (await != nullptr) first_look = await->first_look;
  Query(database,
        "UPDATE job SET state = ?, next_poll_at = NULL, next_batch_at = ?, holds_slot_until = ?, next_look_at = ?, "
        "failed_polls = 0, ended_at = ?, remote_code = coalesce(?, remote_code), message = ?, summary = ? WHERE id = ?",
        to_string(end.state), end.close_at, end.holds_slot_until, first_look, now, end.code,
        await != nullptr ? await->why : end.reason, end.summary, id)
      .run();
  heed_callback(database, id);
}

void write_submission_end(db::Database& database, const PartEnd& end, Time now) {
  const Next next = next_of(end.after);
  if (next.state == SubmissionState::importing) {
    Query(database, "UPDATE submission SET reason = ?, advice = ? WHERE id = ?", end.reason, end.advice, end.submission)
        .run();
    add_event(database, end.submission, now, next.event, end.reason);
    return;
  }
  std::optional<Time> ended_at;
  if (is_final(next.state)) ended_at = now;
  Query(database,
        "UPDATE submission SET state = ?, not_before = ?, ended_at = ?, attempts = attempts + ?, merge_most = "
        "coalesce(?, merge_most), reason = ?, advice = ?, code = ? WHERE id = ?",
        to_string(next.state), next.not_before, ended_at, next.spends_attempt, next.merge_most, end.reason, end.advice,
        end.code, end.submission)
      .run();
  add_event(database, end.submission, now, next.event, end.reason);
}

// One that is to wait again while a newer one of its route waits already is superseded, as if it had never begun.
void supersede_requeued(db::Database& database, LaneId lane, const PartEnd& end, Time now) {
  if (!std::holds_alternative<Requeue>(end.after)) return;
  Query query(database, "SELECT route FROM submission WHERE id = ?", end.submission);
  if (query.step()) supersede_older(database, lane, query.get<std::string>(0), now);
}

// How it ends for each that the job carries. Nothing when a part is named that it does not carry.
std::optional<std::vector<PartEnd>> parts_ended(db::Database& database, JobId id, const JobEnd& end) {
  std::vector<PartEnd> parts;
  std::size_t named = 0;
  for (const auto submission : submissions_of(database, id)) {
    const auto own = std::ranges::find(end.parts, submission, &PartEnd::submission);
    if (own != end.parts.end()) ++named;
    parts.push_back(own != end.parts.end() ? *own : PartEnd{submission, end.after, end.code, end.reason, end.advice});
  }
  if (named != end.parts.size()) return std::nullopt;
  return parts;
}

void write_success(db::Database& database, const PartSuccess& part, Time now) {
  if (part.fails) {
    Query(database,
          "UPDATE submission SET state = 'failed', ended_at = ?, reason = ?, advice = ?, code = NULL WHERE id = ?", now,
          part.reason, part.advice, part.submission)
        .run();
    add_event(database, part.submission, now, "failed", part.reason);
    return;
  }
  Query(database,
        "UPDATE submission SET state = 'done', ended_at = ?, rows_total = ?, rows_success = ?, rows_warnings = ?, "
        "reason = ?, advice = ? WHERE id = ?",
        now, part.rows.total, part.rows.success, part.rows.warnings, part.reason, part.advice, part.submission)
      .run();
  add_event(database, part.submission, now, "done",
            fmt::format("{} of {} rows are in", part.rows.success, part.rows.total));
  remember_file(database, part.submission);
}

bool are_the_parts(const std::vector<SubmissionId>& carried, const std::vector<PartSuccess>& parts) {
  std::vector<SubmissionId> named;
  for (const auto& part : parts) named.push_back(part.submission);
  std::ranges::sort(named);
  return named == carried;
}

// Of several the first ones: each has its own reason with it.
std::string all_that_is_odd(const std::vector<PartSuccess>& parts) {
  constexpr std::size_t longest = 4'000;
  if (parts.size() == 1) return parts.front().reason;
  std::string text;
  for (const auto& part : parts) {
    if (part.reason.empty()) continue;
    if (text.size() + part.reason.size() > longest) return text + "… (cut; each submission has its own)";
    text += fmt::format("Submission {}: {}\n", part.submission, part.reason);
  }
  return text;
}

// False when it is not looked for.
bool write_settled(db::Database& database, JobId id, const LostEnd& end, const std::string& message) {
  std::optional<std::string_view> fate;
  if (end.fate == LostFate::landed) fate = "landed";
  if (end.fate == LostFate::not_landed) fate = "not landed";
  return Query(database,
               "UPDATE job SET holds_slot_until = NULL, next_look_at = NULL, fate = ?, message = ?, summary = ? WHERE "
               "id = ? AND next_look_at IS NOT NULL",
               fate, message, end.summary, id)
             .run() == 1;
}

}  // namespace

Result<void> Store::job_succeeded(JobId id, const Rows& rows, const std::string& reason, const std::string& summary,
                                  Time now) {
  const auto job = find_job(id);
  if (!job) return job.error();
  return job_succeeded(id, {PartSuccess{job->submission, rows, reason}}, summary, now);
}

Result<void> Store::job_succeeded(JobId id, const std::vector<PartSuccess>& parts, const std::string& summary,
                                  Time now) {
  if (std::ranges::any_of(parts, [](const auto& part) { return part.fails && part.reason.empty(); })) {
    return error(Errc::invalid_argument, "the end of job {} wants a reason", id);
  }
  return change(database(), "cannot note the job's success", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::running});
    if (!job) return job.error();
    if (!are_the_parts(submissions_of(d, id), parts)) {
      return error(Errc::invalid_argument, "job {} does not carry just these submissions", id);
    }
    Query(d,
          "UPDATE job SET state = 'succeeded', next_poll_at = NULL, ended_at = ?, remote_code = ?, message = ?, "
          "summary = ? WHERE id = ?",
          now, static_cast<int>(zoho::JobCode::completed), all_that_is_odd(parts), summary, id)
        .run();
    for (const auto& part : parts) write_success(d, part, now);
    learn_columns(d, job->lane, parts.front().submission, summary);
    refresh_lane(d, job->lane);
    return {};
  });
}

Result<void> Store::job_ended(JobId id, const JobEnd& end, Time now) {
  if (auto wrong = what_is_wrong_with(id, end)) return *wrong;
  return change(database(), "cannot note the job's end", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::uploading, JobState::running});
    if (!job) return job.error();
    const auto parts = parts_ended(d, id, end);
    if (!parts) return error(Errc::invalid_argument, "job {} does not carry all the submissions that are named", id);
    write_job_end(d, id, end, now);
    if (end.no_slot_until) note_no_slot(d, organization_of(d, id), *end.no_slot_until, now);
    for (const auto& part : *parts) write_submission_end(d, part, now);
    for (const auto& part : *parts) supersede_requeued(d, job->lane, part, now);
    refresh_lane(d, job->lane);
    return {};
  });
}

Result<void> Store::settle_lost(JobId id, Time now) {
  return change(database(), "cannot settle the lost job", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::lost});
    if (!job) return job.error();
    const int changed =
        Query(d,
              "UPDATE job SET holds_slot_until = NULL, next_batch_at = NULL WHERE id = ? AND holds_slot_until IS NOT "
              "NULL AND next_look_at IS NULL",
              id)
            .run();
    if (changed != 1) return error(Errc::stale, "job {} holds no slot any more, or is looked for", id);
    refresh_lane(d, job->lane);
    for (const auto submission : submissions_of(d, id)) {
      add_event(d, submission, now, "slot free again", fmt::format("the lost job {} cannot be running any more", id));
    }
    return {};
  });
}

Result<void> Store::settle_lost(JobId id, const LostEnd& end, Time now) {
  const auto* landed = std::get_if<std::vector<PartSuccess>>(&end.what);
  const auto* after = std::get_if<AfterJob>(&end.what);
  if ((landed != nullptr) != (end.fate == LostFate::landed) || (after != nullptr && end.reason.empty())) {
    return error(Errc::invalid_argument, "the end of the lost job {} wants a reason, or the rows that landed", id);
  }
  return change(database(), "cannot settle the lost job", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::lost});
    if (!job) return job.error();
    const auto carried = submissions_of(d, id);
    if (landed != nullptr && !are_the_parts(carried, *landed)) {
      return error(Errc::invalid_argument, "job {} does not carry just these submissions", id);
    }
    if (!write_settled(d, id, end, landed != nullptr ? all_that_is_odd(*landed) : end.reason)) {
      return error(Errc::stale, "nobody looks for job {} any more", id);
    }
    if (landed != nullptr) {
      for (const auto& part : *landed) write_success(d, part, now);
    } else {
      std::vector<PartEnd> parts;
      for (const auto submission : carried) {
        parts.push_back({submission, *after, std::nullopt, end.reason, end.advice});
      }
      for (const auto& part : parts) write_submission_end(d, part, now);
      for (const auto& part : parts) supersede_requeued(d, job->lane, part, now);
    }
    refresh_lane(d, job->lane);
    return {};
  });
}

}  // namespace dropload::queue
