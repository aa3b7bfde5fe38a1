#include <sys/wait.h>
#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

constexpr int tables = 8;

// A crash while several jobs are in flight: point:n is the n-th time that the point is reached.
class CrashAmongMany : public testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(CrashAmongMany, EachFileLandsOnceOrIsHeldAndNeverMoreThanFiveJobsAreOpen) {
  const auto& [point, route] = GetParam();
  // The service would take more than five, so it is the daemon that counts. A lost job has ended by the time its slot
  // is given back.
  World world({.slow_jobs = Milliseconds{500}, .lost_job_wait = Milliseconds{9'000}, .service_max_jobs = 50});
  world.start({{"DROPLOAD_CRASH_AT", point}});
  std::vector<std::string> texts;
  for (int i = 1; i <= tables; ++i) {
    texts.push_back(some_csv(i * 10, "x"));
    world.drop(route, "t" + std::to_string(i) + "_1.csv", texts.back());
  }
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended) << "the point was never reached\n" << world.daemon().log();
  ASSERT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();

  world.start();
  const auto all = world.wait_until_settled(tables);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(tables)) << world.daemon().log();
  const auto held = std::count_if(all.begin(), all.end(), [](const auto& s) { return s.at("state") == "held"; });
  const auto done = std::count_if(all.begin(), all.end(), [](const auto& s) { return s.at("state") == "done"; });
  EXPECT_EQ(done + held, tables) << all.dump(2);
  EXPECT_TRUE(route == "append" || held == 0) << all.dump(2);
  for (const auto& submission : all) {
    if (submission.at("state") != "done") continue;
    const auto table = submission.at("file_name").get<std::string>().substr(0, 2);
    EXPECT_EQ(world.rows_in(table), (table[1] - '0') * 10) << "exactly once: " << submission.dump(2);
  }
  for (const auto& text : texts) EXPECT_EQ(world.places_of(text).size(), 1U) << "the original is in exactly one place";
  EXPECT_LE(world.service().most_jobs_at_once(), 5);
  // Lost jobs keep their slots, and what is held was lost.
  EXPECT_GE(world.service().most_jobs_at_once(), std::min<std::ptrdiff_t>(3, 5 - held)) << "several were in flight";
}

INSTANTIATE_TEST_SUITE_P(At, CrashAmongMany,
                         testing::Combine(testing::Values("intent:5", "whole-sent:4", "answered:4", "job-accepted:5",
                                                          "polled:3", "between-polls:4"),
                                          testing::Values("append", "truncateadd")),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param) + "_" + std::get<1>(one.param);
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '-' || c == ':'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
