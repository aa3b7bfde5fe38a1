#include <gtest/gtest.h>

#include <fcntl.h>

#include "daemon/intake/moving.h"
#include "daemon/intake/sha256.h"
#include "tests/daemon/intake/intake_bench.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::Store;
using queue::SubmissionState;
using test::contents;
using Names = std::vector<std::string>;

queue::Sidecar sidecar_of(const Bench& bench, queue::SubmissionId id, queue::Source source = queue::Source::drop) {
  queue::Sidecar sidecar;
  auto& submission = sidecar.submission;
  submission.id = id;
  submission.route = "sales";
  submission.table = {"main", "Demo", "Sales"};
  submission.source = source;
  submission.file_name = "a.csv";
  submission.drop_directory = bench.drop().string();
  sidecar.max_bytes = 1'000;
  return sidecar;
}

void completed(queue::Sidecar& sidecar) {
  sidecar.submission.size = 5;
  sidecar.submission.sha256 = "ab12";
  sidecar.submission.accepted_at = {1'700'000'000'000};
}

void write_entry(Bench& bench, const queue::Sidecar& sidecar, bool with_data) {
  ASSERT_TRUE(bench.spool.make_entry(sidecar.submission.id));
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  if (with_data) bench.directory.write("spool/" + std::to_string(sidecar.submission.id) + "/data", "id\n1\n");
}

TEST(Recover, AnEmptySpoolNeedsNothing) {
  Bench bench;
  EXPECT_TRUE(bench.intake.recover().value().empty());
}

TEST(Recover, ACompleteEntryWithoutARowIsEnqueued) {
  Bench bench;
  auto sidecar = sidecar_of(bench, 41);
  completed(sidecar);
  write_entry(bench, sidecar, true);
  EXPECT_EQ(bench.intake.recover().value(),
            Names{"submission 41: a.csv was in the spool without a row; it is queued now"});
  const auto submissions = bench.submissions();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].id, 41);
  EXPECT_EQ(submissions[0].state, SubmissionState::queued);
  EXPECT_EQ(submissions[0].sha256, "ab12");
  EXPECT_EQ(submissions[0].accepted_at, (Time{1'700'000'000'000}));
  EXPECT_GT(bench.store.reserve_id(), 41) << "its id is never given again";
  EXPECT_TRUE(bench.intake.recover().value().empty()) << "a second time there is nothing left to do";
}

TEST(Recover, AnEnqueuedFileThatCannotBeImportedHasFailedToo) {
  Bench bench;
  auto sidecar = sidecar_of(bench, 1);
  completed(sidecar);
  sidecar.max_bytes = 4;
  write_entry(bench, sidecar, true);
  ASSERT_TRUE(bench.intake.recover());
  EXPECT_EQ(bench.submissions().at(0).state, SubmissionState::failed);
}

TEST(Recover, ADroppedFileThatWasNotTakenWholeIsPutBack) {
  Bench bench;
  write_entry(bench, sidecar_of(bench, 7), true);
  EXPECT_EQ(bench.intake.recover().value(),
            Names{"submission 7: it was not taken whole; the file is back as " + (bench.drop() / "a.csv").string()});
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_TRUE(fs::is_empty(bench.spool.directory()));
  EXPECT_TRUE(bench.submissions().empty());
}

TEST(Recover, AnEntryThatNothingCameIntoIsRemovedWithoutAWord) {
  Bench bench;
  write_entry(bench, sidecar_of(bench, 7), false);
  EXPECT_TRUE(bench.intake.recover().value().empty());
  EXPECT_TRUE(fs::is_empty(bench.spool.directory()));
}

TEST(Recover, ABodyThatDidNotComeInWholeIsRemoved) {
  Bench bench;
  ASSERT_TRUE(bench.spool.make_entry(7));
  bench.directory.write("spool/7/data", "id\n");
  EXPECT_EQ(bench.intake.recover().value().size(), 1U);
  EXPECT_TRUE(fs::is_empty(bench.spool.directory()));
  EXPECT_TRUE(bench.submissions().empty());
}

TEST(Recover, AnUnreadableSidecarIsLeftForAPerson) {
  Bench bench;
  ASSERT_TRUE(bench.spool.make_entry(7));
  bench.directory.write("spool/7/data", "id\n");
  bench.directory.write("spool/7/meta.json", "{");
  EXPECT_EQ(bench.intake.recover().value().size(), 1U);
  EXPECT_EQ(bench.spooled(), (Names{"7/data", "7/meta.json"}));
}

TEST(Recover, AFileThatCannotBePutBackStaysInTheSpool) {
  Bench bench;
  write_entry(bench, sidecar_of(bench, 7), true);
  bench.lie_on_two_file_systems();
  EXPECT_EQ(bench.intake.recover().value().size(), 1U);
  EXPECT_EQ(bench.spooled(), (Names{"7/data", "7/meta.json"}));
}

TEST(Recover, AnAcceptedFileIsLeftAlone) {
  Bench bench;
  bench.directory.write("drop/a.csv", "id\n1\n");
  const auto id = bench.take("a.csv").value().id;
  bench.directory.write("drop/a.csv", "the next of this name");
  EXPECT_TRUE(bench.intake.recover().value().empty());
  EXPECT_EQ(contents(bench.spool.data_path(id)), "id\n1\n");
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "the next of this name");
  EXPECT_EQ(bench.submissions().at(0).state, SubmissionState::queued);
}

TEST(Recover, TheClaimedOriginalOfAnAcceptedCopyIsRemovedAndAnothersIsNot) {
  for (const bool is_ours : {true, false}) {
    Bench bench;
    bench.directory.write("drop/a.csv", "id\n1\n");
    const auto id = bench.take("a.csv").value().id;
    const auto claimed = bench.directory.write("drop/" + queue::claimed_name(id), "id\n1\n");
    auto sidecar = bench.spool.read_sidecar(id).value();
    sidecar.dropped = *identity_of(claimed).value();
    if (!is_ours) ++sidecar.dropped.inode;
    ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
    EXPECT_TRUE(bench.intake.recover().value().empty());
    EXPECT_EQ(bench.dropped().empty(), is_ours);
  }
}

// Stops an intake between two file systems after the claim, as a crash does.
queue::SubmissionId crash_while_copying(Bench& bench) {
  bench.lie_on_two_file_systems();
  bench.directory.write("drop/a.csv", "id\n1\n");
  for (int n = 1;; ++n) {
    bench.files.fail_call(n, Errc::io, test::FaultyFiles::After::crash);
    EXPECT_FALSE(bench.take("a.csv"));
    bench.files.fail_call(0);
    const auto names = bench.dropped();
    if (names != Names{"a.csv"}) return queue::claimed_by(names.at(0)).value();
    for (const auto& entry : bench.spool.scan().value()) EXPECT_TRUE(bench.spool.remove_entry(entry.id));
  }
}

TEST(Recover, AFileThatHadReplacedTheClaimedOneJustBeforeItsClaimGoesBackToo) {
  Bench bench;
  const auto id = crash_while_copying(bench);
  auto sidecar = bench.spool.read_sidecar(id).value();
  ++sidecar.dropped.inode;  // what was looked at was another file
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  EXPECT_EQ(bench.intake.recover().value().size(), 1U);
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Recover, AFileThatWasBeingCopiedWaitsForItsDropDirectoryToBeMountedAgain) {
  Bench bench;
  const auto id = crash_while_copying(bench);
  fs::rename(bench.drop(), bench.directory.path() / "unmounted");
  const auto said = bench.intake.recover().value();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("is not there; mount it"), std::string::npos) << said[0];
  EXPECT_FALSE(fs::exists(bench.drop()));
  EXPECT_TRUE(bench.spool.read_sidecar(id)) << "what is known of it is kept";
  EXPECT_GT(bench.store.reserve_id(), id) << "and its number is not given again";
  EXPECT_EQ(test::complete(bench.context, bench.intake.recover_later(bench.route)), 0U);
  EXPECT_TRUE(bench.spool.read_sidecar(id));
  fs::rename(bench.directory.path() / "unmounted", bench.drop());
  EXPECT_EQ(test::complete(bench.context, bench.intake.recover_later(bench.route)), 1U);
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
  EXPECT_TRUE(bench.spooled().empty());
}

TEST(Recover, AFileWhoseNameWasDroppedAgainIsQueuedFromTheSpool) {
  Bench bench;
  auto sidecar = sidecar_of(bench, 7);
  write_entry(bench, sidecar, true);
  sidecar.dropped = *identity_of(bench.spool.data_path(7)).value();
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  bench.directory.write("drop/a.csv", "the next of this name");
  EXPECT_EQ(bench.intake.recover().value(),
            Names{"submission 7: a.csv was whole in the spool, and a new file has its name; it is queued now"});
  const auto submissions = bench.submissions();
  ASSERT_EQ(submissions.size(), 1U);
  EXPECT_EQ(submissions[0].size, 5U);
  EXPECT_EQ(submissions[0].sha256, digest_of(bench.files, bench.spool.data_path(7)).value().sha256);
  EXPECT_EQ(bench.dropped(), Names{"a.csv"});
}

TEST(Recover, AFileThatIsStillWrittenToWaitsUntilItsNameIsFree) {
  Bench bench;
  auto sidecar = sidecar_of(bench, 7);
  write_entry(bench, sidecar, true);
  sidecar.dropped = *identity_of(bench.spool.data_path(7)).value();
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  const UniqueFd writer(::open(bench.spool.data_path(7).c_str(), O_WRONLY | O_CLOEXEC));
  bench.directory.write("drop/a.csv", "the next of this name");
  EXPECT_EQ(bench.intake.recover().value().size(), 1U);
  EXPECT_TRUE(bench.submissions().empty());
  fs::remove(bench.drop() / "a.csv");
  EXPECT_EQ(test::complete(bench.context, bench.intake.recover_later(bench.route)), 1U);
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "id\n1\n");
}

TEST(Recover, TheOldNameOfAMoveThatWasCutInTheMiddleIsRemoved) {
  Bench bench;
  bench.directory.write("drop/a.csv", "id\n1\n");
  const auto id = bench.take("a.csv").value().id;
  fs::create_hard_link(bench.spool.data_path(id), bench.drop() / "a.csv");
  EXPECT_TRUE(bench.intake.recover().value().empty());
  EXPECT_TRUE(bench.dropped().empty());
  EXPECT_EQ(contents(bench.spool.data_path(id)), "id\n1\n");
}

TEST(Recover, AQueuedSubmissionWhoseBytesSomebodyRemovedIsHeld) {
  for (const bool whole_entry : {false, true}) {
    Bench bench;
    bench.directory.write("drop/a.csv", "id\n1\n");
    const auto id = bench.take("a.csv").value().id;
    fs::remove_all(whole_entry ? bench.spool.entry_path(id) : bench.spool.data_path(id));
    EXPECT_EQ(bench.intake.recover().value().size(), 1U);
    const auto held = bench.submissions().at(0);
    EXPECT_EQ(held.state, SubmissionState::held);
    EXPECT_EQ(held.reason,
              "Its bytes are not in the spool any more: somebody removed " + bench.spool.data_path(id).string() + ".");
    EXPECT_NE(held.advice, "");
  }
}

TEST(Recover, WhatIsLeftOfARetiredEntryIsRemoved) {
  Bench bench;
  bench.directory.write("drop/a.csv", "");
  const auto id = bench.take("a.csv").value().id;
  fs::remove(bench.spool.data_path(id));
  ASSERT_TRUE(bench.store.run_blocking([id](Store& store) { return store.mark_retired(id, "/x", Time{1}); }));
  EXPECT_TRUE(bench.intake.recover().value().empty());
  EXPECT_TRUE(fs::is_empty(bench.spool.directory()));
}

TEST(Recover, AnEntryOnItsWayOutIsLeftToRetiring) {
  Bench bench;
  bench.directory.write("drop/a.csv", "");
  const auto id = bench.take("a.csv").value().id;
  auto sidecar = bench.spool.read_sidecar(id).value();
  sidecar.retiring_to = (bench.drop() / "failed/a.csv").string();
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  fs::remove(bench.spool.data_path(id));
  EXPECT_TRUE(bench.intake.recover().value().empty());
  EXPECT_TRUE(bench.spool.read_sidecar(id));
}

}  // namespace
}  // namespace dropload::intake
