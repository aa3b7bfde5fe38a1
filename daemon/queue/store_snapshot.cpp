#include <algorithm>

#include "common/db/query.h"
#include "daemon/queue/requests.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/strangers.h"

// The snapshot: one seek for each organization and route, and as many rows as there are slots.

namespace dropload::queue {
namespace {

using db::Query;

constexpr std::size_t max_due_polls = 64;
constexpr int max_to_retire = 64;

void keep_earliest(std::optional<Time>& earliest, Time at) {
  if (!earliest || at < *earliest) earliest = at;
}

// Lines whose time has come go over to those that may start: each of them once, however often it is looked.
void let_waiting_lines_start(db::Database& database, const std::string& organization, Time now) {
  Query(database,
        "UPDATE lane SET head_at = 0 WHERE organization = ? AND startable = 1 AND head_at > 0 AND head_at <= ?",
        organization, now)
      .run();
}

void read_jobs(db::Database& database, OrganizationSnapshot& to, Time now) {
  Query query(
      database,
      "SELECT j.id, j.next_poll_at, j.forgotten_at, j.holds_slot_until, j.next_look_at, l.workspace, l.tbl, "
      "j.next_batch_at, j.batch_key IS NULL FROM job j JOIN lane l ON l.id = j.lane WHERE j.organization = ? AND "
      "j.holds_slot = 1",
      to.name);
  while (query.step()) {
    ++to.slots_held;
    const auto id = query.get<JobId>(0);
    const auto batch_at = query.get<std::optional<Time>>(7);
    if (batch_at && *batch_at <= now) {
      to.batches.push_back({id, *batch_at});
    } else if (batch_at) {
      keep_earliest(to.next_batch_at, *batch_at);
    }
    if (const auto poll_at = query.get<std::optional<Time>>(1)) {
      if (*poll_at <= now) {
        to.polls.push_back({id, *poll_at, query.get<std::optional<Time>>(2)});
      } else {
        keep_earliest(to.next_poll_at, *poll_at);
      }
    } else if (const auto look_at = query.get<std::optional<Time>>(4)) {
      if (*look_at <= now) {
        to.looks.push_back({id, {to.name, query.get<std::string>(5), query.get<std::string>(6)}, *look_at});
      } else {
        keep_earliest(to.next_look_at, *look_at);
      }
    } else if (const auto lost_until = query.get<std::optional<Time>>(3)) {
      if (*lost_until <= now) {
        to.lost_over.push_back(id);
      } else {
        keep_earliest(to.next_lost_over_at, *lost_until);
      }
    } else if (query.get<bool>(8)) {
      ++to.uploading;
    }
  }
  std::ranges::sort(to.batches, {}, &DueBatch::due_at);
  std::sort(to.polls.begin(), to.polls.end(), [](const DuePoll& a, const DuePoll& b) {
    return std::tie(a.forgotten_at, a.due_at, a.job) < std::tie(b.forgotten_at, b.due_at, b.job);
  });
  if (to.polls.size() > max_due_polls) to.polls.resize(max_due_polls);
}

bool is_held_back(db::Database& database, const std::string& route) {
  return Query(database, "SELECT 1 FROM route_pause WHERE route = ?", route).step();
}

// The routes that have a line which may start, by skipping from each to the next in the index.
std::vector<std::string> routes_with_candidates(db::Database& database, const std::string& organization) {
  std::vector<std::string> routes;
  for (std::string last;; last = routes.back()) {
    Query query(
        database,
        "SELECT head_route FROM lane WHERE organization = ? AND startable = 1 AND head_at = 0 AND head_route > ? ORDER "
        "BY head_route LIMIT 1",
        organization, last);
    if (!query.step()) return routes;
    routes.push_back(query.get<std::string>(0));
  }
}

void read_candidates(db::Database& database, const OrganizationLimits& organization, const std::string& route,
                     OrganizationSnapshot& to) {
  Query query(database,
              "SELECT l.head_id, l.workspace, l.tbl, l.last_started_at, s.size, l.priority FROM lane l JOIN submission "
              "s ON s.id = "
              "l.head_id WHERE l.organization = ? AND l.startable = 1 AND l.head_at = 0 AND l.head_route = ? ORDER BY "
              "l.priority DESC, l.last_started_at, l.head_id LIMIT ?",
              organization.name, route, organization.max_jobs);
  while (query.step()) {
    to.ready.push_back({query.get<SubmissionId>(0),
                        route,
                        {organization.name, query.get<std::string>(1), query.get<std::string>(2)},
                        query.get<std::uint64_t>(4),
                        query.get<Time>(3),
                        query.get<int>(5)});
  }
  Query started(database, "SELECT last_started_at FROM route_start WHERE route = ?", route);
  to.route_last_started[route] = started.step() ? started.get<Time>(0) : Time{};
}

std::optional<Time> next_ready_at(db::Database& database, const std::string& organization) {
  Query query(
      database,
      "SELECT head_at FROM lane WHERE organization = ? AND startable = 1 AND head_at > 0 ORDER BY head_at LIMIT 1",
      organization);
  if (!query.step()) return std::nullopt;
  return query.get<Time>(0);
}

std::optional<Pause> pause_of(db::Database& database, const std::string& organization) {
  Query query(database, "SELECT reason, until FROM pause WHERE organization = ?", organization);
  if (!query.step()) return std::nullopt;
  return Pause{query.get<std::string>(0), query.get<std::optional<Time>>(1)};
}

OrganizationSnapshot snapshot_of(db::Database& database, const OrganizationLimits& organization, Time now) {
  OrganizationSnapshot to;
  to.name = organization.name;
  to.account = account_of(organization);
  to.requests = request_window(database, organization, now);
  to.last_sent_at = last_sent_at(database, organization.name);
  to.strangers = strangers_in(database, organization.name);
  to.pause = pause_of(database, organization.name);
  read_jobs(database, to, now);
  let_waiting_lines_start(database, organization.name, now);
  for (const auto& route : routes_with_candidates(database, organization.name)) {
    if (!is_held_back(database, route)) read_candidates(database, organization, route, to);
  }
  to.next_ready_at = next_ready_at(database, organization.name);
  return to;
}

void read_to_retire(db::Database& database, Snapshot& to, Time now) {
  Query due(database,
            "SELECT id FROM submission WHERE ended_at IS NOT NULL AND retired_to IS NULL AND retire_at <= ? ORDER BY "
            "retire_at, "
            "id LIMIT ?",
            now, max_to_retire);
  while (due.step()) to.to_retire.push_back(due.get<SubmissionId>(0));
  Query later(
      database,
      "SELECT retire_at FROM submission WHERE ended_at IS NOT NULL AND retired_to IS NULL AND retire_at > ? ORDER BY "
      "retire_at LIMIT 1",
      now);
  if (later.step()) to.next_retire_at = later.get<Time>(0);
}

}  // namespace

Result<Snapshot> Store::snapshot(const std::vector<OrganizationLimits>& organizations, Time now) {
  return change(database(), "cannot read what is to be done", [&](db::Database& d) -> Result<Snapshot> {
    Snapshot snapshot;
    for (const auto& organization : organizations) snapshot.organizations.push_back(snapshot_of(d, organization, now));
    read_to_retire(d, snapshot, now);
    return snapshot;
  });
}

}  // namespace dropload::queue
