#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

TEST(TwelveFilesOnTwelveTables, AllAreDoneWithNeverMoreThanFiveJobsOpen) {
  // Jobs take their time, so that there would be twelve at once if nobody counted.
  World world({.slow_jobs = Milliseconds{300}, .service_max_jobs = 50});
  world.start();
  for (int i = 1; i <= 12; ++i)
    world.drop("append", "t" + std::to_string(i) + "_2026-11-23.csv", some_csv(i * 10, "x"));
  const auto all = world.wait_until_settled(12);
  ASSERT_EQ(all.size(), 12U) << world.daemon().log();
  for (const auto& submission : all) {
    EXPECT_EQ(submission.at("state"), "done") << submission.dump(2);
  }
  for (int i = 1; i <= 12; ++i) EXPECT_EQ(world.rows_in("t" + std::to_string(i)), i * 10);
  EXPECT_EQ(world.service().most_jobs_at_once(), 5);
}

}  // namespace
}  // namespace dropload
