#include "daemon/intake/disk_room.h"

#include <sys/statvfs.h>

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

std::uint64_t free_at(const std::filesystem::path& directory) {
  struct statvfs room {};
  EXPECT_EQ(::statvfs(directory.c_str(), &room), 0);
  return static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
}

// What others write meanwhile is nothing beside a tenth of what is free.
class DiskRoomTest : public ::testing::Test {
 protected:
  test::TemporaryDirectory directory_;
  DiskRoom room_{directory_.path(), 1};
  std::uint64_t free_ = free_at(directory_.path());
  std::uint64_t more_than_half_ = free_ / 10 * 6;
};

TEST_F(DiskRoomTest, RoomThatIsHeldForACopyIsNotGivenToAnother) {
  auto first = room_.hold(more_than_half_);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(room_.hold(more_than_half_).error().code, Errc::no_space);
  EXPECT_TRUE(room_.hold(free_ / 10)) << "a small one fits beside it";
  *first = DiskRoom::Hold();
  EXPECT_TRUE(room_.hold(more_than_half_)) << "it is written, or was given up";
}

TEST_F(DiskRoomTest, RoomThatIsHeldDoesNotMakeTheDiskFullForAllOthers) {
  const auto held = room_.hold(more_than_half_);
  ASSERT_TRUE(held);
  EXPECT_TRUE(room_.check(0));
  EXPECT_FALSE(room_.hold(more_than_half_));
  EXPECT_TRUE(room_.check(0));
}

}  // namespace
}  // namespace dropload::intake
