#include "daemon/queue/lanes.h"

#include <tuple>

namespace dropload::queue {
namespace {

using db::Query;

struct Head {
  SubmissionId id = 0;
  std::string route;
  Time due;       // its place in a parallel line
  Time start_at;  // 0: at once
};

std::optional<Head> first_that_waits_for_nothing(db::Database& database, LaneId lane) {
  Query query(
      database,
      "SELECT id, route, accepted_at FROM submission WHERE lane = ? AND state = 'queued' AND not_before IS NULL "
      "ORDER BY id LIMIT 1",
      lane);
  if (!query.step()) return std::nullopt;
  return Head{query.get<SubmissionId>(0), query.get<std::string>(1), query.get<Time>(2), Time{}};
}

std::optional<Head> first_that_waits_for_a_time(db::Database& database, LaneId lane, bool parallel) {
  Query query(
      database,
      parallel
          ? "SELECT id, route, not_before FROM submission WHERE lane = ? AND state = 'queued' AND not_before IS NOT "
            "NULL ORDER BY not_before, id LIMIT 1"
          : "SELECT id, route, not_before FROM submission WHERE lane = ? AND state = 'queued' AND not_before IS NOT "
            "NULL ORDER BY id LIMIT 1",
      lane);
  if (!query.step()) return std::nullopt;
  return Head{query.get<SubmissionId>(0), query.get<std::string>(1), query.get<Time>(2), query.get<Time>(2)};
}

std::optional<Head> head_of(db::Database& database, LaneId lane, bool parallel) {
  auto ready = first_that_waits_for_nothing(database, lane);
  auto waiting = first_that_waits_for_a_time(database, lane, parallel);
  if (!ready) return waiting;
  if (!waiting) return ready;
  const bool waiting_is_first =
      parallel ? std::tie(waiting->due, waiting->id) < std::tie(ready->due, ready->id) : waiting->id < ready->id;
  return waiting_is_first ? waiting : ready;
}

bool is_parallel(db::Database& database, LaneId lane) {
  Query query(database, "SELECT parallel FROM lane WHERE id = ?", lane);
  return query.step() && query.get<bool>(0);
}

}  // namespace

Lane lane_for(db::Database& database, const TableKey& table, bool parallel) {
  Query query(database,
              "SELECT id, parallel, head_id, priority FROM lane WHERE organization = ? AND workspace = ? AND tbl = ?",
              table.organization, table.workspace, table.table);
  if (!query.step()) {
    Query(database, "INSERT INTO lane (organization, workspace, tbl, parallel) VALUES (?, ?, ?, ?)", table.organization,
          table.workspace, table.table, parallel)
        .run();
    return {database.raw().getLastInsertRowid(), parallel, std::nullopt, 0};
  }
  const auto id = query.get<LaneId>(0);
  if (query.get<bool>(1) == parallel) {
    return {id, parallel, query.get<std::optional<SubmissionId>>(2), query.get<int>(3)};
  }
  Query(database, "UPDATE lane SET parallel = ? WHERE id = ?", parallel, id).run();
  refresh_lane(database, id);
  Query again(database, "SELECT head_id, priority FROM lane WHERE id = ?", id);
  again.step();
  return {id, parallel, again.get<std::optional<SubmissionId>>(0), again.get<int>(1)};
}

void refresh_lane(db::Database& database, LaneId lane) {
  const auto head = head_of(database, lane, is_parallel(database, lane));
  std::optional<SubmissionId> id;
  std::optional<std::string> route;
  Time start_at;
  if (head) {
    id = head->id;
    route = head->route;
    start_at = head->start_at;
  }
  Query(database,
        "UPDATE lane SET head_id = ?, head_route = ?, head_at = ?, running = (SELECT count(*) FROM job WHERE "
        "job.organization = lane.organization AND job.lane = lane.id AND job.holds_slot = 1), priority = "
        "coalesce((SELECT max(priority) FROM submission WHERE submission.lane = lane.id AND state = 'queued'), 0) "
        "WHERE id = ?",
        id, route, start_at, lane)
      .run();
}

}  // namespace dropload::queue
