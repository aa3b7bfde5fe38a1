#include "common/db/query.h"
#include "daemon/queue/lanes.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"

// What a person may say about organizations, routes and submissions beside ending a hold (store_submissions.cpp), and
// where a submission stands.

namespace dropload::queue {
namespace {

using db::Query;

Error needs_a_reason(std::string_view what) {
  return error(Errc::invalid_argument, "a pause of {} wants a reason", what);
}

struct LineOf {
  std::string state;
  LaneId lane = 0;
};

Result<LineOf> line_of(db::Database& database, SubmissionId id) {
  Query query(database, "SELECT state, lane FROM submission WHERE id = ?", id);
  if (!query.step()) return error(Errc::not_found, "there is no submission {}", id);
  return LineOf{query.get<std::string>(0), query.get<LaneId>(1)};
}

void read_head(db::Database& database, LaneId lane, Standing& to) {
  Query query(database,
              "SELECT l.head_id, l.head_route, l.parallel, l.priority, s.reason, s.not_before FROM lane l JOIN "
              "submission s ON s.id = l.head_id WHERE l.id = ?",
              lane);
  if (!query.step()) return;
  to.head = query.get<SubmissionId>(0);
  to.head_route = query.get<std::string>(1);
  to.parallel = query.get<bool>(2);
  to.priority = query.get<int>(3);
  to.head_reason = query.get<std::string>(4);
  to.head_at = query.get<std::optional<Time>>(5);
}

int count_ahead(db::Database& database, LaneId lane, SubmissionId id) {
  Query query(database, "SELECT id FROM submission WHERE lane = ? AND state = 'queued' AND id < ? LIMIT ?", lane, id,
              most_counted_ahead);
  int count = 0;
  while (query.step()) ++count;
  return count;
}

std::vector<Job> jobs_in_slots(db::Database& database, LaneId lane) {
  static const std::string sql =
      select_job + "WHERE j.organization = l.organization AND j.lane = ? AND j.holds_slot = 1";
  Query query(database, sql, lane);
  std::vector<Job> jobs;
  while (query.step()) jobs.push_back(read_job(query));
  return jobs;
}

}  // namespace

Result<Submission> Store::set_priority(SubmissionId id, int priority, Time now) {
  if (priority < lowest_priority || priority > highest_priority) {
    return error(Errc::invalid_argument, "a priority is a whole number from {} to {}, not {}", lowest_priority,
                 highest_priority, priority);
  }
  return change(database(), "cannot change the priority", [&](db::Database& d) -> Result<Submission> {
    const auto line = line_of(d, id);
    if (!line) return line.error();
    const int changed =
        Query(d, "UPDATE submission SET priority = ? WHERE id = ? AND state IN ('queued', 'held')", priority, id).run();
    if (changed != 1) return error(Errc::stale, "submission {} is {}: it does not wait any more", id, line->state);
    refresh_lane(d, line->lane);
    add_event(d, id, now, "priority", fmt::format("{}, set by a person", priority));
    return find(id);
  });
}

Result<void> Store::pause_organization(const std::string& organization, const std::string& reason) {
  if (reason.empty()) return needs_a_reason("organization " + organization);
  return change(database(), "cannot pause the organization", [&](db::Database& d) -> Result<void> {
    Query(d,
          "INSERT INTO pause (organization, reason, until) VALUES (?, ?, NULL) ON CONFLICT (organization) DO UPDATE "
          "SET reason = excluded.reason, until = NULL",
          organization, reason)
        .run();
    return {};
  });
}

Result<void> Store::resume_organization(const std::string& organization) {
  return change(database(), "cannot resume the organization", [&](db::Database& d) -> Result<void> {
    if (Query(d, "DELETE FROM pause WHERE organization = ?", organization).run() == 1) return {};
    return error(Errc::stale, "organization {} is not paused", organization);
  });
}

Result<void> Store::pause_route(const std::string& route, const std::string& reason) {
  if (reason.empty()) return needs_a_reason("route " + route);
  return change(database(), "cannot pause the route", [&](db::Database& d) -> Result<void> {
    Query(d,
          "INSERT INTO route_pause (route, reason) VALUES (?, ?) ON CONFLICT (route) DO UPDATE SET reason = "
          "excluded.reason",
          route, reason)
        .run();
    return {};
  });
}

Result<void> Store::resume_route(const std::string& route) {
  return change(database(), "cannot resume the route", [&](db::Database& d) -> Result<void> {
    if (Query(d, "DELETE FROM route_pause WHERE route = ?", route).run() == 1) return {};
    return error(Errc::stale, "route {} is not paused", route);
  });
}

Result<std::map<std::string, Pause>> Store::route_pauses() {
  return read(database(), "cannot read which routes are paused",
              [](db::Database& d) -> Result<std::map<std::string, Pause>> {
                Query query(d, "SELECT route, reason FROM route_pause");
                std::map<std::string, Pause> pauses;
                while (query.step()) pauses[query.get<std::string>(0)] = {query.get<std::string>(1), {}};
                return pauses;
              });
}

Result<Standing> Store::standing(SubmissionId id) {
  return read(database(), "cannot read where the submission stands", [&](db::Database& d) -> Result<Standing> {
    const auto line = line_of(d, id);
    if (!line) return line.error();
    if (line->state != "queued") return error(Errc::stale, "submission {} is {}, not queued", id, line->state);
    Standing to;
    read_head(d, line->lane, to);
    to.ahead = count_ahead(d, line->lane, id);
    to.jobs = jobs_in_slots(d, line->lane);
    Query pause(d, "SELECT reason FROM route_pause WHERE route = ?", to.head_route);
    if (pause.step()) to.route_pause = Pause{pause.get<std::string>(0), {}};
    return to;
  });
}

}  // namespace dropload::queue
