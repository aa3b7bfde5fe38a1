// Prints how near the scheduler comes to what the service's limits allow, beside a naive client. What the figures mean:
// README.md beside this file.

#include <fmt/format.h>

#include "tests/bench/simulator/run.h"

int main() {
  using namespace dropload;
  constexpr auto form = "{:<56} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>7} {:>5} {:>9} {:>6}\n";
  const auto number = [](double value) { return fmt::format("{:.1f}", value); };
  fmt::print(form, "virtual time in seconds", "takes", "bound", "ratio", "calls", "jobs", "1 look", "a min.", "slots",
             "naive", "calls");
  bool good = true;
  for (const auto& workload : sim::workloads()) {
    const auto ours = sim::run_ours_often(workload);
    const auto naive = sim::run_naive(workload);
    const auto bound = static_cast<double>(sim::lower_bound(workload).count());
    fmt::print(form, workload.name, number(ours.mean_ms / 1'000), number(bound / 1'000),
               fmt::format("{:.3f}", ours.mean_ms / bound), ours.first.calls, ours.first.jobs, ours.first.one_look,
               ours.most_calls_a_minute, ours.most_jobs, number(static_cast<double>(naive.makespan.count()) / 1'000),
               naive.calls);
    for (const auto& broken : ours.broken) fmt::print("  BROKEN: {}\n", broken);
    if (ours.not_done > 0) fmt::print("  BROKEN: {} files are not in once\n", ours.not_done);
    good = good && ours.broken.empty() && ours.not_done == 0;
  }
  return good ? 0 : 1;
}
