#include "daemon/intake/drop_watcher.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/eventually.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::contents;
using Names = std::vector<std::string>;

// A running watcher on a real directory and the real clock. The io_context runs only while a test waits.
struct WatcherTest : testing::Test {
  Bench bench;
  SystemClock clock;
  std::unique_ptr<http::TaskGroup> tasks;
  std::ostringstream log_text;
  std::shared_ptr<spdlog::logger> old_logger = spdlog::default_logger();

  test::FakeClock frozen;  // outlives the watcher that may look at it

  WatcherTest() : WatcherTest(RoomLimits{}) {}
  explicit WatcherTest(RoomLimits limits) : bench(limits) {
    bench.route.drop->stable_for = Milliseconds{20};
    bench.route.drop->rescan_every = Milliseconds{3'600'000};
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text)));
  }
  ~WatcherTest() override {
    stop();
    spdlog::set_default_logger(old_logger);
  }

  void start(const Clock& watched_by) {
    tasks = std::make_unique<http::TaskGroup>(bench.context.get_executor());
    tasks->spawn("watcher", DropWatcher::run({bench.intake, watched_by, bench.pool}, bench.route));
  }
  void start() { start(clock); }
  // Runs until the watcher has armed its watches and taken what lay there.
  void start_and_take_one() {
    bench.directory.write("drop/first.csv", "x");
    start();
    ASSERT_TRUE(run_until_taken({"first.csv"}));
  }
  void stop() {
    if (!tasks) return;
    // A task that has not begun cannot be told to stop.
    ASSERT_TRUE(run_until([this] { return tasks->size() == 0 || (tasks->stop(), tasks->size() == 0); }));
    tasks.reset();
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    return test::eventually([&] {
      if (condition()) return true;
      bench.context.restart();
      bench.context.run_for(std::chrono::milliseconds(5));
      return condition();
    });
  }
  // Names of accepted files in order of their ids.
  Names taken() {
    Names names;
    for (const auto& submission : bench.submissions()) names.insert(names.begin(), submission.file_name);
    return names;
  }
  bool run_until_taken(const Names& names) {
    return run_until([&] { return taken() == names; });
  }
  std::size_t logged(const std::string& text) const {
    std::size_t count = 0;
    const std::string all = log_text.str();
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
    return count;
  }
  void set_mtime(const std::string& name, std::int64_t seconds) const {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (bench.drop() / name).c_str(), times, 0), 0);
  }
};

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

TEST_F(WatcherTest, ATreeThatIsMovedInOrMadeQuicklyIsTakenWhole) {
  bench.route.drop->recursive = true;
  start_and_take_one();
  bench.directory.write("tree/b.csv", "x");
  bench.directory.write("tree/deep/er/c.csv", "x");
  fs::rename(bench.directory.path() / "tree", bench.drop() / "tree");
  bench.directory.write("drop/x/y/z/d.csv", "x");
  ASSERT_TRUE(run_until([this] { return taken().size() == 4; }));
  bench.directory.write("drop/tree/deep/er/e.csv", "x");
  EXPECT_TRUE(run_until([this] { return taken().size() == 5; })) << "what was found in it is watched";
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

TEST_F(WatcherTest, AFileThatCannotBeTakenStaysAndIsSaidOnceUntilItChanges) {
  bench.route.table.clear();
  bench.route.table_pattern = "(?<table>[a-z]+)_.*";
  bench.route.drop->rescan_every = Milliseconds{1};
  bench.directory.write("drop/2026.csv", "x");
  bench.directory.write("drop/sales_1.csv", "x");
  start();
  ASSERT_TRUE(run_until_taken({"sales_1.csv"}));
  bench.directory.write("drop/sales_2.csv", "x");
  ASSERT_TRUE(run_until_taken({"sales_1.csv", "sales_2.csv"}));
  EXPECT_EQ(logged("2026.csv stays where it is"), 1U) << log_text.str();
  bench.directory.write("drop/2026.csv", "more");
  EXPECT_TRUE(run_until([this] { return logged("2026.csv stays where it is") == 2; }));
  EXPECT_EQ(bench.dropped(), Names{"2026.csv"});
}

TEST_F(WatcherTest, ALinkIsNotFollowedAndSaidSo) {
  fs::create_symlink(bench.directory.write("secret", "x"), bench.drop() / "link.csv");
  start_and_take_one();
  EXPECT_EQ(logged("is a symbolic link"), 1U);
  EXPECT_EQ(bench.dropped(), Names{"link.csv"});
}

TEST_F(WatcherTest, ADropDirectoryThatIsMissingIsLookedForAgain) {
  bench.route.drop->rescan_every = Milliseconds{5};
  fs::remove(bench.drop());
  start();
  ASSERT_TRUE(run_until([this] { return logged("cannot read the directory") == 1; }));
  bench.directory.write("drop/a.csv", "x");
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  EXPECT_EQ(logged("can be read again"), 1U);
  fs::remove_all(bench.drop());
  ASSERT_TRUE(run_until([this] { return logged("cannot read the directory") == 2; }));
  bench.directory.write("drop/b.csv", "x");
  EXPECT_TRUE(run_until_taken({"a.csv", "b.csv"}));
}

TEST_F(WatcherTest, AFullDiskPausesTheIntakeAndIsTriedAgain) {
  bench.files.fail_call(1, Errc::no_space, test::FaultyFiles::After::crash);
  bench.directory.write("drop/a.csv", "x");
  bench.directory.write("drop/b.csv", "x");
  start();
  ASSERT_TRUE(run_until([this] { return logged("no file is taken for now") == 1; }));
  EXPECT_TRUE(bench.submissions().empty());
  bench.files.fail_call(0);
  ASSERT_TRUE(run_until([this] { return taken().size() == 2; }));
  EXPECT_EQ(logged("no file is taken for now"), 1U);
  EXPECT_EQ(logged("files are taken again"), 1U);
}

TEST_F(WatcherTest, AFileThatFailsAfterItWasMovedIsTriedAgainInTimeAndSaidOnce) {
  bench.files.spoil("data");
  bench.directory.write("drop/a.csv", "x");
  start(frozen);
  ASSERT_TRUE(run_until([this] { return logged("a.csv stays where it is") == 1; }));
  // That it was put back is an event, and so is this.
  bench.directory.write("drop/b.csv", "x");
  ASSERT_TRUE(run_until([this] { return logged("b.csv stays where it is") == 1; }));
  EXPECT_EQ(bench.store.reserve_id(), 3) << "each was tried once";
  frozen.advance(Milliseconds{1'000});
  ASSERT_TRUE(run_until([this] { return bench.dropped() == Names{"a.csv", "b.csv"} && bench.store.reserve_id() > 5; }));
  EXPECT_EQ(logged("a.csv stays where it is"), 1U) << log_text.str();
  bench.files.spoil("");
  frozen.advance(Milliseconds{60'000});
  EXPECT_TRUE(run_until([this] { return taken().size() == 2; }));
}

TEST_F(WatcherTest, AFileThatIsWrittenToBehindABatchIsNotTakenHalf) {
  for (int i = 0; i < 20; ++i) {
    bench.directory.write(fmt::format("drop/{:02}.csv", i), "x");
    set_mtime(fmt::format("{:02}.csv", i), 100 + i);
  }
  bench.directory.write("drop/last.csv", "the first export of it");
  start();
  ASSERT_TRUE(run_until([this] { return !bench.submissions().empty(); }));
  std::ofstream writer(bench.drop() / "last.csv", std::ios::trunc);
  writer << "half" << std::flush;
  ASSERT_TRUE(run_until([this] { return taken().size() == 20; }));
  writer << " and half" << std::flush;
  writer.close();
  ASSERT_TRUE(run_until([this] { return taken().size() == 21; }));
  EXPECT_EQ(contents(bench.spool.data_path(bench.submissions().front().id)), "half and half");
}

TEST_F(WatcherTest, AFileThatIsHeldOpenForMinutesIsSaidOnce) {
  std::ofstream writer(bench.drop() / "slow.csv");
  writer << "half" << std::flush;
  start(frozen);
  // Each further file wakes the watcher, which then looks at what is due.
  for (int minute = 0; minute < 12; ++minute) {
    const std::string name = fmt::format("{:02}.csv", minute);
    bench.directory.write("drop/" + name, "x");
    ASSERT_TRUE(run_until([&] { return taken().size() == static_cast<std::size_t>(minute) + 1; }));
    EXPECT_EQ(logged("slow.csv has been open for writing in another program for 5 min"), minute < 5 ? 0U : 1U)
        << minute;
    frozen.advance(Milliseconds{60'000});
  }
  EXPECT_EQ(logged("has been open for writing"), 1U);
  EXPECT_EQ(bench.dropped(), Names{"slow.csv"});
}

TEST_F(WatcherTest, AFileThatDoesNotFitBesideTheSpoolDoesNotKeepOthersWaiting) {
  bench.lie_on_two_file_systems();
  bench.files.limit_copies(100);
  bench.directory.write("drop/large.csv", std::string(101, 'x'));
  set_mtime("large.csv", 100);
  start_and_take_one();
  bench.directory.write("drop/second.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "second.csv"}));
  EXPECT_EQ(logged("large.csv stays where it is: there is no room for its 101 bytes"), 1U);
  EXPECT_EQ(logged("no file is taken for now"), 0U);
}

TEST_F(WatcherTest, AClaimedFileOfWhichNothingIsKnownIsSaid) {
  bench.directory.write("drop/.dropload-77", "x");
  start_and_take_one();
  EXPECT_EQ(logged(".dropload-77 is a file that an intake had claimed"), 1U);
  EXPECT_EQ(bench.dropped(), Names{".dropload-77"});
}

struct CrowdedWatcherTest : WatcherTest {
  CrowdedWatcherTest() : WatcherTest({.submissions = 1, .bytes = 1'000'000}) {}
};

TEST_F(CrowdedWatcherTest, WhileTooMuchWaitsFilesAreLeftAndTakenWhenThereIsRoomAgain) {
  start_and_take_one();
  bench.directory.write("drop/second.csv", "x");
  ASSERT_TRUE(run_until([this] { return logged("no file is taken for now: 1 submissions are not finished") == 1; }));
  EXPECT_EQ(bench.dropped(), Names{"second.csv"});
  const auto id = bench.submissions().at(0).id;
  ASSERT_TRUE(bench.store.run_blocking([id](queue::Store& store) -> Result<void> {
    if (auto discarded = store.discard(id, Time{1}); !discarded) return discarded.error();
    return store.mark_retired(id, "/x", Time{1});
  }));
  bench.clock.advance(Milliseconds{1'000});
  EXPECT_TRUE(run_until_taken({"first.csv", "second.csv"}));
  EXPECT_EQ(logged("no file is taken for now"), 1U);
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
