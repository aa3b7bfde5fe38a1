#include <gtest/gtest.h>

#include "daemon/intake/unpacking.h"
#include "tests/daemon/intake/unpacking_bench.h"
#include "tests/support/zip.h"

namespace dropload::intake {
namespace {

using queue::SubmissionState;
using test::compressed;
using test::zip_of;
using test::ZipMember;

TEST(UnpackingLimits, ABombIsStoppedBeforeItFillsTheSpool) {
  Unpackings bench;
  bench.route.max_bytes = 100'000'000;
  const auto bomb = compressed(std::string(40'000'000, '0'), "gzip");
  ASSERT_LT(bomb.size(), 50'000U);
  bench.expect_refused(bench.drop_and_take("a.csv.gz", bomb), "more than 200 times");
}

TEST(UnpackingLimits, ASmallPackageMayShrinkAsItLikes) {
  Unpackings bench;
  bench.route.max_bytes = 100'000'000;
  const auto small = bench.drop_and_take("a.csv.bz2", compressed(std::string(9'000'000, '0'), "bzip2"));
  ASSERT_TRUE(small) << small.error().message;
  EXPECT_EQ(small->state, SubmissionState::queued) << small->reason;
}

TEST(UnpackingLimits, AMemberOverTheRoutesLimitIsNamed) {
  Unpackings bench;
  bench.route.max_bytes = 1'000;
  bench.expect_refused(
      bench.drop_and_take("all.zip", zip_of({{"a.csv", std::string(1'000, 'x')}, {"b.csv", std::string(1'001, 'x')}})),
      "b.csv in it is too large: its route takes at most 1000");
}

TEST(UnpackingLimits, MoreFilesThanAThousandAreTooMany) {
  std::vector<ZipMember> in;
  for (int i = 0; i < 1'001; ++i) in.push_back({fmt::format("{}.csv", i), "id\n1\n"});
  Unpackings bench;
  bench.expect_refused(bench.drop_and_take("all.zip", zip_of(in)), "more than 1000 files");
  in.pop_back();
  Unpackings other;
  other.route.on_duplicate = queue::OnDuplicate::take;
  const auto taken = other.drop_and_take("all.zip", zip_of(in));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(other.members(taken->package->id).size(), 1'000U);
}

TEST(UnpackingLimits, APackageThatDoesNotFitIntoTheSpoolNowStaysWhereItIs) {
  Unpackings bench({.bytes = 100'000});
  ASSERT_TRUE(bench.drop_and_take("first.csv", std::string(60'000, 'x')));
  const auto bytes = zip_of({{"a.csv", std::string(30'000, 'a')}, {"b.csv", std::string(30'000, 'b')}});
  const auto taken = bench.drop_and_take("all.zip", bytes);
  ASSERT_TRUE(taken.has_error());
  EXPECT_EQ(taken.error().code, Errc::too_large) << "others may fit";
  EXPECT_NE(taken.error().message.find("max_spool"), std::string::npos) << taken.error().message;
  EXPECT_EQ(bench.dropped(), std::vector<std::string>{"all.zip"});
  EXPECT_EQ(bench.spooled().size(), 2U);
  const auto over = bench.drop_and_take("more.zip", zip_of({{"a.csv", std::string(99'999, 'a')}}));
  ASSERT_TRUE(over) << over.error().message;
  EXPECT_EQ(over->state, SubmissionState::failed) << "it never will";
}

TEST(UnpackingLimits, APackageOfMoreFilesThanMayWaitNowStaysWhereItIsAndKeepsNoOthersBack) {
  Unpackings bench({.submissions = 4});
  bench.route.on_duplicate = queue::OnDuplicate::take;
  const auto three = zip_of({{"a.csv", "id\n1\n"}, {"b.csv", "id\n2\n"}, {"c.csv", "id\n3\n"}});
  ASSERT_TRUE(bench.drop_and_take("one.csv", "id\n1\n"));
  ASSERT_TRUE(bench.drop_and_take("two.csv", "id\n1\n"));
  const auto taken = bench.drop_and_take("all.zip", three);
  ASSERT_TRUE(taken.has_error());
  EXPECT_EQ(taken.error().code, Errc::too_large) << "others may fit";
  EXPECT_NE(taken.error().message.find("max_waiting"), std::string::npos) << taken.error().message;
  EXPECT_EQ(bench.dropped(), std::vector<std::string>{"all.zip"});
  EXPECT_EQ(bench.submissions().size(), 2U);
  const auto posted = bench.receive("all.zip", three);
  ASSERT_TRUE(posted.has_error());
  EXPECT_EQ(posted.error().code, Errc::unavailable);
  EXPECT_TRUE(bench.drop_and_take("three.csv", "id\n1\n"));
}

TEST(UnpackingLimits, APackageOfAsManyFilesAsMayWaitIsTakenAndOneOfMoreNeverIs) {
  Unpackings bench({.submissions = 3});
  bench.expect_refused(
      bench.drop_and_take("four.zip", zip_of({{"a.csv", "i\n"}, {"b.csv", "j\n"}, {"c.csv", "k\n"}, {"d.csv", "l\n"}})),
      "more than the 3 submissions that may wait");
  Unpackings other({.submissions = 3});
  ASSERT_TRUE(other.drop_and_take("three.zip", zip_of({{"a.csv", "i\n"}, {"b.csv", "j\n"}, {"c.csv", "k\n"}})));
  const auto next = other.drop_and_take("d.csv", "l\n");
  ASSERT_TRUE(next.has_error());
  EXPECT_EQ(next.error().code, Errc::unavailable);
}

TEST(UnpackingLimits, WhatIsUnpackedCountsAsSoonAsItIsAccepted) {
  Unpackings bench({.bytes = 100'000});
  ASSERT_TRUE(bench.drop_and_take("all.zip", zip_of({{"a.csv", std::string(80'000, 'a')}})));
  const auto next = bench.drop_and_take("b.csv", std::string(30'000, 'b'));
  ASSERT_TRUE(next.has_error());
  EXPECT_EQ(next.error().code, Errc::no_space);
}

}  // namespace
}  // namespace dropload::intake
