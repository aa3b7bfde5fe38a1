#include "daemon/intake/scan.h"
#include "daemon/intake/watch_limits.h"
#include "tests/daemon/intake/deaf_events.h"
#include "tests/daemon/intake/watcher_fixture.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

TEST_F(WatcherTest, WhatLacksAWatchIsPolledAndTheRestIsNot) {
  bench.route.drop->recursive = true;
  bench.route.drop->poll_every = Milliseconds{5};
  open_events = few_watches(1);
  bench.directory.write("drop/north/east/a.csv", "x");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::polled; }));
  EXPECT_EQ(standing.unwatched, 2U);
  EXPECT_EQ(standing.directories, 3U);
  EXPECT_NE(standing.reason.find("no inotify watch is left for 2 directories"), std::string::npos) << standing.reason;
  bench.directory.write("drop/north/east/b.csv", "x");
  ASSERT_TRUE(run_until_taken({"a.csv", "b.csv"}));
  bench.directory.write("drop/c.csv", "x");
  ASSERT_TRUE(run_until_taken({"a.csv", "b.csv", "c.csv"}));
  EXPECT_EQ(logged("are polled"), 1U);
}

TEST_F(WatcherTest, ADirectoryThatComesWhenNoWatchIsLeftIsPolledToo) {
  bench.route.drop->recursive = true;
  bench.route.drop->poll_every = Milliseconds{5};
  open_events = few_watches(1);
  start_and_take_one();
  EXPECT_EQ(standing.attention, Attention::watched);
  bench.directory.write("drop/new/a.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 2; }));
  bench.directory.write("drop/new/b.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 3; }));
  EXPECT_EQ(standing.attention, Attention::polled);
  EXPECT_EQ(standing.unwatched, 1U);
}

TEST_F(WatcherTest, WithoutAnInstanceOfInotifyAllIsPolled) {
  bench.route.drop->poll_every = Milliseconds{5};
  open_events = no_instance();
  start_and_take_one();
  bench.directory.write("drop/second.csv", "x");
  EXPECT_TRUE(run_until_taken({"first.csv", "second.csv"}));
  EXPECT_EQ(standing.attention, Attention::polled);
  EXPECT_EQ(standing.unwatched, 1U);
}

TEST_F(WatcherTest, WhereTheCanaryIsNotHeardAllIsPolled) {
  bench.route.drop->poll_every = Milliseconds{5};
  open_events = deaf();
  start_and_take_one();
  bench.directory.write("drop/second.csv", "x");
  EXPECT_TRUE(run_until_taken({"first.csv", "second.csv"}));
  EXPECT_EQ(standing.attention, Attention::polled);
  EXPECT_NE(standing.reason.find("was not heard of within a second"), std::string::npos) << standing.reason;
  EXPECT_EQ(standing.ignored.count(), 0U);
  EXPECT_TRUE(bench.dropped().empty()) << "and it is gone again";
}

TEST_F(WatcherTest, ACanaryThatIsHeardMeansThatEventsAreEnough) {
  start_and_take_one();
  EXPECT_EQ(standing.attention, Attention::watched);
  EXPECT_EQ(standing.ignored.count(), 0U);
  EXPECT_EQ(logged("are polled"), 0U);
}

TEST(WatchLimits, TheSysctlToRaiseIsNamedWithTheNumberThatIsNeeded) {
  EXPECT_EQ(
      watches_missing(3, "/drop/north", 8'192),
      "no inotify watch is left for 3 directories (/drop/north, …); sysctl fs.inotify.max_user_watches=8195 (it is "
      "8192) is the least that is enough");
  EXPECT_EQ(watches_missing(1, "/drop", {}),
            "no inotify watch is left for /drop; raise the sysctl fs.inotify.max_user_watches");
  EXPECT_NE(instances_missing(128).find("fs.inotify.max_user_instances (it is 128)"), std::string::npos);
  EXPECT_GT(inotify_limit("max_user_watches"), 0U);
  EXPECT_EQ(inotify_limit("nothing"), std::nullopt);
}

TEST(Topmost, KeepsWhatLiesBelowNoOther) {
  EXPECT_EQ(topmost({"a/b", "a", "a b", "c/d", "c/d/e"}), (Names{"a b", "a", "c/d"}));
  EXPECT_EQ(topmost({"a", "", "b"}), Names{""});
  EXPECT_TRUE(topmost({}).empty());
}

}  // namespace
}  // namespace dropload::intake
