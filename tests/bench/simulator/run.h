#pragma once

// A workload from its beginning to its end, by dropload's own scheduler or by a naive client.

#include <filesystem>

#include "tests/bench/simulator/workload.h"

namespace dropload::sim {

// Where a queue's database is quick, if there is such a place.
std::filesystem::path quick_place();

struct Outcome {
  Milliseconds makespan{0};
  int calls = 0;
  int jobs = 0;
  int one_look = 0;             // jobs that one status call was enough for
  int most_calls_a_minute = 0;  // of one organization
  int most_jobs = 0;            // at once, likewise
  int not_done = 0;             // files that are not in, or more than once
  std::vector<std::string> broken;
};

// `directory` is for the queue's database, a new one each time.
Outcome run_ours(const Workload& workload, const std::filesystem::path& directory, unsigned seed = 1);

// What `seeds` runs have in common.
struct Outcomes {
  Outcome first;
  double mean_ms = 0;  // of the makespans
  int not_done = 0;
  int most_calls_a_minute = 0;
  int most_jobs = 0;
  std::vector<std::string> broken;
};
Outcomes run_ours_often(const Workload& workload, unsigned seeds = 5);

// Five workers for each organization: send a file, ask every 10 seconds until it is done, the next one; on 6045 and
// other refusals wait 10 seconds and repeat.
Outcome run_naive(const Workload& workload, unsigned seed = 1);

}  // namespace dropload::sim
