#include "daemon/queue/line.h"

#include <algorithm>

namespace dropload::queue {

std::vector<InLine> line_behind(db::Database& database, LaneId lane, SubmissionId id, int most) {
  std::vector<InLine> found;
  const auto take = [&](const char* sql) {
    db::Query query(database, sql, lane, id, most);
    while (query.step()) found.push_back({query.get<SubmissionId>(0), query.get<std::optional<Time>>(1)});
  };
  // One statement for each of the two indexes: without a word on not_before none of them would serve.
  take(
      "SELECT id, not_before FROM submission WHERE lane = ? AND state = 'queued' AND not_before IS NULL AND id > ? "
      "ORDER BY id LIMIT ?");
  take(
      "SELECT id, not_before FROM submission WHERE lane = ? AND state = 'queued' AND not_before IS NOT NULL AND id > ? "
      "ORDER BY id LIMIT ?");
  std::ranges::sort(found, {}, &InLine::submission);
  if (found.size() > static_cast<std::size_t>(most)) found.resize(static_cast<std::size_t>(most));
  return found;
}

}  // namespace dropload::queue
