#include "daemon/intake/presence.h"
#include "tests/daemon/intake/watcher_fixture.h"
#include "tests/support/mounts.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using test::Mount;

constexpr std::uint64_t mount_bytes = 1 << 20;

// The threads of the bench are to see what is mounted.
struct MountedDropTest : WatcherTest {
  static void SetUpTestSuite() { test::enter_mount_namespace(); }
};

TEST_F(WatcherTest, ADirectoryThatIsMissingIsOfflineWithTheReasonUntilItIsBack) {
  bench.route.drop->rescan_every = Milliseconds{5};
  fs::remove(bench.drop());
  start(frozen);
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::offline; }));
  EXPECT_NE(standing.reason.find("No such file or directory"), std::string::npos) << standing.reason;
  EXPECT_EQ(standing.since, frozen.now());
  bench.directory.write("drop/a.csv", "x");
  frozen.advance(Milliseconds{5});
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  EXPECT_EQ(standing.attention, Attention::watched);
  EXPECT_EQ(standing.reason, "");
}

TEST_F(WatcherTest, NothingIsTakenWithoutTheMarkerOfTheMountedFileSystem) {
  bench.route.drop->rescan_every = Milliseconds{5};
  bench.route.drop->online_marker = ".online";
  bench.directory.write("drop/a.csv", "x");
  start();
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::offline; }));
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  bench.directory.write("drop/.online", "");
  EXPECT_TRUE(run_until_taken({"a.csv"}));
}

TEST_F(WatcherTest, WhatIsKnownOfFilesOutlivesThatTheirDirectoryIsOffline) {
  bench.route.drop->online_marker = ".online";
  bench.route.table.clear();
  bench.route.table_pattern = "(?<table>[a-z]+)_.*";
  bench.route.drop->rescan_every = Milliseconds{1};
  bench.directory.write("drop/.online", "");
  bench.directory.write("drop/2026.csv", "x");
  start();
  ASSERT_TRUE(run_until([this] { return logged("2026.csv stays where it is") == 1; }));
  fs::rename(bench.drop(), bench.directory.path() / "away");
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::offline; }));
  fs::rename(bench.directory.path() / "away", bench.drop());
  bench.directory.write("drop/sales_1.csv", "x");
  ASSERT_TRUE(run_until_taken({"sales_1.csv"}));
  EXPECT_EQ(logged("2026.csv stays where it is"), 1U) << "it never counted as gone";
}

TEST_F(MountedDropTest, WhatLiesUnderAFileSystemThatIsNotMountedAnyMoreIsNotTaken) {
  bench.route.drop->rescan_every = Milliseconds{5};
  auto mount = Mount::tmpfs(bench.drop(), mount_bytes);
  start_and_take_one();
  mount.unmount();
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::offline; }));
  EXPECT_NE(standing.reason.find("is not mounted any more"), std::string::npos) << standing.reason;
  bench.directory.write("drop/below.csv", "x");
  auto again = Mount::tmpfs(bench.drop(), mount_bytes);
  bench.directory.write("drop/second.csv", "x");
  ASSERT_TRUE(run_until_taken({"first.csv", "second.csv"}));
  EXPECT_EQ(standing.attention, Attention::watched);
  again.unmount();
  ASSERT_TRUE(run_until([this] { return standing.attention == Attention::offline; }));
  EXPECT_EQ(bench.dropped(), Names{"below.csv"});
}

TEST(Presence, ADirectoryInsideAFileSystemThatIsGoneIsMissedTooAlthoughOneOfItsNameLiesBelow) {
  const test::TemporaryDirectory directory;
  directory.write("share/sales/below.csv", "x");
  auto mount = Mount::tmpfs(directory.path() / "share", mount_bytes);
  directory.write("share/sales/a.csv", "x");
  Presence presence(directory.path() / "share/sales", "");
  EXPECT_TRUE(presence.look());
  EXPECT_EQ(mount_point_of(directory.path() / "share/sales"), directory.path() / "share");
  mount.unmount();
  EXPECT_EQ(presence.look().error().code, Errc::unavailable);
}

TEST(Presence, AFileSystemThatIsMountedLaterIsNoTrouble) {
  const test::TemporaryDirectory directory;
  Presence presence(directory.path(), "");
  EXPECT_TRUE(presence.look());
  const auto mount = Mount::tmpfs(directory.path(), mount_bytes);
  EXPECT_TRUE(presence.look());
}

}  // namespace
}  // namespace dropload::intake
