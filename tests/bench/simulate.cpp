// Prints how near the scheduler comes to what the service's limits allow, beside a naive client. What the figures mean:
// README.md beside this file.

#include <fmt/format.h>

#include "tests/bench/simulator/run.h"
#include "tests/support/temporary_directory.h"

namespace {

double in_seconds(dropload::Milliseconds time) {
  return static_cast<double>(time.count()) / 1'000;
}

}  // namespace

int main() {
  using namespace dropload;
  fmt::print("{:<56} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>7} {:>5} {:>9} {:>6}\n", "virtual time in seconds", "takes",
             "bound", "ratio", "calls", "jobs", "1 look", "a min.", "slots", "naive", "calls");
  bool good = true;
  for (const auto& workload : sim::workloads()) {
    const test::TemporaryDirectory directory;
    const auto ours = sim::run_ours(workload, directory.path());
    const auto naive = sim::run_naive(workload);
    const auto bound = sim::lower_bound(workload);
    fmt::print("{:<56} {:>8.1f} {:>8.1f} {:>6.3f} {:>6} {:>6} {:>6} {:>7} {:>5} {:>9.1f} {:>6}\n", workload.name,
               in_seconds(ours.makespan), in_seconds(bound), in_seconds(ours.makespan) / in_seconds(bound), ours.calls,
               ours.jobs, ours.one_look, ours.most_calls_a_minute, ours.most_jobs, in_seconds(naive.makespan),
               naive.calls);
    for (const auto& broken : ours.broken) fmt::print("  BROKEN: {}\n", broken);
    if (ours.not_done > 0) fmt::print("  BROKEN: {} files are not in once\n", ours.not_done);
    good = good && ours.broken.empty() && ours.not_done == 0;
  }
  return good ? 0 : 1;
}
