#include <sys/wait.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/rest.h"
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
    {"file-moved"},    {"before-accept"},   {"accepted"},
    {"intent"},        {"whole-sent"},      {"answered", Expect::lands_or_is_held},
    {"job-accepted"},  {"polled"},          {"between-polls"},
    {"before-retire"}, {"original-placed"}, {"retired"},
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

// The drop directory on one file system, the state on another: the file is copied on its way in and on its way out.
class CrashBetweenFileSystems : public testing::TestWithParam<std::string> {};

TEST_P(CrashBetweenFileSystems, EveryFileLandsExactlyOnce) {
  World world({.drops_on_another_file_system = true});
  world.start({{"DROPLOAD_CRASH_AT", GetParam()}});
  const std::string text = some_csv(50, "first");
  world.drop("append", "sales_1.csv", text);
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended) << "the point was never reached\n" << world.daemon().log();
  ASSERT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();
  EXPECT_GE(world.places_of(text).size(), 1U) << "a copy may be under way, but the bytes are always somewhere";

  world.start();
  const auto all = world.wait_until_settled(1);
  ASSERT_EQ(all.size(), 1U) << world.daemon().log();
  EXPECT_EQ(all[0].at("state"), "done") << all[0].dump(2);
  EXPECT_EQ(world.rows_in("sales"), 50) << "exactly once";
  const auto places = world.places_of(text);
  ASSERT_EQ(places.size(), 1U) << "the original is in exactly one place";
  EXPECT_EQ(places[0].string(), all[0].at("retired_to"));
}

INSTANTIATE_TEST_SUITE_P(At, CrashBetweenFileSystems,
                         testing::Values("file-moved", "file-copied", "before-accept", "accepted", "before-retire",
                                         "original-copied", "original-placed", "retired"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// A body that was killed on its way: whoever sent it has had no answer, and may send it again.
void submit_into_the_crash(World& world, const std::string& point, const std::string& text) {
  world.start({{"DROPLOAD_CRASH_AT", point}});
  ASSERT_TRUE(world.daemon().wait_ready()) << world.daemon().log();
  EXPECT_ANY_THROW(
      test::rest("POST", world.daemon().rest_address(), "/v1/submissions?route=append&filename=sales_1.csv", text))
      << "nothing was promised";
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended && WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();
  world.start();
}

constexpr int rows_of_a_large_body = 6'000;  // it goes through the spool

TEST(CrashOfABody, WithoutACompleteSidecarNothingIsLeftOfIt) {
  World world;
  const std::string text = some_csv(rows_of_a_large_body, "first");
  submit_into_the_crash(world, "body-read", text);
  EXPECT_TRUE(world.submissions().empty());
  EXPECT_TRUE(world.places_of(text).empty());
}

TEST(CrashOfABody, WithACompleteSidecarItLandsExactlyOnce) {
  for (const auto* point : {"body-completed", "body-accepted"}) {
    World world;
    const std::string text = some_csv(rows_of_a_large_body, "first");
    submit_into_the_crash(world, point, text);
    const auto all = world.wait_until_settled(1);
    ASSERT_EQ(all.size(), 1U) << point << "\n" << world.daemon().log();
    EXPECT_EQ(all[0].at("state"), "done") << point;
    EXPECT_EQ(world.rows_in("sales"), rows_of_a_large_body) << point;
    EXPECT_EQ(world.places_of(text).size(), 1U) << point;
  }
}

}  // namespace
}  // namespace dropload
