// Packages and files that stay among several that are taken at once, and what a full disk does to those.

#include "daemon/queue/bodies.h"
#include "tests/daemon/intake/unpacking_bench.h"
#include "tests/support/zip.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

std::vector<Result<queue::Submission>> take_at_once(Bench& bench, const std::vector<std::string>& names) {
  std::vector<FileToTake> files;
  for (const auto& name : names) files.push_back({"", name, look_at(bench.drop() / name).value()});
  return test::complete(bench.context, bench.intake.take_all(bench.route, std::move(files)));
}

TEST(TakenAlone, APackageStandsBetweenThoseBeforeItAndThoseBehindIt) {
  Unpackings bench;
  bench.directory.write("drop/a.csv", "id\n1\n");
  bench.directory.write("drop/b.zip", test::zip_of({{"b1.csv", "id\n2\n"}, {"b2.csv", "id\n3\n"}}));
  bench.directory.write("drop/c.csv", "id\n4\n");
  const auto taken = take_at_once(bench, {"a.csv", "b.zip", "c.csv"});
  for (const auto& one : taken) ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(taken[1]->file_name, "b1.csv");
  std::vector<std::string> in_line;
  for (const auto& one : bench.submissions()) in_line.insert(in_line.begin(), one.file_name);
  EXPECT_EQ(in_line, (std::vector<std::string>{"a.csv", "b1.csv", "b2.csv", "c.csv"}));
  EXPECT_TRUE(bench.dropped().empty());
}

TEST(TakenAlone, ASmallPackageThatIsPostedGoesThroughTheSpool) {
  Unpackings bench;
  const auto bytes = test::compressed("id\n1\n", "gzip");
  const auto received = bench.receive("a.csv.gz", bytes);
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(bench.data(received->package->id), bytes);
  EXPECT_EQ(bench.data(received->id), "id\n1\n");
  const auto body = bench.store.run_blocking([&](queue::Store& s) { return queue::body_of(s, received->id); });
  EXPECT_EQ(body.value(), std::nullopt);
}

TEST(TakenAlone, OfTwoNamesOfAFileThatStaysOneIsTaken) {
  Bench bench;
  bench.route.leave_when_done = true;
  bench.directory.write("drop/a.csv", "id\n1\n");
  fs::create_hard_link(bench.drop() / "a.csv", bench.drop() / "b.csv");
  const auto taken = take_at_once(bench, {"a.csv", "b.csv"});
  ASSERT_TRUE(taken[0]) << taken[0].error().message;
  EXPECT_EQ(taken[1].error().code, Errc::already_exists);
  EXPECT_EQ(bench.submissions().size(), 1U);
  EXPECT_EQ(bench.dropped().size(), 2U);
  EXPECT_EQ(test::complete(bench.context, bench.intake.without_left(bench.route, {"a.csv", "b.csv"})).size(), 0U);
}

TEST(TakenAlone, AfterOneForWhichTheDiskHasNoRoomNoneIsTried) {
  Bench bench;
  bench.route.leave_when_done = true;
  for (const auto* name : {"a", "b", "c"}) bench.directory.write(fmt::format("drop/{}.csv", name), name);
  bench.files.fail_call(1, Errc::no_space, test::FaultyFiles::After::go_on);
  const auto taken = take_at_once(bench, {"a.csv", "b.csv", "c.csv"});
  for (const auto& one : taken) EXPECT_EQ(one.error().code, Errc::no_space);
  EXPECT_TRUE(bench.intake.standstill());
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(TakenAlone, AFullDiskIsNotedWhateverCameOfTheOthers) {
  Bench bench;
  for (const auto* name : {"a", "b", "c"}) bench.directory.write(fmt::format("drop/{}.csv", name), name);
  bench.files.fail_call(4, Errc::no_space, test::FaultyFiles::After::go_on);
  const auto taken = take_at_once(bench, {"a.csv", "b.csv", "c.csv"});
  EXPECT_EQ(std::ranges::count_if(taken, [](const auto& one) { return one.has_value(); }), 2);
  EXPECT_TRUE(bench.intake.standstill());
  bench.files.fail_call(0);
  bench.directory.write("drop/d.csv", "d");
  EXPECT_TRUE(bench.take("d.csv"));
  EXPECT_FALSE(bench.intake.standstill());
}

TEST(TakenAlone, ARoomThatIsSpokenForIsNoStandstillOfTheDisk) {
  Bench bench({.submissions = 10, .bytes = 3});
  for (const auto* name : {"a", "b"}) bench.directory.write(fmt::format("drop/{}.csv", name), "xx");
  const auto taken = take_at_once(bench, {"a.csv", "b.csv"});
  EXPECT_TRUE(taken[0]);
  EXPECT_EQ(taken[1].error().code, Errc::no_space);
  EXPECT_FALSE(bench.intake.standstill());
}

}  // namespace
}  // namespace dropload::intake
