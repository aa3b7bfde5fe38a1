// The same content once more, through every way in.

#include <gmock/gmock.h>

#include "daemon/intake/retire.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/memory_body.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using queue::OnDuplicate;
using queue::SubmissionState;
using test::contents;
using testing::HasSubstr;

struct DuplicateIntake : testing::Test {
  DuplicateIntake() { bench.route.on_duplicate = OnDuplicate::hold; }

  queue::Submission drop(const std::string& name, const std::string& text) {
    bench.directory.write("drop/" + name, text);
    return bench.take(name).value();
  }
  queue::Submission post(const std::string& name, const std::string& text) {
    test::MemoryBody body(text);
    return test::complete(bench.context, bench.intake.receive(bench.route, name, body)).value();
  }

  Bench bench;
};

TEST_F(DuplicateIntake, AFileThatIsDroppedTwiceIsHeldWithItsBytesInTheSpool) {
  const auto first = drop("a.csv", "id\n1\n");
  const auto second = drop("a.csv", "id\n1\n");
  EXPECT_EQ(first.state, SubmissionState::queued);
  EXPECT_EQ(second.state, SubmissionState::held);
  EXPECT_EQ(second.duplicate_of, first.id);
  EXPECT_EQ(contents(bench.spool.data_path(second.id)), "id\n1\n");
  EXPECT_TRUE(bench.dropped().empty());
  EXPECT_EQ(bench.announced, 2);
}

TEST_F(DuplicateIntake, AReusedNameWithAChangedByteIsANewSubmission) {
  drop("a.csv", "id\n1\n");
  EXPECT_EQ(drop("a.csv", "id\n2\n").state, SubmissionState::queued);
}

TEST_F(DuplicateIntake, WhatComesOverRestIsADuplicateOfWhatWasDroppedAndTheOtherWayRound) {
  const auto first = drop("a.csv", "id\n1\n");
  EXPECT_EQ(post("b.csv", "id\n1\n").duplicate_of, first.id);
  const auto second = post("c.csv", "id\n2\n");
  EXPECT_EQ(drop("d.csv", "id\n2\n").duplicate_of, second.id);
}

TEST_F(DuplicateIntake, ACopyFromAnotherFileSystemIsOneToo) {
  bench.lie_on_two_file_systems();
  drop("a.csv", "id\n1\n");
  EXPECT_EQ(drop("a.csv", "id\n1\n").state, SubmissionState::held);
  EXPECT_TRUE(bench.dropped().empty());
}

TEST_F(DuplicateIntake, ASkippedOnesOriginalLiesInFailedWithTheReason) {
  bench.route.on_duplicate = OnDuplicate::skip;
  const auto first = drop("a.csv", "id\n1\n");
  const auto skipped = drop("a.csv", "id\n1\n");
  ASSERT_EQ(skipped.state, SubmissionState::cancelled);
  const auto to =
      retire(bench.spool, bench.files, {.archive = bench.directory.path() / "archive"}, skipped, bench.clock.now());
  ASSERT_TRUE(to) << to.error().message;
  EXPECT_THAT(*to, HasSubstr("/failed/"));
  const auto text = contents(*to + ".error.txt");
  EXPECT_THAT(text, HasSubstr("a.csv was not imported: its content had come before."));
  EXPECT_THAT(text, HasSubstr("Same content as submission " + std::to_string(first.id)));
  EXPECT_THAT(text, HasSubstr("dropload retry " + std::to_string(skipped.id)));
  EXPECT_THAT(text, testing::Not(HasSubstr("put it back"))) << "it would be skipped again";
}

TEST_F(DuplicateIntake, AnEmptyFileFailsForThatAndNotForItsContent) {
  drop("a.csv", "");
  const auto second = drop("b.csv", "");
  EXPECT_EQ(second.state, SubmissionState::failed);
  EXPECT_FALSE(second.duplicate_of);
}

// As a crash between the sidecar and the row leaves it.
TEST_F(DuplicateIntake, RecoveryDecidesAsTheIntakeWouldHave) {
  for (const auto choice : {OnDuplicate::hold, OnDuplicate::skip, OnDuplicate::take}) {
    Bench fresh;
    fresh.route.on_duplicate = choice;
    fresh.directory.write("drop/a.csv", "id\n1\n");
    const auto first = fresh.take("a.csv").value();
    auto sidecar = fresh.spool.read_sidecar(first.id).value();
    sidecar.submission.id = first.id + 1;
    ASSERT_TRUE(fresh.spool.make_entry(first.id + 1));
    ASSERT_TRUE(fresh.spool.write_sidecar(sidecar));
    fresh.directory.write("spool/" + std::to_string(first.id + 1) + "/data", "id\n1\n");
    const auto said = fresh.intake.recover().value();
    fresh.directory.write("drop/a.csv", "id\n1\n");
    const auto live = fresh.take("a.csv").value();
    const auto recovered = fresh.submissions().at(1);
    ASSERT_EQ(recovered.id, first.id + 1);
    EXPECT_EQ(recovered.state, live.state);
    EXPECT_EQ(recovered.duplicate_of, live.duplicate_of);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_THAT(said[0], HasSubstr(fmt::format("it is {} now", to_string(live.state))));
  }
}

}  // namespace
}  // namespace dropload::intake
