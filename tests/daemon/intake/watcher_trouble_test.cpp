#include <fstream>

#include "tests/daemon/intake/watcher_fixture.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::contents;
using Names = std::vector<std::string>;

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
  ASSERT_TRUE(run_until([this] { return logged("is offline, and nothing in it is taken") == 1; }));
  bench.directory.write("drop/a.csv", "x");
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  EXPECT_EQ(logged("drop is back"), 1U);
  fs::remove_all(bench.drop());
  ASSERT_TRUE(run_until([this] { return logged("is offline, and nothing in it is taken") == 2; }));
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
  // The rows are there a moment before it is said.
  EXPECT_TRUE(run_until([this] { return logged("files are taken again") == 1; }));
}

TEST_F(WatcherTest, OverQuotaOneFileIsTriedAtATimeAndEverMoreRarely) {
  for (int i = 0; i < 20; ++i) bench.directory.write("drop/" + std::to_string(i) + ".csv", "x");
  bench.files.fail_call(1, Errc::no_space, test::FaultyFiles::After::crash);
  start();
  ASSERT_TRUE(run_until([this] { return standing.stopped.has_value(); }));
  const int together = bench.files.failures();
  const int of_one_file = together / 20;
  const auto first = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_until([&] { return bench.files.failures() >= together + 2 * of_one_file; }));
  EXPECT_EQ(bench.files.failures(), together + 2 * of_one_file);
  EXPECT_GE(std::chrono::steady_clock::now() - first, std::chrono::milliseconds(2'900)) << "after 1 s, then after 2 s";
  EXPECT_TRUE(bench.intake.standstill());
  EXPECT_EQ(logged("no file is taken for now"), 1U);
  bench.files.fail_call(0);
  ASSERT_TRUE(run_until([this] { return taken().size() == 20; }));
  // The rows are there a moment before it is said.
  EXPECT_TRUE(run_until([this] { return !bench.intake.standstill() && !standing.stopped; }));
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
  EXPECT_TRUE(run_until([this] {
    frozen.advance(Milliseconds{10'000});  // an attempt that was under way waits from its end on
    return taken().size() == 2;
  }));
}

TEST_F(WatcherTest, AFileThatIsWrittenToBehindABatchIsNotTakenHalf) {
  constexpr int before = 40;  // more than are taken at once
  for (int i = 0; i < before; ++i) {
    bench.directory.write(fmt::format("drop/{:02}.csv", i), "x");
    set_mtime(fmt::format("{:02}.csv", i), 100 + i);
  }
  bench.directory.write("drop/last.csv", "the first export of it");
  start();
  ASSERT_TRUE(run_until([this] { return !bench.submissions().empty(); }));
  std::ofstream writer(bench.drop() / "last.csv", std::ios::trunc);
  writer << "half" << std::flush;
  ASSERT_TRUE(run_until([this] { return taken().size() == before; }));
  writer << " and half" << std::flush;
  writer.close();
  ASSERT_TRUE(run_until([this] { return taken().size() == before + 1; }));
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

}  // namespace
}  // namespace dropload::intake
