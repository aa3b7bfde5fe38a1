// Several files of a drop directory that are taken at once.

#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

std::vector<Result<queue::Submission>> take_all(Bench& bench, const std::vector<std::string>& names) {
  std::vector<FileToTake> files;
  for (const auto& name : names) {
    const auto look = look_at(bench.drop() / name);
    files.push_back({"", name, look ? *look : Look{}});
  }
  return test::complete(bench.context, bench.intake.take_all(bench.route, std::move(files)));
}

TEST(TakeAll, TheirIdsGrowInTheOrderInWhichTheyAreGiven) {
  Bench bench;
  std::vector<std::string> names;
  for (int i = 0; i < 32; ++i) {
    names.push_back(fmt::format("{}.csv", (i * 7) % 32));
    bench.directory.write("drop/" + names.back(), fmt::format("id\n{}\n", i));
  }
  const auto taken = take_all(bench, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_TRUE(taken[i]) << taken[i].error().message;
    EXPECT_EQ(taken[i]->file_name, names[i]);
    EXPECT_EQ(taken[i]->id, static_cast<queue::SubmissionId>(i) + 1);
  }
  EXPECT_TRUE(bench.dropped().empty());
  EXPECT_EQ(bench.spooled().size(), 64U) << "bytes and sidecar of each";
  EXPECT_EQ(bench.announced, 32);
}

TEST(TakeAll, OneThatIsGoneKeepsNoOtherFromBeingTaken) {
  Bench bench;
  bench.directory.write("drop/a.csv", "id\n1\n");
  bench.directory.write("drop/c.csv", "id\n3\n");
  const auto taken = take_all(bench, {"a.csv", "b.csv", "c.csv"});
  EXPECT_TRUE(taken[0] && taken[2]);
  EXPECT_EQ(taken[1].error().code, Errc::not_found);
  EXPECT_EQ(bench.submissions().size(), 2U);
}

TEST(TakeAll, WhenThereIsRoomForSomeTheOthersStayWhereTheyAre) {
  Bench bench({.submissions = 2, .bytes = 1'000'000});
  for (const auto* name : {"a", "b", "c", "d"}) bench.directory.write(fmt::format("drop/{}.csv", name), name);
  const auto taken = take_all(bench, {"a.csv", "b.csv", "c.csv", "d.csv"});
  EXPECT_TRUE(taken[0] && taken[1]);
  EXPECT_EQ(taken[2].error().code, Errc::unavailable);
  EXPECT_EQ(taken[3].error().code, Errc::unavailable);
  EXPECT_EQ(bench.dropped(), (std::vector<std::string>{"c.csv", "d.csv"}));
}

TEST(TakeAll, AnErrorOrACrashAtAnyStepLosesNoneAndTakesNoneTwice) {
  for (const auto after : {test::FaultyFiles::After::go_on, test::FaultyFiles::After::crash}) {
    for (int n = 1;; ++n) {
      Bench bench;
      for (const auto* name : {"a", "b", "c"}) bench.directory.write(fmt::format("drop/{}.csv", name), name);
      bench.files.fail_call(n, Errc::io, after);
      (void)take_all(bench, {"a.csv", "b.csv", "c.csv"});
      const bool failed = bench.files.failed();
      bench.files.fail_call(0);
      ASSERT_TRUE(bench.intake.recover());
      EXPECT_EQ(bench.submissions().size() + bench.dropped().size(), 3U) << "step " << n;
      EXPECT_EQ(bench.spooled().size(), bench.submissions().size() * 2) << "step " << n;
      if (!failed) break;
    }
  }
}

}  // namespace
}  // namespace dropload::intake
