#pragma once

// What is remembered of how long the service takes: for each table, and for all tables of an organization together.
// What the sums mean and how they are used: daemon/schedule/duration.h.

#include <cstdint>

#include "common/base/clock.h"

namespace dropload::queue {

// Sums over ended jobs, each weighted less the older it is: enough for a line through (bytes, milliseconds).
struct LearnedDuration {
  double weight = 0;  // 0: nothing is known
  double bytes = 0;
  double ms = 0;
  double bytes_squared = 0;
  double bytes_ms = 0;
  double spread = 0;  // mean of how far jobs were off, as a part of what was expected of them
};

// What says when a job is likely to be done.
struct JobTiming {
  std::uint64_t bytes = 0;  // of all that it carries
  Time sent_at;             // when the service accepted it; of one that it has not accepted: now
  Time ran_at;              // it was running still when this was asked last; sent_at when it never was
  bool in_batches = false;
  double budget_used = 0;  // part of the BULK calls of the last window that is used up
  LearnedDuration table;
  LearnedDuration organization;
};

}  // namespace dropload::queue
