#pragma once

// Where a queued submission stands: what the snapshot and begin_job look at, for one of those that wait.

#include <optional>
#include <string>
#include <vector>

#include "daemon/queue/types.h"

namespace dropload::queue {

// So many of those that stand before it are counted at most, so that looking at one costs the same however many wait.
inline constexpr int most_counted_ahead = 100;

struct Standing {
  SubmissionId head = 0;             // whose turn it is in its table's line
  std::string head_route;            // the route of that one
  std::string head_reason;           // why that one waits again, "" when it has not been sent yet
  std::optional<Time> head_at;       // it may not start before
  int ahead = 0;                     // stand before it in an ordered line, most_counted_ahead at most
  bool parallel = false;             // the line is not ordered
  int priority = 0;                  // of the line
  std::vector<Job> jobs;             // of its table, as far as they hold a slot
  std::optional<Pause> route_pause;  // of the head's route
};

}  // namespace dropload::queue
