#include "common/db/query.h"
#include "daemon/queue/bodies.h"
#include "daemon/queue/duplicates.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/packages.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/superseding.h"

// What happens to a submission without a job: a person's doing, what the daemon finds it cannot decide, the end of its
// file.

namespace dropload::queue {
namespace {

using db::Query;

// Why a compare-and-set found nothing to change.
Error not_in_that_state(db::Database& database, SubmissionId id, std::string_view wanted) {
  Query query(database, "SELECT state FROM submission WHERE id = ?", id);
  if (!query.step()) return error(Errc::not_found, "there is no submission {}", id);
  return error(Errc::stale, "submission {} is {}, not {}", id, query.get<std::string>(0), wanted);
}

Error cannot_be_cancelled(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT state FROM submission WHERE id = ?", id);
  if (!query.step() || query.get<std::string>(0) != to_string(SubmissionState::importing)) {
    return not_in_that_state(database, id, "queued or held");
  }
  return error(Errc::stale,
               "submission {} is being imported, and the service has no way to cancel a job that it has; wait for its "
               "end",
               id);
}

void refresh_lane_of(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT lane FROM submission WHERE id = ?", id);
  query.step();
  refresh_lane(database, query.get<LaneId>(0));
}

std::optional<SubmissionId> newer_than_held(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT 1 FROM submission WHERE id = ? AND state = 'held'", id);
  return query.step() ? whole_one_after(database, id) : std::nullopt;
}

void supersede_in_line_of(db::Database& database, SubmissionId id, Time now) {
  Query query(database, "SELECT lane, route FROM submission WHERE id = ?", id);
  if (query.step()) supersede_older(database, query.get<LaneId>(0), query.get<std::string>(1), now);
}

// A queued submission that is not to be sent: held or failed, with the reason.
Result<void> take_out_of_line(db::Database& database, SubmissionId id, SubmissionState to, const std::string& reason,
                              const std::string& advice, Time now) {
  if (reason.empty())
    return error(Errc::invalid_argument, "submission {} cannot be {} without a reason", id, to_string(to));
  std::optional<Time> ended_at;
  if (is_final(to)) ended_at = now;
  const int changed =
      Query(database,
            "UPDATE submission SET state = ?, reason = ?, advice = ?, code = NULL, not_before = NULL, ended_at = ? "
            "WHERE id = ? AND state = 'queued'",
            to_string(to), reason, advice, ended_at, id)
          .run();
  if (changed != 1) return not_in_that_state(database, id, "queued");
  refresh_lane_of(database, id);
  add_event(database, id, now, to_string(to), reason);
  return {};
}

std::string newest_event_text(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT text FROM event WHERE submission = ? ORDER BY id DESC LIMIT 1", id);
  return query.step() ? query.get<std::string>(0) : "";
}

}  // namespace

Result<Submission> Store::release(SubmissionId id, Time now) {
  return change(database(), "cannot release the submission", [&](db::Database& d) -> Result<Submission> {
    if (const auto newer = newer_than_held(d, id)) {
      return error(Errc::stale,
                   "submission {} is held, and submission {} came after it with the whole table and was sent: sending "
                   "{} now would put old data over new. Cancel it; to import it all the same, retry it then",
                   id, *newer, id);
    }
    const int changed =
        Query(d,
              "UPDATE submission SET state = 'queued', reason = '', advice = '', code = NULL, attempts = 0 WHERE "
              "id = ? AND state = 'held'",
              id)
            .run();
    if (changed != 1) return not_in_that_state(d, id, "held");
    add_event(d, id, now, "released", "a person sent it back into its line");
    // One that waits already takes its place, as if it had never been held.
    supersede_in_line_of(d, id, now);
    refresh_lane_of(d, id);
    return find(id);
  });
}

Result<Submission> Store::discard(SubmissionId id, Time now) {
  return change(database(), "cannot discard the submission", [&](db::Database& d) -> Result<Submission> {
    const int changed = Query(d,
                              "UPDATE submission SET state = 'cancelled', reason = ?, advice = '', not_before = NULL, "
                              "ended_at = ? WHERE id = ? AND state IN ('queued', 'held')",
                              reason_of_discard(d, id), now, id)
                            .run();
    if (changed != 1) return cannot_be_cancelled(d, id);
    refresh_lane_of(d, id);
    add_event(d, id, now, "cancelled", "discarded by a person");
    return find(id);
  });
}

Result<void> Store::hold(SubmissionId id, const std::string& reason, const std::string& advice, Time now) {
  return change(database(), "cannot hold the submission",
                [&](db::Database& d) { return take_out_of_line(d, id, SubmissionState::held, reason, advice, now); });
}

Result<int> Store::hold_queued_of(const std::string& organization, const std::string& reason, const std::string& advice,
                                  Time now) {
  return change(database(), "cannot hold the submissions of an organization", [&](db::Database& d) -> Result<int> {
    Query query(d,
                "SELECT s.id FROM lane l JOIN submission s ON s.lane = l.id WHERE l.organization = ? AND s.state = "
                "'queued' ORDER BY s.id LIMIT 1000",
                organization);
    std::vector<SubmissionId> ids;
    while (query.step()) ids.push_back(query.get<SubmissionId>(0));
    for (const auto id : ids) {
      if (auto held = take_out_of_line(d, id, SubmissionState::held, reason, advice, now); !held) return held.error();
    }
    return static_cast<int>(ids.size());
  });
}

Result<void> Store::fail(SubmissionId id, const std::string& reason, const std::string& advice, Time now) {
  return change(database(), "cannot fail the submission",
                [&](db::Database& d) { return take_out_of_line(d, id, SubmissionState::failed, reason, advice, now); });
}

Result<void> Store::mark_retired(SubmissionId id, const std::string& place, Time now) {
  return change(database(), "cannot note where the original lies", [&](db::Database& d) -> Result<void> {
    if (auto last = check_not_last_member(d, id); !last) return last;
    const auto retired_to = place_in_package(d, id).value_or(place);
    const int changed =
        Query(d,
              "UPDATE submission SET retired_to = ?, retire_trouble = '' WHERE id = ? AND ended_at IS NOT NULL AND "
              "retired_to IS NULL",
              retired_to, id)
            .run();
    if (changed != 1) return not_in_that_state(d, id, "ended with its original in the spool");
    forget_body(d, id);
    add_event(d, id, now, retired_to.empty() ? "original deleted" : "original put away", retired_to);
    return {};
  });
}

Result<void> Store::retire_later(SubmissionId id, const std::string& why, Time at, Time now) {
  return change(database(), "cannot put off retiring the original", [&](db::Database& d) -> Result<void> {
    const int changed =
        Query(d,
              "UPDATE submission SET retire_at = ?, retire_trouble = ? WHERE id = ? AND ended_at IS NOT NULL AND "
              "retired_to IS NULL",
              at, why, id)
            .run();
    if (changed != 1) return not_in_that_state(d, id, "ended with its original in the spool");
    if (newest_event_text(d, id) != why) add_event(d, id, now, "original still in the spool", why);
    return {};
  });
}

}  // namespace dropload::queue
