#pragma once

// Of several whole files for one table only the newest is worth importing.

#include "common/db/query.h"
#include "daemon/queue/lanes.h"

namespace dropload::queue {

// When the newest of the route's that wait in the line takes the place of older ones, all those end superseded, naming
// it. How many. In the transaction of the change that calls for it; the caller refreshes the lane.
int supersede_older(db::Database& database, LaneId lane, const std::string& route, Time now);

}  // namespace dropload::queue
