#include "daemon/intake/inotify.h"

#include <fstream>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>

#include "common/base/files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using NameSet = std::set<std::string>;

struct InotifyTest : testing::Test {
  test::TemporaryDirectory elsewhere;
  test::TemporaryDirectory directory;
  boost::asio::io_context context;
  std::unique_ptr<Events> inotify = Inotify::open(context.get_executor()).value();

  void SetUp() override { ASSERT_TRUE(inotify->watch(directory.path(), "")); }
};

TEST_F(InotifyTest, AFileIsNamedWhenItIsWrittenMovedInOrLinked) {
  directory.write("written.csv", "x");
  fs::rename(elsewhere.write("b", "x"), directory.path() / "moved.csv");
  fs::create_hard_link(elsewhere.write("c", "x"), directory.path() / "linked.csv");
  const auto changes = inotify->read();
  EXPECT_EQ(changes.files, (NameSet{"written.csv", "moved.csv", "linked.csv"}));
  EXPECT_TRUE(changes.directories.empty());
  EXPECT_FALSE(changes.start_over);
  EXPECT_TRUE(inotify->read().files.empty()) << "each is told once";
}

TEST_F(InotifyTest, AFileWithoutANameIsNamedWhenItIsLinked) {
  const UniqueFd file(::open(directory.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (!file) GTEST_FAIL() << "the file system of the temporary directory has no O_TMPFILE";
  const std::string self = "/proc/self/fd/" + std::to_string(file.get());
  ASSERT_EQ(::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, (directory.path() / "a.csv").c_str(), AT_SYMLINK_FOLLOW), 0);
  EXPECT_EQ(inotify->read().files, NameSet{"a.csv"});
}

TEST_F(InotifyTest, NewDirectoriesAreToldApart) {
  fs::create_directory(directory.path() / "made");
  elsewhere.write("tree/a.csv", "x");
  fs::rename(elsewhere.path() / "tree", directory.path() / "moved");
  const auto changes = inotify->read();
  EXPECT_EQ(changes.directories, (NameSet{"made", "moved"}));
  EXPECT_TRUE(changes.files.empty()) << "nothing is told of what lies in them";
}

TEST_F(InotifyTest, NamesInAWatchedSubdirectoryAreBelowTheRoot) {
  fs::create_directories(directory.path() / "north/east");
  ASSERT_TRUE(inotify->watch(directory.path() / "north/east", "north/east"));
  (void)inotify->read();
  directory.write("north/east/a.csv", "x");
  EXPECT_EQ(inotify->read().files, NameSet{"north/east/a.csv"});
}

TEST_F(InotifyTest, ARemovedSubdirectoryIsNoReasonToStartOver) {
  fs::create_directory(directory.path() / "north");
  ASSERT_TRUE(inotify->watch(directory.path() / "north", "north"));
  fs::remove(directory.path() / "north");
  EXPECT_FALSE(inotify->read().start_over);
}

TEST_F(InotifyTest, AMovedSubdirectoryIs) {
  fs::create_directory(directory.path() / "north");
  ASSERT_TRUE(inotify->watch(directory.path() / "north", "north"));
  fs::rename(directory.path() / "north", directory.path() / "south");
  EXPECT_TRUE(inotify->read().start_over);
}

TEST_F(InotifyTest, ARootThatIsMovedOrRemovedIs) {
  fs::rename(directory.path(), elsewhere.path() / "moved");
  EXPECT_TRUE(inotify->read().start_over);
  auto other = Inotify::open(context.get_executor()).value();
  fs::create_directory(elsewhere.path() / "removed");
  ASSERT_TRUE(other->watch(elsewhere.path() / "removed", ""));
  fs::remove(elsewhere.path() / "removed");
  EXPECT_TRUE(other->read().start_over);
}

TEST_F(InotifyTest, WhenTheKernelHadToDropEventsAllIsToBeLookedAtAgain) {
  std::size_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  ASSERT_GT(limit, 0U);
  const auto a = directory.write("a", "x");
  const auto b = directory.path() / "b";
  // Two names in turn: the kernel merges an event with one before it that is the same.
  for (std::size_t i = 0; i <= limit / 2; ++i) {
    fs::rename(a, b);
    fs::rename(b, a);
  }
  const auto changes = inotify->read();
  EXPECT_TRUE(changes.start_over);
  EXPECT_TRUE(changes.lost);
}

TEST_F(InotifyTest, ADirectoryThatIsNotThereCannotBeWatched) {
  EXPECT_EQ(inotify->watch(directory.path() / "nowhere", "nowhere").error().code, Errc::not_found);
}

}  // namespace
}  // namespace dropload::intake
