#include <gtest/gtest.h>

#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/zip.h"

namespace dropload::intake {
namespace {

using queue::Store;
using queue::SubmissionState;
using test::contents;
using test::zip_of;

struct PackageBench : Bench {
  std::map<std::string, queue::Route> routes;
  PackageBench() { routes["sales"] = route; }

  // A second daemon over the same queue and spool, after a crash.
  Result<std::vector<std::string>> recover() {
    Intake again({store, spool, files, clock, pool, [] {}, limits, &routes});
    return again.recover();
  }
  std::vector<queue::Submission> members(queue::PackageId id) {
    return store.run_blocking([id](Store& s) { return s.members_of(id); }).value();
  }
};

const std::string two_files = zip_of({{"a.csv", "id\n1\n"}, {"b.csv", "id\n2\n"}});

queue::Sidecar package_sidecar(const Bench& bench, queue::SubmissionId id) {
  auto sidecar = begin_sidecar(bench.route, queue::Source::drop, "", "all.zip").value();
  sidecar.submission.id = id;
  sidecar.submission.size = two_files.size();
  sidecar.submission.sha256 = "ab12";
  sidecar.submission.accepted_at = {1'700'000'000'000};
  return sidecar;
}

void write_entry(Bench& bench, const queue::Sidecar& sidecar, const std::string& data) {
  ASSERT_TRUE(bench.spool.make_entry(sidecar.submission.id));
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  bench.directory.write("spool/" + std::to_string(sidecar.submission.id) + "/data", data);
}

queue::Sidecar member_sidecar(const Bench& bench, queue::SubmissionId id, queue::PackageId package) {
  auto sidecar = begin_sidecar(bench.route, queue::Source::drop, "", "a.csv").value();
  sidecar.submission.id = id;
  sidecar.submission.size = 5;
  sidecar.submission.sha256 = "cd34";
  sidecar.submission.package = package;
  sidecar.submission.member = "a.csv";
  return sidecar;
}

TEST(PackageRecovery, MembersWithoutRowsAreRemovedAndThePackageIsUnpackedAgain) {
  PackageBench bench;
  write_entry(bench, package_sidecar(bench, 7), two_files);
  write_entry(bench, member_sidecar(bench, 8, 7), "id\n1\n");
  bench.directory.write("spool/9/data", "id");
  const auto said = bench.recover();
  ASSERT_TRUE(said) << said.error().message;
  const auto members = bench.members(7);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_GT(members[0].id, 9) << "numbers that were given are not given again";
  EXPECT_EQ(members[0].state, SubmissionState::queued);
  EXPECT_EQ(contents(bench.spool.data_path(members[1].id)), "id\n2\n");
  EXPECT_EQ(bench.spooled().size(), 6U) << "the package and its two members";
  EXPECT_EQ(bench.submissions().size(), 2U);
  EXPECT_TRUE(bench.recover().value().empty()) << "and a second time there is nothing to do";
  EXPECT_EQ(bench.submissions().size(), 2U);
}

TEST(PackageRecovery, OneThatWasNotTakenWholeIsPutBack) {
  PackageBench bench;
  auto sidecar = package_sidecar(bench, 7);
  sidecar.submission.sha256.clear();
  write_entry(bench, sidecar, two_files);
  ASSERT_TRUE(bench.recover());
  EXPECT_EQ(contents(bench.drop() / "all.zip"), two_files);
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(PackageRecovery, OneThatCannotBeUnpackedHasFailed) {
  PackageBench bench;
  write_entry(bench, package_sidecar(bench, 7), two_files.substr(0, 40));
  ASSERT_TRUE(bench.recover());
  const auto all = bench.submissions();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].id, 7);
  EXPECT_EQ(all[0].state, SubmissionState::failed);
  EXPECT_TRUE(all[0].is_refused_package());
}

TEST(PackageRecovery, OneWhoseRouteIsGoneStaysUntilItIsBack) {
  PackageBench bench;
  bench.routes.clear();
  write_entry(bench, package_sidecar(bench, 7), two_files);
  const auto said = bench.recover();
  ASSERT_TRUE(said);
  ASSERT_EQ(said->size(), 1U);
  EXPECT_NE(said->front().find("its route 'sales'"), std::string::npos) << said->front();
  EXPECT_TRUE(bench.submissions().empty());
  bench.routes["sales"] = bench.route;
  ASSERT_TRUE(bench.recover());
  EXPECT_EQ(bench.members(7).size(), 2U);
}

TEST(PackageRecovery, AFullDiskAtTheStartLeavesItForLater) {
  PackageBench bench;
  write_entry(bench, package_sidecar(bench, 7), two_files);
  bench.files.fail_call(3, Errc::no_space, test::FaultyFiles::After::crash);
  ASSERT_TRUE(bench.recover());
  EXPECT_TRUE(bench.submissions().empty());
  bench.files.fail_call(0);
  ASSERT_TRUE(bench.recover());
  EXPECT_EQ(bench.members(7).size(), 2U);
}

TEST(PackageRecovery, WhatIsAcceptedStaysAndWhatHasEndedGoes) {
  PackageBench bench;
  bench.directory.write("drop/all.zip", two_files);
  const auto taken = bench.take("all.zip");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_TRUE(bench.recover().value().empty());
  EXPECT_EQ(bench.spooled().size(), 6U);
  const auto id = taken->package->id;
  ASSERT_TRUE(bench.store.run_blocking([id](Store& s) { return s.mark_package_retired(id, "/done/all.zip"); }));
  std::filesystem::remove(bench.spool.data_path(id));
  ASSERT_TRUE(bench.recover());
  EXPECT_EQ(bench.spooled().size(), 4U) << "of the package nothing is left";
}

}  // namespace
}  // namespace dropload::intake
