#include "daemon/queue/superseding.h"

#include <vector>

#include <fmt/format.h>

#include "common/base/text.h"
#include "daemon/queue/rows.h"

namespace dropload::queue {
namespace {

using db::Query;

std::vector<SubmissionId> older_ones(db::Database& database, LaneId lane, const std::string& route,
                                     SubmissionId newest) {
  Query query(database,
              "SELECT id FROM submission WHERE lane = ? AND route = ? AND state = 'queued' AND id < ? ORDER BY id",
              lane, route, newest);
  std::vector<SubmissionId> ids;
  while (query.step()) ids.push_back(query.get<SubmissionId>(0));
  return ids;
}

}  // namespace

int supersede_older(db::Database& database, LaneId lane, const std::string& route, Time now) {
  Query query(database,
              "SELECT id, file_name, supersede FROM submission WHERE lane = ? AND route = ? AND state = 'queued' ORDER "
              "BY id DESC LIMIT 1",
              lane, route);
  if (!query.step() || !query.get<bool>(2)) return 0;
  const auto newest = query.get<SubmissionId>(0);
  const auto reason = fmt::format("Submission {} ({}) came after it with the whole table, and takes its place.", newest,
                                  escaped(query.get<std::string>(1)));
  const auto older = older_ones(database, lane, route, newest);
  for (const auto id : older) {
    Query(database,
          "UPDATE submission SET state = 'superseded', superseded_by = ?, reason = ?, advice = '', code = NULL, "
          "not_before = NULL, ended_at = ? WHERE id = ?",
          newest, reason, now, id)
        .run();
    add_event(database, id, now, "superseded", reason);
  }
  return static_cast<int>(older.size());
}

std::optional<SubmissionId> whole_one_after(db::Database& database, SubmissionId id) {
  Query query(database,
              "SELECT n.id FROM submission s JOIN submission n ON n.route = s.route AND n.lane = s.lane WHERE s.id = ? "
              "AND n.id > s.id AND n.supersede = 1 AND (n.state IN ('importing', 'done') OR (n.state = 'failed' AND "
              "EXISTS (SELECT 1 FROM job_part p JOIN job j ON j.id = p.job WHERE p.submission = n.id AND j.state = "
              "'succeeded'))) ORDER BY n.id DESC LIMIT 1",
              id);
  if (!query.step()) return std::nullopt;
  return query.get<SubmissionId>(0);
}

}  // namespace dropload::queue
