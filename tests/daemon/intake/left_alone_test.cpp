#include <sys/stat.h>

#include "tests/daemon/intake/watcher_fixture.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

TEST_F(WatcherTest, WhatIsLeftAloneIsListedWithTheRule) {
  bench.route.drop->patterns = {"*.csv", "*.part"};
  bench.route.drop->ignore = {"old_*"};
  for (const auto* name : {"a.csv.part", "b.txt", "old_1.csv", ".DS_Store", "north/c.csv", "done/d.csv"})
    bench.directory.write(fs::path("drop") / name, "x");
  start_and_take_one();
  const std::map<std::string, std::string> listed{{"a.csv.part", "*.part"},
                                                  {"b.txt", "it fits none of the patterns"},
                                                  {"old_1.csv", "old_* (ignore)"},
                                                  {".DS_Store", ".*"},
                                                  {"north/", "subdirectories are not looked into (recursive)"}};
  EXPECT_EQ(standing.ignored.first(), listed);
  EXPECT_EQ(standing.ignored.count(), 5U);
  bench.directory.write("drop/late.tmp", "x");
  ASSERT_TRUE(run_until([this] { return standing.ignored.count() == 6; }));
  EXPECT_EQ(standing.ignored.first().at("late.tmp"), "*.tmp");
}

TEST_F(WatcherTest, LitterDirectoriesAreNotGoneInto) {
  bench.route.drop->recursive = true;
  for (const auto* name : {"@eaDir/a.csv", "#recycle/b.csv", "north/.stversions/c.csv", "north/d.csv"})
    bench.directory.write(fs::path("drop") / name, "x");
  start();
  ASSERT_TRUE(run_until_taken({"d.csv"}));
  EXPECT_EQ(standing.ignored.first().at("@eaDir/"), "@eadir");
  EXPECT_EQ(standing.ignored.first().at("north/.stversions/"), ".*");
  EXPECT_EQ(standing.ignored.count(), 3U);
}

TEST_F(WatcherTest, WhatCannotBeTakenIsListedUntilItCanOrIsGone) {
  bench.route.table.clear();
  bench.route.table_pattern = "(?<table>[a-z]+)_.*";
  bench.route.drop->rescan_every = Milliseconds{5};
  bench.directory.write("drop/2026.csv", "x");
  ASSERT_EQ(::mkfifo((bench.drop() / "pipe_1.csv").c_str(), 0600), 0);
  start();
  ASSERT_TRUE(run_until([this] { return standing.not_taken.count() == 2; }));
  EXPECT_NE(standing.not_taken.first().at("pipe_1.csv").find("is not a regular file"), std::string::npos);
  fs::remove(bench.drop() / "2026.csv");
  fs::remove(bench.drop() / "pipe_1.csv");
  EXPECT_TRUE(run_until([this] { return standing.not_taken.count() == 0; }));
}

TEST_F(WatcherTest, AFileIsTakenWhenItsMarkerComesAndTheMarkerGoesWithIt) {
  bench.route.drop->complete_when = queue::CompleteWhen::marked;
  bench.route.drop->patterns = {"*.csv"};
  bench.directory.write("drop/a.csv", "x");
  bench.directory.write("drop/b.csv", "x");
  bench.directory.write("drop/b.csv.ready", "");
  bench.directory.write("drop/lonely.csv.ready", "");
  start();
  ASSERT_TRUE(run_until_taken({"b.csv"}));
  ASSERT_TRUE(run_until([this] { return bench.dropped() == Names{"a.csv", "lonely.csv.ready"}; }));
  EXPECT_EQ(standing.ignored.first().at("a.csv"), "it waits for a.csv.ready");
  EXPECT_EQ(standing.ignored.first().at("lonely.csv.ready"), "it marks a file that is not there");
  bench.directory.write("drop/a.csv.ready", "");
  ASSERT_TRUE(run_until_taken({"b.csv", "a.csv"}));
  EXPECT_TRUE(run_until([this] { return bench.dropped() == Names{"lonely.csv.ready"}; }));
}

TEST_F(WatcherTest, AMarkerThatIsOlderThanItsFileMarksAnEarlierOne) {
  bench.route.drop->complete_when = queue::CompleteWhen::marked;
  bench.directory.write("drop/a.csv", "x");
  bench.directory.write("drop/a.csv.ready", "");
  set_mtime("a.csv.ready", 100);
  bench.directory.write("drop/b.csv", "x");
  bench.directory.write("drop/b.csv.ready", "");
  start();
  ASSERT_TRUE(run_until_taken({"b.csv"}));
  EXPECT_NE(standing.ignored.first().at("a.csv").find("is older than the file"), std::string::npos);
}

TEST_F(WatcherTest, WhatIsRenamedWhenItIsCompleteWaitsForNothingNotEvenWhenItIsEmpty) {
  bench.route.drop->complete_when = queue::CompleteWhen::renamed;
  start_and_take_one();
  fs::rename(bench.directory.write("b", ""), bench.drop() / "empty.csv");
  ASSERT_TRUE(run_until_taken({"first.csv", "empty.csv"}));
  EXPECT_EQ(bench.submissions().front().state, queue::SubmissionState::failed) << "it clears no table";
}

}  // namespace
}  // namespace dropload::intake
