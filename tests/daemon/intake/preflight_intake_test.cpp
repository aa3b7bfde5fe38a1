// What pre-flight finds, through every way in.

#include <gmock/gmock.h>

#include "daemon/intake/retire.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/memory_body.h"

namespace dropload::intake {
namespace {

using queue::OnFinding;
using queue::SubmissionId;
using queue::SubmissionState;
using test::contents;
using testing::HasSubstr;
using testing::IsEmpty;

struct PreflightIntake : testing::Test {
  queue::Submission drop(const std::string& name, const std::string& text) {
    bench.directory.write("drop/" + name, text);
    return bench.take(name).value();
  }
  Result<queue::Submission> post(const std::string& name, const std::string& text) {
    test::MemoryBody body(text);
    return test::complete(bench.context, bench.intake.receive(bench.route, name, body));
  }
  queue::Submission find(SubmissionId id) {
    return bench.store.run_blocking([id](queue::Store& store) { return store.find(id); }).value();
  }
  queue::Submission change(SubmissionId id, Result<queue::Submission> (queue::Store::*how)(SubmissionId, Time)) {
    return bench.store.run_blocking([&](queue::Store& store) { return (store.*how)(id, bench.clock.now()); }).value();
  }
  // As if its job had succeeded.
  void import(SubmissionId id) {
    const auto done = bench.store.run_blocking([&](queue::Store& store) -> Result<void> {
      const auto now = bench.clock.now();
      const auto job = store.begin_job(id, {.name = "main"}, {.bulk = 1}, now);
      if (!job) return job.error();
      if (auto sent = store.mark_whole_sent(job->id); !sent) return sent;
      if (auto taken = store.job_accepted(job->id, "77", "r" + std::to_string(id), now, now); !taken) return taken;
      return store.job_succeeded(job->id, queue::Rows{1, 1, 0}, "", "{}", now);
    });
    ASSERT_TRUE(done) << done.error().message;
  }
  std::string retire_and_read(const queue::Submission& submission) {
    const auto to = retire(bench.spool, bench.files, {.archive = bench.directory.path() / "archive"}, submission,
                           bench.clock.now());
    EXPECT_TRUE(bench.store.run_blocking(
        [&](queue::Store& store) { return store.mark_retired(submission.id, to.value(), bench.clock.now()); }));
    return contents(to.value() + ".error.txt");
  }
  queue::Submission retry(SubmissionId id) {
    const std::map<std::string, queue::Route> routes{{bench.route.name, bench.route}};
    return test::complete(bench.context, bench.intake.retry(id, routes)).value();
  }
  static const queue::Finding* warning_of(const queue::Submission& submission, std::string_view code) {
    const auto found = std::ranges::find(submission.findings, code, &queue::Finding::code);
    return found == submission.findings.end() ? nullptr : &*found;
  }

  Bench bench;
};

TEST_F(PreflightIntake, WhatIsFoundIsWithTheSubmissionHoweverItCame) {
  for (const auto& submission : {drop("a.csv", "id,b\n1\n"), post("b.csv", "id,b\n2\n").value()}) {
    EXPECT_EQ(submission.state, SubmissionState::queued) << "it warns and goes on";
    EXPECT_EQ(submission.warnings, 1);
    EXPECT_NE(warning_of(find(submission.id), "short_records"), nullptr);
    EXPECT_NE(warning_of(find(submission.id), "facts"), nullptr);
  }
}

TEST_F(PreflightIntake, WithHoldAFileWithAWarningIsHeldUntilAPersonReleasesIt) {
  bench.route.on_finding = OnFinding::hold;
  const auto held = drop("a.csv", "id,b\n1\n");
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_THAT(held.reason, HasSubstr("1 record has fewer than the header's 2 fields (line 2)"));
  EXPECT_THAT(held.advice, HasSubstr("dropload release"));
  EXPECT_EQ(drop("b.csv", "id,b\n1,2\n").state, SubmissionState::queued);
  EXPECT_EQ(change(held.id, &queue::Store::release).state, SubmissionState::queued);
}

TEST_F(PreflightIntake, WithOffNothingIsLookedFor) {
  bench.route.on_finding = OnFinding::off;
  const auto accepted = drop("a.csv", "id,b\n1\n");
  EXPECT_EQ(accepted.warnings, 0);
  EXPECT_THAT(accepted.findings, IsEmpty());
}

TEST_F(PreflightIntake, AFileIsComparedWithTheLastOneOfItsRouteThatWentIn) {
  import(drop("a.csv", "id,name,region\n1,a,x\n").id);
  const auto second = drop("b.csv", "id,name\n1,a\n");
  ASSERT_NE(warning_of(second, "columns_changed"), nullptr);
  EXPECT_THAT(warning_of(second, "columns_changed")->text, HasSubstr("missing `region`"));
  import(second.id);
  EXPECT_EQ(drop("c.csv", "id,name\n2,b\n").warnings, 0) << "that is how it is now";
}

TEST_F(PreflightIntake, ARetryOfAHeldOneThatWasDiscardedIsImported) {
  bench.route.on_finding = OnFinding::hold;
  const auto held = drop("a.csv", "id,b\n1\n");
  const auto discarded = change(held.id, &queue::Store::discard);
  const auto text = retire_and_read(find(discarded.id));
  EXPECT_THAT(text, HasSubstr("What was found when it was accepted\n"));
  EXPECT_THAT(text, HasSubstr("fewer than the header's 2 fields"));
  const auto retried = retry(held.id);
  EXPECT_EQ(retried.state, SubmissionState::queued);
  EXPECT_EQ(retried.warnings, 1);
}

TEST_F(PreflightIntake, AHeaderAloneThatWouldClearItsTableIsHeldUnlessTheRouteSaysSo) {
  bench.route.options.import_type = zoho::ImportType::truncateadd;
  for (const auto choice : {OnFinding::warn, OnFinding::off}) {
    bench.route.on_finding = choice;
    const auto held = drop("a.csv", "id,b\n");
    EXPECT_EQ(held.state, SubmissionState::held);
    EXPECT_THAT(held.reason, HasSubstr("leaves the table empty"));
    change(held.id, &queue::Store::discard);
  }
  bench.route.may_clear_table = true;
  EXPECT_EQ(drop("b.csv", "id,b\n").state, SubmissionState::queued);
}

TEST_F(PreflightIntake, AZeroByteFileClearsNoTableWhateverTheRouteSays) {
  bench.route.options.import_type = zoho::ImportType::truncateadd;
  bench.route.may_clear_table = true;
  EXPECT_EQ(drop("a.csv", "").state, SubmissionState::failed);
  EXPECT_EQ(post("b.csv", "").error().code, Errc::invalid_argument);
}

TEST_F(PreflightIntake, AHeldHeaderTakesNotThePlaceOfTheWholeFileThatWaits) {
  bench.route.options.import_type = zoho::ImportType::truncateadd;
  bench.route.supersede = true;
  const auto whole = drop("a.csv", "id,b\n1,2\n");
  EXPECT_EQ(drop("b.csv", "id,b\n").state, SubmissionState::held);
  EXPECT_EQ(find(whole.id).state, SubmissionState::queued);
}

TEST_F(PreflightIntake, JsonThatIsNoneIsWarnedOf) {
  bench.route.options.file_type = zoho::FileType::json;
  EXPECT_NE(warning_of(drop("a.json", "id,b\n1,2\n"), "not_json"), nullptr);
  EXPECT_EQ(drop("b.json", "[{\"id\": 1}]").warnings, 0);
}

// As a crash between the sidecar and the row leaves it.
TEST_F(PreflightIntake, RecoveryMakesTheSameRow) {
  bench.route.on_finding = OnFinding::hold;
  import(drop("a.csv", "id,name,region\n1,a,x\n").id);
  const auto live = drop("b.csv", "id,name\n1\n");
  const auto id = live.id + 1;
  auto sidecar = bench.spool.read_sidecar(live.id).value();
  sidecar.submission.id = id;
  ASSERT_TRUE(bench.spool.make_entry(id));
  ASSERT_TRUE(bench.spool.write_sidecar(sidecar));
  bench.directory.write("spool/" + std::to_string(id) + "/data", "id,name\n1\n");
  ASSERT_TRUE(bench.intake.recover());
  const auto recovered = find(id);
  EXPECT_EQ(recovered.state, SubmissionState::held);
  EXPECT_EQ(recovered.findings, find(live.id).findings);
  EXPECT_EQ(recovered.reason, live.reason);
  EXPECT_EQ(recovered.warnings, 2);
}

}  // namespace
}  // namespace dropload::intake
