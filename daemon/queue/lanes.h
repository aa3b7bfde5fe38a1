#pragma once

// The lines before the tables. A lane row is what a look over all submissions and jobs of the table would find; it is
// kept so by seeks alone.
//
// An ordered line's head is the submission that was accepted first; if that waits for a time, the line waits. A
// parallel line's head is the one that may start first: the smallest not_before (when it was accepted, for one that
// does not wait). A line's priority is the highest of what waits in it: who stands before an urgent one is urgent too.

#include <cstdint>
#include <optional>

#include "common/db/query.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

using LaneId = std::int64_t;

struct Lane {
  LaneId id = 0;
  bool parallel = false;
  std::optional<SubmissionId> head;
  int priority = 0;
};

// The table's lane, made when it is missing, with the given word about `parallel`.
Lane lane_for(db::Database& database, const TableKey& table, bool parallel);

// After a change to the table's submissions or jobs, in the same transaction.
void refresh_lane(db::Database& database, LaneId lane);

}  // namespace dropload::queue
