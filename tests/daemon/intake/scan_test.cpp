#include "daemon/intake/scan.h"

#include <gtest/gtest.h>

#include "daemon/intake/complaints.h"
#include "daemon/intake/network_file_system.h"
#include "tests/support/temporary_directory.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using Names = std::vector<std::string>;

queue::Route route_in(const fs::path& directory, bool recursive) {
  queue::Route route;
  route.drop.emplace();
  route.drop->directory = directory.string();
  route.drop->patterns = {"*.csv"};
  route.drop->recursive = recursive;
  return route;
}

Names files_of(Scanned scanned) {
  std::ranges::sort(scanned.files);
  return scanned.files;
}

TEST(Scan, FindsWhatThePatternsAskForAtTheTop) {
  const TemporaryDirectory directory;
  for (const auto* name : {"a.csv", "b.txt", ".c.csv", "d.csv.part", "north/e.csv", "done/2026/f.csv"})
    directory.write(name, "x");
  EXPECT_EQ(files_of(scan(route_in(directory.path(), false), nullptr, "")), Names{"a.csv"});
}

TEST(Scan, GoesBelowButNeverIntoDoneFailedAndHiddenDirectories) {
  const TemporaryDirectory directory;
  for (const auto* name : {"a.csv", "north/b.csv", "north/deep/er/c.csv", "done/d.csv", "failed/x/e.csv", ".git/f.csv",
                           "north/done/g.csv"}) {
    directory.write(name, "x");
  }
  const auto route = route_in(directory.path(), true);
  EXPECT_EQ(files_of(scan(route, nullptr, "")),
            (Names{"a.csv", "north/b.csv", "north/deep/er/c.csv", "north/done/g.csv"}));
  EXPECT_EQ(files_of(scan(route, nullptr, "north/deep")), Names{"north/deep/er/c.csv"});
}

TEST(Scan, ARouteWhoseTableIsTheDirectoryGoesBelow) {
  const TemporaryDirectory directory;
  directory.write("sales/a.csv", "x");
  auto route = route_in(directory.path(), false);
  route.table_from_directory = true;
  EXPECT_EQ(files_of(scan(route, nullptr, "")), Names{"sales/a.csv"});
}

TEST(Scan, ALinkToADirectoryIsNotFollowed) {
  const TemporaryDirectory directory;
  const TemporaryDirectory elsewhere;
  elsewhere.write("a.csv", "x");
  fs::create_directory_symlink(elsewhere.path(), directory.path() / "link");
  EXPECT_TRUE(scan(route_in(directory.path(), true), nullptr, "").files.empty());
}

TEST(Scan, AMissingDropDirectoryIsSaid) {
  const TemporaryDirectory directory;
  const auto scanned = scan(route_in(directory.path() / "drop", true), nullptr, "");
  ASSERT_TRUE(scanned.unreadable);
  EXPECT_EQ(scanned.unreadable->code, Errc::not_found);
}

TEST(NetworkFileSystem, IsKnownByItsType) {
  EXPECT_EQ(network_file_system(0x6969), "NFS");
  EXPECT_EQ(network_file_system(0xff534d42), "SMB (cifs)");
  EXPECT_EQ(network_file_system(0xef53), std::nullopt) << "ext4";
}

TEST(NetworkFileSystem, ProcIsNoneAndWhatIsMissingIsOnNone) {
  EXPECT_EQ(network_file_system_of("/proc"), std::nullopt);
  EXPECT_EQ(network_file_system_of("/nowhere/at/all"), std::nullopt);
}

TEST(Complaints, AreMadeOnceAndAgainWhenTheyChange) {
  Complaints complaints;
  EXPECT_TRUE(complaints.is_new("a", "x"));
  EXPECT_FALSE(complaints.is_new("a", "x"));
  EXPECT_TRUE(complaints.is_new("a", "y"));
  EXPECT_TRUE(complaints.is_new("b", "x"));
  EXPECT_TRUE(complaints.forget("a"));
  EXPECT_FALSE(complaints.forget("a"));
  EXPECT_TRUE(complaints.is_new("a", "y"));
  complaints.keep_only({"b"});
  EXPECT_TRUE(complaints.is_new("a", "y"));
  EXPECT_FALSE(complaints.is_new("b", "x"));
}

}  // namespace
}  // namespace dropload::intake
