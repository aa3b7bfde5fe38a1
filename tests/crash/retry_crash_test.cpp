// A retry whose daemon is killed on the way of the original from failed/ back into the queue, and a pause that outlives
// it.

#include <sys/wait.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::World;

unsigned post(World& world, const std::string& target) {
  return test::rest("POST", world.daemon().rest_address(), "/v1/" + target).status;
}

// A file that was cancelled before anything of it was sent; its route is paused.
void cancel_one(World& world, const std::string& text) {
  world.start();
  ASSERT_EQ(post(world, "routes/append/pause?reason=rehearsal"), 200U);
  world.drop("append", "sales_1.csv", text);
  ASSERT_TRUE(test::eventually([&] { return world.submissions().size() == 1; })) << world.daemon().log();
  const auto waiting = world.submission(world.submissions()[0].at("id"));
  EXPECT_NE(waiting.at("waits_because").get<std::string>().find("route append is paused (rehearsal)"),
            std::string::npos);
  ASSERT_EQ(post(world, fmt::format("submissions/{}/cancel", waiting.at("id").get<int>())), 200U);
  ASSERT_TRUE(test::eventually([&] { return !world.submissions()[0].at("retired_to").is_null(); }));
}

class CrashOfARetry : public testing::TestWithParam<std::tuple<std::string, bool>> {};

TEST_P(CrashOfARetry, TheOriginalIsNeverLostAndLandsExactlyOnce) {
  const auto& [point, apart] = GetParam();
  World world({.drops_on_another_file_system = apart});
  const std::string text = test::some_csv(50, "first");
  cancel_one(world, text);
  const int id = world.submissions()[0].at("id");
  world.start({{"DROPLOAD_CRASH_AT", point}});
  ASSERT_TRUE(world.daemon().wait_ready()) << world.daemon().log();
  EXPECT_ANY_THROW(post(world, fmt::format("submissions/{}/retry", id))) << "nothing was promised";
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended && WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();
  EXPECT_EQ(world.places_of(text).size(), apart && point != "retry-intent" ? 2U : 1U)
      << "a copy may be there beside it, nothing else";

  world.start();
  EXPECT_EQ(world.places_of(text).size(), 1U) << "the original is in exactly one place";
  if (world.submissions().size() == 1) {
    EXPECT_EQ(point, "retry-intent") << "what had come in is finished";
    ASSERT_EQ(post(world, fmt::format("submissions/{}/retry", id)), 201U);
  }
  EXPECT_EQ(world.rows_in("sales"), -1) << "its route is paused still";
  ASSERT_EQ(post(world, "routes/append/resume"), 200U);
  const auto all = world.wait_until_settled(2);
  ASSERT_EQ(all.size(), 2U) << world.daemon().log();
  EXPECT_EQ(all[0].at("state"), "done") << all[0].dump(2);
  EXPECT_EQ(all[0].at("retry_of"), id);
  EXPECT_EQ(all[1].at("state"), "cancelled");
  EXPECT_EQ(all[1].at("retried_as"), all[0].at("id"));
  EXPECT_EQ(world.rows_in("sales"), 50) << "exactly once";
  EXPECT_EQ(world.places_of(text).size(), 1U) << "the original is in exactly one place";
}

INSTANTIATE_TEST_SUITE_P(At, CrashOfARetry,
                         testing::Combine(testing::Values("retry-intent", "retry-moved", "retry-accepted"),
                                          testing::Bool()),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param) + (std::get<1>(one.param) ? "_apart" : "");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
