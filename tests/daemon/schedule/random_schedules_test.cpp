// Schedules at random in virtual time. After every step all invariants of the architecture are checked (see
// tests/bench/simulator/invariants.h). A failure names its seed; RANDOM_SEED=<seed> in the environment runs that one
// again, alone, and tells its story.

#include <array>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bench/simulator/random_schedule.h"
#include "tests/bench/simulator/run.h"
#include "tests/support/temporary_directory.h"

namespace dropload::sim {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned schedules_in_a_part = 20;
#else
constexpr unsigned schedules_in_a_part = 250;
#endif
constexpr unsigned parts = 12;  // tests, so that they run side by side

RandomSchedule::Tally walk(unsigned seed, bool tell = false) {
  const test::TemporaryDirectory directory(quick_place());
  RandomSchedule schedule(seed, directory.path());
  EXPECT_THAT(schedule.run(), testing::IsEmpty()) << "RANDOM_SEED=" << seed;
  if (tell) fmt::print("{}", schedule.story());
  return schedule.tally();
}

class RandomSchedules : public testing::TestWithParam<unsigned> {};

TEST_P(RandomSchedules, KeepTheInvariantsAtEveryStep) {
  const unsigned first = GetParam() * schedules_in_a_part;
  RandomSchedule::Tally all;
  for (unsigned seed = first; seed < first + schedules_in_a_part && !HasFailure(); ++seed) all += walk(seed);
  RecordProperty("steps", all.steps);
  if (schedules_in_a_part < 250) return;
  // What is meant to be in the mix is.
  for (const int count : {all.merged, all.series, all.lost, all.crashes, all.held, all.failed, all.superseded,
                          all.cancelled, all.sent_again, all.done}) {
    EXPECT_GT(count, 0);
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomSchedules, testing::Range(0U, parts));

// So that the walk above says something.
TEST(RandomSchedule, AClientThatIsWrongAboutALimitIsFoundOut) {
  const std::array beliefs{WrongBelief{.max_jobs = 5}, WrongBelief{.calls_a_minute = 100},
                           WrongBelief{.lost_job_wait = Milliseconds{1}}};
  for (const auto& belief : beliefs) {
    bool is_found = false;
    for (unsigned seed = 0; seed < 200 && !is_found; ++seed) {
      const test::TemporaryDirectory directory(quick_place());
      is_found = !RandomSchedule(seed, directory.path(), belief).run().empty();
    }
    EXPECT_TRUE(is_found) << "belief " << &belief - beliefs.data();
  }
}

TEST(RandomSchedule, OfASeedFromTheEnvironment) {
  if (const char* seed = std::getenv("RANDOM_SEED")) walk(static_cast<unsigned>(std::stoul(seed)), true);
}

}  // namespace
}  // namespace dropload::sim
