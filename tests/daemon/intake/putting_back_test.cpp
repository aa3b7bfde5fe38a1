#include "daemon/intake/putting_back.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include "daemon/intake/moving.h"
#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using test::contents;
using Names = std::vector<std::string>;

queue::Sidecar dropped_sidecar(const Bench& bench) {
  queue::Sidecar sidecar;
  sidecar.submission.id = 3;
  sidecar.submission.route = "sales";
  sidecar.submission.table = {"main", "Demo", "Sales"};
  sidecar.submission.file_name = "a.csv";
  sidecar.submission.drop_directory = bench.drop().string();
  sidecar.max_bytes = 1'000;
  return sidecar;
}

TEST(PutBack, AFileWhoseNameWasTakenMeanwhileStaysInTheSpool) {
  Bench bench;
  ASSERT_TRUE(bench.spool.make_entry(3));
  bench.directory.write("spool/3/data", "old");
  bench.directory.write("drop/a.csv", "new");
  EXPECT_EQ(put_back(bench.spool, bench.files, dropped_sidecar(bench)).error().code, Errc::already_exists);
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "new");
  EXPECT_EQ(contents(bench.spool.data_path(3)), "old");
}

TEST(PutBack, AFileThatWasOnlyClaimedComesBackAndItsCopyIsNot) {
  Bench bench;
  auto sidecar = dropped_sidecar(bench);
  ASSERT_TRUE(bench.spool.make_entry(3));
  bench.directory.write("spool/3/data", "copy");
  sidecar.dropped.inode = identity_of(bench.directory.write("drop/.dropload-3", "original")).value()->inode;
  EXPECT_TRUE(put_back(bench.spool, bench.files, sidecar).value());
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "original");
}

TEST(PutBack, ADropDirectoryThatIsMissingOrNotMountedIsNeitherMadeNorUsed) {
  Bench bench;
  auto sidecar = dropped_sidecar(bench);
  struct stat info {};
  ASSERT_EQ(::stat(bench.drop().c_str(), &info), 0);
  sidecar.drop_root = {info.st_dev + 1, info.st_ino + 1};
  ASSERT_TRUE(bench.spool.make_entry(3));
  bench.directory.write("spool/3/data", "x");
  EXPECT_EQ(put_back(bench.spool, bench.files, sidecar).error().code, Errc::unavailable);
  fs::remove(bench.drop());
  EXPECT_EQ(put_back(bench.spool, bench.files, sidecar).error().code, Errc::unavailable);
  EXPECT_FALSE(fs::exists(bench.drop()));
  EXPECT_EQ(contents(bench.spool.data_path(3)), "x");
}

TEST(PutBack, WhatIsPutBackGoesNowhereButBelowTheDropDirectory) {
  Bench bench;
  auto sidecar = dropped_sidecar(bench);
  sidecar.subdirectory = "north";
  ASSERT_TRUE(bench.spool.make_entry(3));
  bench.directory.write("spool/3/data", "dropped");
  fs::create_directories(bench.directory.path() / "elsewhere");
  fs::create_directory_symlink(bench.directory.path() / "elsewhere", bench.drop() / "north");
  EXPECT_EQ(put_back(bench.spool, bench.files, sidecar).error().code, Errc::invalid_argument);
  EXPECT_TRUE(fs::is_empty(bench.directory.path() / "elsewhere"));
  EXPECT_EQ(contents(bench.spool.data_path(3)), "dropped");
}

}  // namespace
}  // namespace dropload::intake
