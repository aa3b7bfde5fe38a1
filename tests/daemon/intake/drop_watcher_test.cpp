#include <fstream>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/daemon/intake/watcher_fixture.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::contents;
using Names = std::vector<std::string>;

TEST_F(WatcherTest, WhatLiesThereAtTheStartIsTakenTheOldestFirst) {
  for (const auto& [name, mtime] : {std::pair{"a.csv", 300}, {"b.csv", 100}, {"c.csv", 200}, {"d.csv", 100}}) {
    bench.directory.write(fs::path("drop") / name, name);
    set_mtime(name, mtime);
  }
  start();
  EXPECT_TRUE(run_until_taken({"b.csv", "d.csv", "c.csv", "a.csv"}));
  EXPECT_TRUE(bench.dropped().empty());
}

TEST_F(WatcherTest, AFileThatIsWrittenMovedInOrLinkedIsTaken) {
  start_and_take_one();
  bench.directory.write("drop/written.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "written.csv"}));
  fs::rename(bench.directory.write("b", "x"), bench.drop() / "moved.csv");
  ASSERT_TRUE(run_until_taken({"first.csv", "written.csv", "moved.csv"}));
  fs::create_hard_link(bench.directory.write("c", "x"), bench.drop() / "linked.csv");
  EXPECT_TRUE(run_until_taken({"first.csv", "written.csv", "moved.csv", "linked.csv"}));
}

TEST_F(WatcherTest, AFileIsNotTakenWhileItsWriterHasItOpen) {
  start_and_take_one();
  std::ofstream writer(bench.drop() / "slow.csv");
  writer << "half" << std::flush;
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  EXPECT_EQ(contents(bench.drop() / "slow.csv"), "half");
  writer << " and half" << std::flush;
  writer.close();
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv", "slow.csv"}));
  EXPECT_EQ(contents(bench.spool.data_path(bench.submissions().front().id)), "half and half");
}

TEST_F(WatcherTest, ATemporaryNameIsLeftAloneUntilItIsRenamed) {
  start_and_take_one();
  bench.directory.write("drop/a.csv.part", "x");
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  EXPECT_EQ(bench.dropped(), Names{"a.csv.part"});
  fs::rename(bench.drop() / "a.csv.part", bench.drop() / "a.csv");
  EXPECT_TRUE(run_until_taken({"first.csv", "other.csv", "a.csv"}));
}

TEST_F(WatcherTest, WhatFitsNoPatternIsLeftAlone) {
  bench.route.drop->patterns = {"*.csv"};
  bench.directory.write("drop/readme.txt", "x");
  start_and_take_one();
  EXPECT_EQ(bench.dropped(), Names{"readme.txt"});
  EXPECT_EQ(logged("readme.txt"), 0U);
}

TEST_F(WatcherTest, AFileOfTheSameNameIsTakenEachTime) {
  start_and_take_one();
  for (int i = 2; i <= 4; ++i) {
    bench.directory.write("drop/first.csv", std::to_string(i));
    ASSERT_TRUE(run_until_taken(Names(static_cast<std::size_t>(i), "first.csv")));
  }
}

TEST_F(WatcherTest, AFileThatIsDeletedOrReplacedWhileItWaitsDoesNoHarm) {
  start_and_take_one();
  std::ofstream deleted(bench.drop() / "deleted.csv");
  deleted << "x" << std::flush;
  std::ofstream replaced(bench.drop() / "replaced.csv");
  replaced << "old" << std::flush;
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  fs::remove(bench.drop() / "deleted.csv");
  fs::rename(bench.directory.write("new", "new"), bench.drop() / "replaced.csv");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv", "replaced.csv"}));
  EXPECT_EQ(contents(bench.spool.data_path(bench.submissions().front().id)), "new");
}

TEST_F(WatcherTest, AnEmptyFileMayStillBeArriving) {
  bench.directory.write("drop/empty.csv", "");
  bench.directory.write("drop/first.csv", "x");
  start(frozen);
  ASSERT_TRUE(run_until_taken({"first.csv"}));
  EXPECT_EQ(bench.dropped(), Names{"empty.csv"});
  frozen.advance(Milliseconds{10'000});
  bench.directory.write("drop/wakes.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 3; }));
  EXPECT_TRUE(bench.dropped().empty());
}

TEST_F(WatcherTest, TwoHundredFilesAtOnceAreTakenOnceEach) {
  start_and_take_one();
  for (int i = 0; i < 200; ++i) bench.directory.write("drop/" + std::to_string(i) + ".csv", "x");
  const auto count = [this] {
    return bench.store.run_blocking([](queue::Store& store) { return store.ids_in_spool(); }).value().size();
  };
  ASSERT_TRUE(run_until([&] { return count() >= 201; }));
  EXPECT_EQ(count(), 201U);
  EXPECT_TRUE(bench.dropped().empty());
}

TEST_F(WatcherTest, WhenEventsWereLostEverythingIsLookedAtAgain) {
  start_and_take_one();
  std::size_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  const auto a = bench.directory.write("drop/.a", "x");
  const auto b = bench.drop() / ".b";
  for (std::size_t i = 0; i <= limit / 2; ++i) {
    fs::rename(a, b);
    fs::rename(b, a);
  }
  bench.directory.write("drop/unheard.csv", "x");
  EXPECT_TRUE(run_until_taken({"first.csv", "unheard.csv"}));
  bench.directory.write("drop/heard.csv", "x");
  EXPECT_TRUE(run_until_taken({"first.csv", "unheard.csv", "heard.csv"})) << "and it is watched as before";
}

TEST_F(WatcherTest, TheSubdirectoryNamesTheTable) {
  bench.route.table.clear();
  bench.route.table_from_directory = true;
  bench.directory.write("drop/sales/a.csv", "x");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  EXPECT_EQ(bench.submissions().front().table.table, "sales");
}

TEST_F(WatcherTest, DoneAndFailedAreNeverWatched) {
  bench.route.drop->recursive = true;
  bench.directory.write("drop/done/2026-11-23/a.csv", "x");
  start_and_take_one();
  bench.directory.write("drop/failed/2026-11-23/b.csv", "x");
  bench.directory.write("drop/done/2026-11-23/c.csv", "x");
  bench.directory.write("drop/failed/b.csv.error.txt", "x");
  bench.directory.write("drop/other.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "other.csv"}));
  EXPECT_EQ(bench.dropped().size(), 4U);
}

TEST_F(WatcherTest, WithNothingToDoItDoesNotWakeUp) {
  start_and_take_one();
  EXPECT_TRUE(test::eventually([this] {
    bench.context.restart();
    return bench.context.run_one_for(std::chrono::milliseconds(200)) == 0;
  }));
}

TEST_F(WatcherTest, AWatcherThatIsStoppedLeavesFilesWhereTheyAre) {
  start_and_take_one();
  stop();
  bench.directory.write("drop/late.csv", "x");
  bench.context.restart();
  bench.context.run();
  EXPECT_EQ(bench.dropped(), Names{"late.csv"});
}

}  // namespace
}  // namespace dropload::intake
