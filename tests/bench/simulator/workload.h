#pragma once

// What is to be imported, and the time below which no client can do it.

#include <string>
#include <vector>

#include "tests/bench/simulator/service_model.h"

namespace dropload::sim {

struct File {
  std::string organization;
  std::string table;
  std::uint64_t bytes = 0;
};

struct Workload {
  std::string name;
  std::vector<File> files;  // all there at the beginning, in order of arrival
  ServiceFaults faults;     // times count from 0 here
  ServiceSettings service{};
  bool mergeable = true;
};

// Those of the benchmark. With `scale` < 1 they are smaller, for the test.
std::vector<Workload> workloads(double scale = 1);

// The largest of these, over organizations; what is random counts with its mean.
// - Slots: the time that all jobs hold one (sending, loading, both ways of the first and the last call), in 5 parts.
// - Table: the same of the table with the most, one job at a time.
// - Calls: at least two for each job and one for each further batch; with 40 in any minute the n-th cannot be made
//   before (n - 1) / 40 whole minutes have passed. In the minute that is left at most five jobs that were begun before
//   can be asked for, the others must begin, five at a time, and start up.
// The fewest jobs: as many as a table's bytes fill files of 100 MB, where its files may be merged, else one a file.
// An outage adds its length, less what at most goes on meanwhile: the loading of the jobs that run when it begins.
Milliseconds lower_bound(const Workload& workload);

}  // namespace dropload::sim
