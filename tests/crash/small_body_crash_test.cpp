// A small body, whose bytes are in the queue's file, and a daemon that is killed at each step of its way.

#include <sys/wait.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

constexpr auto target = "/v1/submissions?route=append&filename=sales_1.csv";

// Whether the client has had an answer.
bool submit_into_the_crash(World& world, const std::string& point, const std::string& text) {
  world.start({{"DROPLOAD_CRASH_AT", point}});
  EXPECT_TRUE(world.daemon().wait_ready()) << world.daemon().log();
  bool answered = false;
  try {
    answered = test::rest("POST", world.daemon().rest_address(), target, text).status == 201;
  } catch (const std::exception&) {
  }
  const auto ended = world.daemon().wait_end();
  EXPECT_TRUE(ended && WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();
  world.start();
  return answered;
}

TEST(CrashOfASmallBody, NothingIsLeftOfOneThatWasNotCommitted) {
  for (const auto* point : {"body-read", "body-completed"}) {
    World world;
    const std::string text = some_csv(50, "first");
    EXPECT_FALSE(submit_into_the_crash(world, point, text)) << point << ": nothing was promised";
    EXPECT_TRUE(world.submissions().empty()) << point;
    EXPECT_TRUE(world.places_of(text).empty()) << point;
  }
}

class CrashOfASmallBody : public testing::TestWithParam<std::string> {};

TEST_P(CrashOfASmallBody, OneThatWasCommittedLandsExactlyOnceAndItsOriginalIsInOnePlace) {
  World world;
  const std::string text = some_csv(50, "first");
  submit_into_the_crash(world, GetParam(), text);
  const auto all = world.wait_until_settled(1);
  ASSERT_EQ(all.size(), 1U) << world.daemon().log();
  EXPECT_EQ(all[0].at("state"), "done") << all[0].dump(2);
  EXPECT_EQ(world.rows_in("sales"), 50);
  ASSERT_TRUE(test::eventually([&] { return !world.submissions()[0].at("retired_to").is_null(); }));
  const auto places = world.places_of(text);
  ASSERT_EQ(places.size(), 1U) << "the original is in exactly one place";
  EXPECT_EQ(places[0].string(), world.submissions()[0].at("retired_to"));
}

INSTANTIATE_TEST_SUITE_P(At, CrashOfASmallBody,
                         testing::Values("body-accepted", "intent", "whole-sent", "job-accepted", "before-retire",
                                         "body-out", "original-placed", "retired"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
