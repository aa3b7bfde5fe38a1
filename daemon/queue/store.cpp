#include "daemon/queue/store.h"

#include <algorithm>

#include "common/db/query.h"
#include "daemon/queue/duplicates.h"
#include "daemon/queue/history.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/schema.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/superseding.h"

namespace dropload::queue {
namespace {

using db::Query;

SubmissionId newest_id(db::Database& database) {
  Query query(
      database,
      "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'submission'), 0), coalesce((SELECT max(id) "
      "FROM submission), 0))");
  query.step();
  return query.get<SubmissionId>(0);
}

Submission as_accepted(const NewSubmission& from) {
  Submission s;
  s.id = from.id;
  s.route = from.route;
  s.table = from.table;
  s.source = from.source;
  s.file_name = from.file_name;
  s.drop_directory = from.drop_directory;
  s.size = from.size;
  s.sha256 = from.sha256;
  s.accepted_at = from.accepted_at;
  s.records = from.records;
  s.shape = from.shape;
  s.priority = from.priority;
  s.retry_of = from.retry_of;
  s.warnings = warnings_in(from.findings);
  s.findings = from.findings;
  if (from.is_package) s.package = InPackage{from.id, from.file_name, ""};
  return s;
}

bool insert(db::Database& database, const NewSubmission& s, LaneId lane) {
  const auto package = s.is_package ? std::optional(s.id) : s.package;
  return Query(database,
               "INSERT INTO submission (id, route, lane, state, source, file_name, drop_directory, size, sha256, "
               "accepted_at, records, shape, priority, supersede, retry_of, warnings, package, "
               "member) "
               "VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
               s.id, s.route, lane, to_string(s.source), s.file_name, s.drop_directory, s.size, s.sha256, s.accepted_at,
               s.records, s.shape, s.priority, s.supersede, s.retry_of, warnings_in(s.findings), package, s.member)
             .run() == 1;
}

// Of many warnings the timeline has the first: all are with the submission.
void note_findings(db::Database& database, const NewSubmission& submission) {
  write_findings(database, submission);
  const auto count = warnings_in(submission.findings);
  if (count == 0) return;
  const auto first = std::ranges::find(submission.findings, Severity::warning, &Finding::severity);
  add_event(database, submission.id, submission.accepted_at, "looked through",
            count == 1 ? first->text : fmt::format("{} warnings; the first: {}", count, first->text));
}

void hold_at_once(db::Database& database, const NewSubmission& submission) {
  Query(database, "UPDATE submission SET state = 'held', reason = ?, advice = ? WHERE id = ? AND state = 'queued'",
        submission.hold_reason, submission.hold_advice, submission.id)
      .run();
  add_event(database, submission.id, submission.accepted_at, "held", submission.hold_reason);
}

}  // namespace

Result<void> take_over(db::Database& database, SubmissionId earlier, SubmissionId retry, Time now) {
  const int changed =
      Query(database,
            "UPDATE submission SET retried_as = ?, retired_to = '' WHERE id = ? AND retried_as IS NULL "
            "AND state IN ('failed', 'cancelled', 'superseded') AND retired_to <> '' AND removed_at IS NULL",
            retry, earlier)
          .run();
  if (changed != 1) {
    return error(Errc::stale, "submission {} has no original any more that submission {} could be made of", earlier,
                 retry);
  }
  // It is the retry's now, which may lie in the same place in the end.
  Query(database, "DELETE FROM kept_file WHERE submission = ?", earlier).run();
  add_event(database, earlier, now, "retried", fmt::format("as submission {}, with the original", retry));
  return {};
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& path) {
  auto database = db::Database::open(path);
  if (!database) return database.error();
  if (auto migrated = (*database)->migrate(migrations()); !migrated) return migrated.error();
  auto newest =
      read(**database, "cannot read the queue", [](db::Database& d) -> Result<SubmissionId> { return newest_id(d); });
  if (!newest) return newest.error();
  auto parts = std::make_unique<Parts>();
  parts->database = std::move(*database);
  parts->last_id = *newest;
  return std::unique_ptr<Store>(new Store(std::move(parts)));
}

db::Database& Store::database() {
  return *parts_->database;
}

SubmissionId Store::reserve_id() {
  return parts_->last_id.fetch_add(1) + 1;
}

void Store::reserve_up_to(SubmissionId id) {
  SubmissionId last = parts_->last_id.load();
  while (last < id && !parts_->last_id.compare_exchange_weak(last, id)) {
  }
}

Result<Submission> Store::accept(const NewSubmission& submission) {
  reserve_up_to(submission.id);
  return change(database(), "cannot put the submission into the queue", [&](db::Database& d) -> Result<Submission> {
    const Lane lane = lane_for(d, submission.table, submission.parallel);
    if (!insert(d, submission, lane.id)) {
      return error(Errc::already_exists, "submission {} is in the queue already", submission.id);
    }
    if (submission.retry_of) {
      if (auto taken = take_over(d, *submission.retry_of, submission.id, submission.accepted_at); !taken)
        return taken.error();
    }
    add_event(d, submission.id, submission.accepted_at, "queued",
              submission.retry_of ? fmt::format("a retry of submission {}", *submission.retry_of) : "");
    note_findings(d, submission);
    if (const auto twin = twin_of(d, submission, lane.id)) {
      set_aside(d, submission, *twin);
      refresh_lane(d, lane.id);
      return find(submission.id);
    }
    if (!submission.hold_reason.empty()) {
      hold_at_once(d, submission);
      refresh_lane(d, lane.id);
      return find(submission.id);
    }
    const bool superseded =
        submission.supersede && supersede_older(d, lane.id, submission.route, submission.accepted_at) > 0;
    // Behind the head of an ordered line nothing changes for the line.
    const bool is_behind = !lane.parallel && lane.head && *lane.head < submission.id;
    if (!is_behind || superseded || submission.priority > lane.priority) refresh_lane(d, lane.id);
    if (!superseded && !submission.package) return as_accepted(submission);
    return find(submission.id);
  });
}

Result<bool> Store::pause(const std::string& organization, const Pause& pause) {
  return change(database(), "cannot pause the organization", [&](db::Database& d) -> Result<bool> {
    return Query(
               d,
               "INSERT INTO pause (organization, reason, until) VALUES (?, ?, ?) ON CONFLICT (organization) DO UPDATE "
               "SET reason = excluded.reason, until = excluded.until WHERE pause.until IS NOT NULL AND "
               "(excluded.until IS NULL OR excluded.until >= pause.until)",
               organization, pause.reason, pause.until)
               .run() == 1;
  });
}

Result<void> Store::resume(const std::string& organization, Time now) {
  return change(database(), "cannot resume the organization", [&](db::Database& d) -> Result<void> {
    const int changed = Query(d, "DELETE FROM pause WHERE organization = ? AND until <= ?", organization, now).run();
    if (changed != 1) return error(Errc::stale, "organization {} has no pause that is over", organization);
    return {};
  });
}

Result<bool> Store::end_pause(const std::string& organization, Time until) {
  return change(database(), "cannot end the organization's pause", [&](db::Database& d) -> Result<bool> {
    return Query(d, "DELETE FROM pause WHERE organization = ? AND until = ?", organization, until).run() == 1;
  });
}

}  // namespace dropload::queue
