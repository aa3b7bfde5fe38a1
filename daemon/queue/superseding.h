#pragma once

// Of several whole files for one table only the newest is worth importing.

#include <optional>

#include "common/db/query.h"
#include "daemon/queue/lanes.h"

namespace dropload::queue {

// When the newest of the route's that wait in the line takes the place of older ones, all those end superseded, naming
// it. How many. In the transaction of the change that calls for it; the caller refreshes the lane.
int supersede_older(db::Database& database, LaneId lane, const std::string& route, Time now);

// The newest of the route's whole files for the table that came after this submission and is in, or just on its way in:
// what is older is not to be put over it.
std::optional<SubmissionId> whole_one_after(db::Database& database, SubmissionId id);

}  // namespace dropload::queue
