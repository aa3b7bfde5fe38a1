#include "daemon/intake/held_directory.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::TemporaryDirectory;

TEST(HeldDirectory, WhatIsEnteredStaysTheSameWhenALinkTakesItsPlace) {
  const TemporaryDirectory directory;
  directory.write("drop/north/east/a.csv", "dropped");
  directory.write("secrets/a.csv", "secret");
  const auto place = HeldDirectory::open(directory.path() / "drop").value().enter("north/east").value();
  fs::rename(directory.path() / "drop/north", directory.path() / "drop/.moved");
  fs::create_directories(directory.path() / "drop/north");
  fs::create_directory_symlink(directory.path() / "secrets", directory.path() / "drop/north/east");
  EXPECT_EQ(contents(place.path("a.csv")), "dropped");
  EXPECT_EQ(shown(place.path("a.csv")), (directory.path() / "drop/.moved/east/a.csv").string());
}

TEST(HeldDirectory, NoWayLeadsUpwardsOrThroughALink) {
  const TemporaryDirectory directory;
  fs::create_directories(directory.path() / "drop/north");
  fs::create_directory_symlink("north", directory.path() / "drop/link");
  directory.write("drop/file", "x");
  const auto drop = HeldDirectory::open(directory.path() / "drop").value();
  SystemFiles files;
  for (const auto* way : {"..", "north/../..", "/tmp", "link", "link/more", "file"}) {
    EXPECT_EQ(drop.enter(way).error().code, Errc::invalid_argument) << way;
    EXPECT_EQ(drop.make(files, way).error().code, Errc::invalid_argument) << way;
  }
  EXPECT_EQ(drop.enter("south").error().code, Errc::not_found);
}

TEST(HeldDirectory, WhatIsMissingIsMadeOnlyWhenThatIsAsked) {
  const TemporaryDirectory directory;
  const auto root = HeldDirectory::open(directory.path()).value();
  SystemFiles files;
  const auto made = root.make(files, "done/2026-11-23/north/");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(shown(made->path()), (directory.path() / "done/2026-11-23/north").string());
  EXPECT_TRUE(root.make(files, "done/2026-11-23/north")) << "it may be there already";
  EXPECT_EQ(HeldDirectory::open(directory.path() / "none").error().code, Errc::not_found);
}

}  // namespace
}  // namespace dropload::intake
