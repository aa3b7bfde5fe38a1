#include <sys/wait.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

// What may become of a file whose daemon was killed at a point.
enum class Expect {
  lands,            // it is in, exactly once
  lands_or_is_held  // nobody can know: an append is held, others are sent again
};

struct Point {
  std::string name;
  Expect append = Expect::lands;
};

void PrintTo(const Point& point, std::ostream* out) {
  *out << point.name;
}

// In the order of a file's way; each is a crash_point of the daemon.
const std::vector<Point> points{
    {"file-moved"},
    {"before-accept"},
    {"accepted"},
    {"intent"},
    {"whole-sent", Expect::lands_or_is_held},
    {"answered", Expect::lands_or_is_held},
    {"job-accepted"},
    {"polled"},
    {"between-polls"},
    {"before-retire"},
    {"original-placed"},
    {"retired"},
};

class Crash : public testing::TestWithParam<std::tuple<Point, std::string>> {};

TEST_P(Crash, EveryFileLandsExactlyOnceOrIsHeldWithAReason) {
  const auto& [point, route] = GetParam();
  // Slow enough for several polls.
  World world({.slow_jobs = Milliseconds{150}});
  world.start({{"DROPLOAD_CRASH_AT", point.name}});
  const std::string text = some_csv(50, "first");
  world.drop(route, "sales_1.csv", text);
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended) << "the point was never reached\n" << world.daemon().log();
  ASSERT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();
  EXPECT_EQ(world.places_of(text).size(), 1U) << "the original is in exactly one place even while nobody runs";

  world.start();
  const auto all = world.wait_until_settled(1);
  ASSERT_EQ(all.size(), 1U) << world.daemon().log();
  const std::string state = all[0].at("state");
  if (state == "held") {
    EXPECT_EQ(route, "append");
    EXPECT_EQ(point.append, Expect::lands_or_is_held) << world.daemon().log();
    EXPECT_NE(all[0].at("reason"), "");
    EXPECT_LE(world.rows_in("sales"), 50);
  } else {
    EXPECT_EQ(state, "done") << all[0].dump(2);
    EXPECT_EQ(world.rows_in("sales"), 50) << "exactly once";
  }
  EXPECT_EQ(world.places_of(text).size(), 1U) << "the original is in exactly one place";
  EXPECT_LE(world.service().most_jobs_at_once(), 5);
}

INSTANTIATE_TEST_SUITE_P(At, Crash,
                         testing::Combine(testing::ValuesIn(points),
                                          testing::Values("append", "truncateadd", "updateadd")),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param).name + "_" + std::get<1>(one.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
