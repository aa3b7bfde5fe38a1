#include "common/db/query.h"
#include "daemon/queue/callbacks.h"
#include "daemon/queue/job_place.h"
#include "daemon/queue/requests.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/strangers.h"

// A file that travels as a series of batches.

namespace dropload::queue {
namespace {

using db::Query;

void note_in_timelines(db::Database& database, JobId id, Time now, std::string_view what, std::string_view text) {
  for (const auto submission : submissions_of(database, id)) add_event(database, submission, now, what, text);
}

void write_taken(db::Database& database, JobId id, const BatchTaken& taken, Time now) {
  Query(database,
        "UPDATE job SET workspace_id = ?, batch_view = ?, remote_id = ?, batch_key = ?, batch_offset = ?, batches = "
        "batches + 1, sent_at = ?, forgotten_at = ?, failed_polls = 0, message = '' WHERE id = ?",
        taken.workspace_id, taken.view_id, taken.remote_id, taken.key, taken.next_offset, now,
        now + zoho::summary_kept_for, id)
      .run();
}

void let_it_run(db::Database& database, JobId id, Time poll_at) {
  Query(database,
        "UPDATE job SET state = 'running', whole_sent = 1, next_batch_at = NULL, next_poll_at = ?, failed_polls = 0 "
        "WHERE id = ?",
        poll_at, id)
      .run();
  heed_callback(database, id);
}

}  // namespace

Result<Job> Store::begin_batch(JobId id, const OrganizationLimits& organization, Time again_at, Time now) {
  return change(database(), "cannot begin a batch", [&](db::Database& d) -> Result<Job> {
    if (const auto job = job_in(d, id, {JobState::uploading, JobState::lost}); !job) return job.error();
    const int begun =
        Query(d, "UPDATE job SET next_batch_at = CASE state WHEN 'lost' THEN ? END WHERE id = ? AND next_batch_at <= ?",
              again_at, id, now)
            .run();
    if (begun != 1) return error(Errc::stale, "no batch of job {} is due", id);
    if (!charge_if_it_fits(d, organization, {.bulk = 1}, now, id)) {
      return error(Errc::stale, "the request budget of organization {} has no room now", organization.name);
    }
    note_sent(d, organization.name, now);
    return find_job(id);
  });
}

Result<void> Store::batch_accepted(JobId id, const BatchTaken& taken, Time now) {
  return change(database(), "cannot note that the service has the batch", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::uploading}); !job) return job.error();
    write_taken(d, id, taken, now);
    if (taken.poll_at) {
      let_it_run(d, id, *taken.poll_at);
    } else {
      Query(d, "UPDATE job SET whole_sent = 0, next_batch_at = ? WHERE id = ?", now, id).run();
    }
    const auto job = find_job(id);
    if (!job) return job.error();
    if (job->batches == 1) note_slot_taken(d, organization_of(d, id), taken.poll_at.value_or(now), now);
    note_in_timelines(d, id, now, fmt::format("batch {} accepted", job->batches),
                      fmt::format("job {}, the file up to byte {}{}", taken.remote_id, taken.next_offset,
                                  taken.poll_at ? "; it was the last one" : ""));
    return {};
  });
}

Result<void> Store::batch_again(JobId id, const std::string& message, bool counts, Time at) {
  return change(database(), "cannot put off a batch", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::uploading, JobState::lost}); !job) return job.error();
    Query(d,
          "UPDATE job SET whole_sent = CASE state WHEN 'uploading' THEN 0 ELSE whole_sent END, next_batch_at = ?, "
          "message = ?, failed_polls = failed_polls + ? WHERE id = ?",
          at, message, counts, id)
        .run();
    return {};
  });
}

Result<void> Store::batches_refused(JobId id, const std::string& message, Time poll_at, Time now) {
  return change(database(), "cannot note that the service has ended the job", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::uploading}); !job) return job.error();
    let_it_run(d, id, poll_at);
    note_in_timelines(d, id, now, "batch refused", message);
    return {};
  });
}

Result<void> Store::series_closed(JobId id, Time holds_slot_until, Time now) {
  return change(database(), "cannot note that the batches are closed", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::lost}); !job) return job.error();
    const int changed = Query(d,
                              "UPDATE job SET next_batch_at = NULL, holds_slot_until = min(holds_slot_until, ?) WHERE "
                              "id = ? AND holds_slot_until IS NOT NULL",
                              holds_slot_until, id)
                            .run();
    if (changed != 1) return error(Errc::stale, "job {} holds no slot any more", id);
    note_in_timelines(d, id, now, "job closed", "the service was told that no more batches come");
    return {};
  });
}

}  // namespace dropload::queue
