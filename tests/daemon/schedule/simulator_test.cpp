// The benchmark's workloads: virtual time is deterministic, so the aims can be held to.

#include "tests/bench/simulator/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::sim {
namespace {

TEST(Simulator, EveryWorkloadEndsWithinATenthOfTheBoundAndWithinTheLimits) {
  for (const auto& workload : workloads()) {
    const auto ours = run_ours_often(workload);
    EXPECT_THAT(ours.broken, testing::IsEmpty()) << workload.name;
    EXPECT_EQ(ours.not_done, 0) << workload.name;
    EXPECT_LE(ours.most_calls_a_minute, 40) << workload.name;
    EXPECT_LE(ours.most_jobs, 5) << workload.name;
    const auto bound = static_cast<double>(lower_bound(workload).count());
    EXPECT_GE(ours.mean_ms, bound) << workload.name << ": the bound is none";
    EXPECT_LE(ours.mean_ms, 1.10 * bound) << workload.name;
  }
}

TEST(Simulator, AThousandSmallFilesToOneTableAreInWithinTwoMinutes) {
  const auto workload = workloads().front();
  EXPECT_LT(run_ours_often(workload, 1).mean_ms, 120'000);
  EXPECT_GT(run_naive(workload).makespan, std::chrono::minutes(50));
}

TEST(Simulator, OneLookIsEnoughForMostJobs) {
  for (const auto& workload : workloads()) {
    const auto ours = run_ours_often(workload, 1).first;
    if (ours.jobs < 50) continue;  // too few to have learned from
    EXPECT_GT(ours.one_look, ours.jobs * 8 / 10) << workload.name;
  }
}

}  // namespace
}  // namespace dropload::sim
