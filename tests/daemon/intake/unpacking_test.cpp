#include "daemon/intake/unpacking.h"

#include <gtest/gtest.h>

#include "tests/daemon/intake/unpacking_bench.h"
#include "tests/support/zip.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::SubmissionState;
using test::compressed;
using test::zip_of;
using test::ZipMember;

const std::string csv = "id,name\n1,a\n2,b\n";

TEST(Unpacking, ACompressedFileIsAcceptedAsWhatIsInIt) {
  for (const auto& [end, filter] : {std::pair{".gz", "gzip"}, {".ZST", "zstd"}, {".xz", "xz"}, {".bz2", "bzip2"}}) {
    Unpackings bench;
    const auto bytes = compressed(csv, filter);
    const auto taken = bench.drop_and_take(std::string("sales.csv") + end, bytes);
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(taken->state, SubmissionState::queued) << taken->reason;
    EXPECT_EQ(taken->file_name, "sales.csv");
    EXPECT_EQ(taken->size, csv.size());
    EXPECT_EQ(taken->records, 2);
    EXPECT_EQ(bench.data(taken->id), csv);
    ASSERT_TRUE(taken->package);
    EXPECT_EQ(taken->package->name, std::string("sales.csv") + end);
    EXPECT_EQ(taken->package->member, "sales.csv");
    const auto package = bench.package(taken->package->id);
    ASSERT_TRUE(package);
    EXPECT_EQ(package->size, bytes.size());
    EXPECT_EQ(package->members, 1U);
    EXPECT_EQ(bench.data(package->id), bytes);
    EXPECT_TRUE(bench.dropped().empty());
    EXPECT_EQ(bench.submissions().size(), 1U);
  }
}

TEST(Unpacking, EachFileInAZipIsASubmissionOfItsOwn) {
  Unpackings bench;
  bench.route_by_name();
  const auto taken = bench.drop_and_take(
      "all.zip", zip_of({{"sales_1.csv", csv}, {"north/", "", AE_IFDIR}, {"north/orders_1.csv", "id\n7\n"}}));
  ASSERT_TRUE(taken) << taken.error().message;
  const auto members = bench.members(taken->package->id);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].id, taken->id);
  EXPECT_EQ(members[0].table.table, "sales");
  EXPECT_EQ(members[1].file_name, "orders_1.csv");
  EXPECT_EQ(members[1].package->member, "north/orders_1.csv");
  EXPECT_EQ(members[1].table.table, "orders");
  EXPECT_EQ(bench.data(members[1].id), "id\n7\n");
  EXPECT_EQ(bench.submissions().size(), 2U) << "the package is none itself";
}

TEST(Unpacking, WhatIsNotToBeImportedIsLeftOutAndNamed) {
  Unpackings bench;
  bench.route.drop->patterns = {"*.csv", "*.zip"};
  bench.route.drop->ignore = {"test_*"};
  const auto taken = bench.drop_and_take("all.zip", zip_of({{"__MACOSX/a.csv", "x"},
                                                            {".hidden/a.csv", "x"},
                                                            {".a.csv", "x"},
                                                            {"readme.txt", "x"},
                                                            {"test_a.csv", "x"},
                                                            {"link.csv", "", AE_IFLNK},
                                                            {"a.csv", csv}}));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(bench.members(taken->package->id).size(), 1U);
  const auto package = bench.package(taken->package->id).value();
  EXPECT_EQ(package.left_out_count, 6U);
  EXPECT_EQ(package.left_out,
            "__MACOSX/a.csv: __macosx\n.hidden/a.csv: .*\n.a.csv: .*\nreadme.txt: it fits none of the patterns\n"
            "test_a.csv: test_* (ignore)\nlink.csv: it is a symbolic link\n");
}

TEST(Unpacking, APathInAZipLeadsNowhere) {
  Unpackings bench;
  const std::vector<std::string> paths{"../../escaped.csv", "/tmp/absolute.csv", "a/../../b/./up.csv", "c:\\drive.csv"};
  std::vector<ZipMember> in;
  for (const auto& path : paths) in.push_back({path, "id\n" + path + "\n"});
  const auto taken = bench.drop_and_take("all.zip", zip_of(in));
  ASSERT_TRUE(taken) << taken.error().message;
  const auto members = bench.members(taken->package->id);
  ASSERT_EQ(members.size(), 4U);
  EXPECT_EQ(members[0].file_name, "escaped.csv");
  EXPECT_EQ(members[0].package->member, "../../escaped.csv");
  EXPECT_EQ(members[1].file_name, "absolute.csv");
  EXPECT_EQ(members[2].file_name, "up.csv");
  for (const auto& file : bench.files_below(bench.directory.path())) {
    EXPECT_TRUE(file.starts_with("spool/") || file.starts_with("queue.db")) << file;
  }
  EXPECT_FALSE(fs::exists("/tmp/absolute.csv"));
}

TEST(Unpacking, TwoMembersOfOneNameAreTwoSubmissions) {
  Unpackings bench;
  const auto taken = bench.drop_and_take("all.zip", zip_of({{"a/x.csv", "id\n1\n"}, {"b/x.csv", "id\n2\n"}}));
  ASSERT_TRUE(taken) << taken.error().message;
  const auto members = bench.members(taken->package->id);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].file_name, members[1].file_name);
  EXPECT_EQ(bench.data(members[0].id) + bench.data(members[1].id), "id\n1\nid\n2\n");
}

TEST(Unpacking, NamesAreBytesUpToTheLengthOfAName) {
  Unpackings bench;
  const std::string longest(251, 'n');
  const auto taken = bench.drop_and_take("all.zip", zip_of({{"a\xff\n.csv", "1"}, {"d/" + longest + ".csv", "2"}}));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->file_name, "a\xff\n.csv");
  EXPECT_EQ(bench.members(taken->package->id)[1].file_name, longest + ".csv");

  Unpackings other;
  other.expect_refused(other.drop_and_take("all.zip", zip_of({{longest + "o.csv", "2"}})), "255 is the most");
}

TEST(Unpacking, AnEmptyMemberFailsAloneLikeAnEmptyFile) {
  Unpackings bench;
  const auto taken = bench.drop_and_take("all.zip", zip_of({{"a.csv", csv}, {"empty.csv", ""}}));
  ASSERT_TRUE(taken) << taken.error().message;
  const auto members = bench.members(taken->package->id);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].state, SubmissionState::queued);
  EXPECT_EQ(members[1].state, SubmissionState::failed);
  EXPECT_NE(members[1].reason.find("empty"), std::string::npos);
}

TEST(Unpacking, TheSameContentPlainAndPackedIsADuplicate) {
  Unpackings bench;
  const auto plain = bench.drop_and_take("a.csv", csv);
  ASSERT_TRUE(plain) << plain.error().message;
  const auto packed = bench.drop_and_take("b.csv.gz", compressed(csv, "gzip"));
  ASSERT_TRUE(packed) << packed.error().message;
  EXPECT_EQ(packed->state, SubmissionState::held);
  EXPECT_EQ(packed->duplicate_of, plain->id);
  const auto twice = bench.drop_and_take("all.zip", zip_of({{"a.csv", "id\n9\n"}, {"b.csv", "id\n9\n"}}));
  const auto members = bench.members(twice->package->id);
  EXPECT_EQ(members[0].state, SubmissionState::queued);
  EXPECT_EQ(members[1].duplicate_of, members[0].id);
}

TEST(Unpacking, OfAPackageThatIsBrokenNothingIsImported) {
  const auto good = zip_of({{"a.csv", csv}, {"b.csv", std::string(5'000, 'x')}}, "zip:compression=store");
  auto bad = good;
  bad[bad.find("xxxx") + 100] = 'y';
  {
    Unpackings bench;
    bench.expect_refused(bench.drop_and_take("all.zip", bad), "b.csv in it: it is broken (ZIP bad CRC");
  }
  {
    Unpackings bench;
    bench.expect_refused(bench.drop_and_take("all.zip", good.substr(0, good.size() / 2)), "or it is cut short");
  }
  {
    Unpackings bench;
    const auto bytes = compressed(csv, "gzip");
    bench.expect_refused(bench.drop_and_take("a.csv.gz", bytes.substr(0, bytes.size() - 2)), "cut short");
  }
  {
    Unpackings bench;
    bench.expect_refused(bench.drop_and_take("a.csv.gz", csv), "a.csv in it: it is broken");
  }
}

TEST(Unpacking, AnEncryptedMemberIsToldOf) {
  Unpackings bench;
  const auto bytes = zip_of({{"a.csv", csv}}, "zip:encryption=zipcrypt");
  bench.expect_refused(bench.drop_and_take("all.zip", bytes), "a.csv in it is encrypted");
}

TEST(Unpacking, AnArchiveInAPackageIsNotImportedAsIfItWereAFile) {
  for (const std::string name : {"inner.zip", "inner.csv.GZ", "inner.tar", "inner.tgz", "inner.7z"}) {
    Unpackings bench;
    bench.expect_refused(bench.drop_and_take("all.zip", zip_of({{"a.csv", csv}, {name, "x"}})), "is an archive itself");
  }
  Unpackings bench;
  bench.expect_refused(bench.drop_and_take("a.tar.gz", compressed(csv, "gzip")), "a.tar in it is an archive itself");
}

TEST(Unpacking, AMemberWithoutATableIsNamed) {
  Unpackings bench;
  bench.route_by_name();
  bench.expect_refused(bench.drop_and_take("all.zip", zip_of({{"sales_1.csv", csv}, {"42.csv", csv}})),
                       "42.csv in it: no table for 42.csv");
  Unpackings other;
  other.route_by_name();
  const auto taken = other.drop_and_take("42.csv.gz", compressed(csv, "gzip"));
  ASSERT_TRUE(taken.has_error()) << "as of a plain file: it stays where it is";
  EXPECT_EQ(taken.error().code, Errc::invalid_argument);
  EXPECT_EQ(other.dropped(), std::vector<std::string>{"42.csv.gz"});
}

TEST(Unpacking, APackageOfWhichNothingIsTakenSaysWhy) {
  Unpackings bench;
  bench.route.drop->patterns = {"*.csv", "*.zip"};
  bench.expect_refused(bench.drop_and_take("all.zip", zip_of({{"a.txt", csv}})), "a.txt: it fits none of the patterns");
  Unpackings other;
  other.expect_refused(other.drop_and_take("all.zip", zip_of({{"d/", "", AE_IFDIR}})), "there is no file in it");
  Unpackings none;
  const auto empty = none.drop_and_take("all.zip", zip_of({}));
  none.expect_refused(empty, "there is no file in it");
  EXPECT_EQ(empty->advice.find("cut short"), std::string::npos) << empty->advice;
}

TEST(Unpacking, AnythingThatFailsOnTheWayLeavesThePackageWhereItWas) {
  const auto bytes = zip_of({{"a.csv", csv}, {"b.csv", "id\n5\n"}});
  for (const auto code : {Errc::no_space, Errc::io}) {
    for (int call = 1;; ++call) {
      Unpackings bench;
      bench.directory.write("drop/all.zip", bytes);
      bench.files.fail_call(call, code);
      const auto taken = bench.take("all.zip");
      if (!bench.files.failed()) {
        EXPECT_GT(call, 20);
        ASSERT_TRUE(taken) << taken.error().message;
        break;
      }
      if (taken) {
        EXPECT_EQ(bench.submissions().size(), 2U) << "call " << call;
        continue;
      }
      EXPECT_EQ(bench.submissions().size(), 0U) << "call " << call;
      EXPECT_EQ(test::contents(bench.drop() / "all.zip"), bytes) << "call " << call;
    }
  }
}

TEST(Unpacking, ABodyIsUnpackedAsWell) {
  Unpackings bench;
  const auto one = bench.receive("a.csv.gz", compressed(csv, "gzip"));
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->source, queue::Source::rest);
  EXPECT_EQ(bench.data(one->id), csv);
  const auto two = bench.receive("all.zip", zip_of({{"b.csv", "id\n1\n"}, {"c.csv", "id\n2\n"}}));
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(bench.members(two->package->id).size(), 2U);
}

TEST(Unpacking, ABodyThatCannotBeUnpackedIsRefusedAndNothingOfItIsLeft) {
  Unpackings bench;
  const auto refused = bench.receive("all.zip", zip_of({{"a.csv", csv}, {"inner.zip", "x"}}));
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_NE(refused.error().message.find("inner.zip in it is an archive itself"), std::string::npos);
  EXPECT_TRUE(bench.submissions().empty());
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Unpacking, ARouteMayTakePackagesAsTheyAre) {
  Unpackings bench;
  bench.route.unpack = false;
  bench.route.drop->unpack = false;
  const auto bytes = compressed(csv, "gzip");
  const auto taken = bench.drop_and_take("a.csv.gz", bytes);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_FALSE(taken->package);
  EXPECT_EQ(bench.data(taken->id), bytes);
}

}  // namespace
}  // namespace dropload::intake
