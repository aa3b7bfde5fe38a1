#include "daemon/queue/callbacks.h"

#include "common/db/query.h"
#include "daemon/queue/job_place.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

using db::Query;

// The job of a secret, as far as a callback asks.
struct CalledBack {
  CallbackNoted noted;
  bool can_be_asked = false;
  bool is_lost = false;
  int hints = 0;
  bool hint_waits = false;
  std::optional<Time> asked_at;
};

std::optional<CalledBack> called_back(db::Database& database, const std::string& sha256) {
  Query query(database,
              "SELECT id, submission, state IN ('uploading', 'running') OR next_look_at IS NOT NULL, state = 'lost', "
              "hints, hint_due_at IS NOT NULL, polled_at FROM job WHERE callback_sha256 = ?",
              sha256);
  if (!query.step()) return std::nullopt;
  return CalledBack{{query.get<JobId>(0), query.get<SubmissionId>(1), false},
                    query.get<bool>(2),
                    query.get<bool>(3),
                    query.get<int>(4),
                    query.get<bool>(5),
                    query.get<std::optional<Time>>(6)};
}

bool has_call_under_way(db::Database& database, JobId id) {
  return Query(database, "SELECT 1 FROM request WHERE job = ?", id).step();
}

void note_hint(db::Database& database, const CalledBack& job, Time now) {
  const bool is_first = job.hints == 0 || !job.asked_at;
  const Time due = is_first ? now : std::max(now, *job.asked_at + callback_spacing);
  Query(database, "UPDATE job SET hints = hints + 1, hint_due_at = ? WHERE id = ?", due, job.noted.job).run();
  const auto text = fmt::format("a callback says that job {} has ended; {} follows", job.noted.job,
                                job.is_lost ? "a look at the table's last import" : "a poll");
  for (const auto submission : submissions_of(database, job.noted.job)) {
    add_event(database, submission, now, "called back", text);
  }
}

}  // namespace

Result<void> expect_callback(Store& store, JobId id, const std::string& sha256) {
  return change(store.database(), "cannot note how the service may call back", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::uploading}); !job) return job.error();
    if (called_back(d, sha256)) return error(Errc::already_exists, "another job has the callback of job {}", id);
    Query(d, "UPDATE job SET callback_sha256 = ? WHERE id = ?", sha256, id).run();
    return {};
  });
}

Result<std::optional<CallbackNoted>> callback_came(Store& store, const std::string& sha256, Time now) {
  using Noted = std::optional<CallbackNoted>;
  return change(store.database(), "cannot note a callback", [&](db::Database& d) -> Result<Noted> {
    auto job = called_back(d, sha256);
    if (!job) return Noted();
    if (!job->can_be_asked || job->hint_waits || job->hints >= most_callbacks) return Noted(job->noted);
    note_hint(d, *job, now);
    if (!has_call_under_way(d, job->noted.job)) heed_callback(d, job->noted.job);
    job->noted.is_heeded = true;
    return Noted(job->noted);
  });
}

// Of an uploading job neither time is set, and min() of nothing is nothing.
void heed_callback(db::Database& database, JobId id) {
  Query(database,
        "UPDATE job SET next_poll_at = min(next_poll_at, hint_due_at), next_look_at = min(next_look_at, hint_due_at) "
        "WHERE id = ? AND hint_due_at IS NOT NULL",
        id)
      .run();
}

}  // namespace dropload::queue
