#include "daemon/queue/findings.h"

#include <gmock/gmock.h>

#include "common/base/text.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Finding a_note{"facts", Severity::note, "UTF-8, comma", std::nullopt};
const Finding a_warning{"short_records", Severity::warning, "2 records have too few fields.", 7};

TEST(Findings, ComeBackFromJsonAsTheyWere) {
  const Findings findings{a_note, a_warning};
  EXPECT_EQ(decode_findings(encode(findings)).value(), findings);
  EXPECT_EQ(code_of(decode_findings("{")), Errc::corrupt);
  EXPECT_EQ(code_of(decode_findings("[{\"code\": 1}]")), Errc::corrupt);
}

TEST(Findings, AreBoundedWithTheWarningsKept) {
  Findings many(40, a_note);
  many.push_back(a_warning);
  many.front().text = std::string(5'000, 'x');
  const auto kept = bounded(many);
  EXPECT_EQ(kept.size(), most_findings);
  EXPECT_EQ(warnings_in(kept), 1);
  for (const auto& finding : kept) EXPECT_LE(finding.text.size(), most_finding_bytes);
}

TEST(Findings, ATextIsCutAtTheEndOfACharacter) {
  Finding finding = a_note;
  for (int i = 0; i < 1'000; ++i) finding.text += "\xC3\xA9";
  const auto cut = bounded({finding}).front().text;
  EXPECT_LE(cut.size(), most_finding_bytes);
  EXPECT_EQ(readable(cut), cut) << "it is valid UTF-8";
}

TEST(Findings, ColumnsComeBackFromJsonWhateverTheyHold) {
  const std::vector<std::string> names{"id", "a\nb", "", "\"x\"", "caf\xC3\xA9"};
  EXPECT_EQ(decode_columns(encode_columns(names)), names);
  EXPECT_THAT(decode_columns("nonsense"), IsEmpty());
  EXPECT_EQ(decode_columns(encode_columns({"\xFF"})), std::vector<std::string>{"\xEF\xBF\xBD"});
}

// What the queue keeps of them, and learns.
class FindingsInQueue : public QueueTest {
 protected:
  Submission accept_with(std::vector<std::string> columns, std::optional<std::int64_t> records, const Made& how = {}) {
    auto submission = made(how);
    submission.columns = std::move(columns);
    submission.records = records;
    submission.findings = {a_note, a_warning};
    return store->accept(submission).value();
  }
  void import(SubmissionId id, const std::string& details = "{}") {
    ASSERT_TRUE(store->job_succeeded(run(id), {10, 10, 0}, "", details, start));
  }
  static std::string details(const std::string& columns) {
    return R"({"jobId": "1", "jobCode": "1004", "jobStatus": "JOB COMPLETED", "jobInfo": {"importSummary": {"importType":
      "APPEND", "totalColumnCount": 2, "selectedColumnCount": 2, "totalRowCount": 1, "successRowCount": 1, "warnings": 0,
      "importOperation": "updated"}, "columnDetails": )" +
           columns + R"(, "importErrors": ""}})";
  }
  History history(const Made& how = {}) {
    return store->history(how.route, {how.organization, "Demo", how.table}).value();
  }
};

TEST_F(FindingsInQueue, AreWithTheSubmissionAfterARestartAndCountedInLists) {
  const auto accepted = accept_with({"id", "b"}, 3);
  EXPECT_EQ(accepted.warnings, 1);
  EXPECT_THAT(accepted.findings, ElementsAre(a_note, a_warning));
  restart();
  EXPECT_THAT(store->find(accepted.id).value().findings, ElementsAre(a_note, a_warning));
  EXPECT_EQ(store->list({}).value().front().warnings, 1);
}

TEST_F(FindingsInQueue, TheTimelineTellsOfTheFirstWarningAndOfNotesNothing) {
  const auto id = accept_with({}, 3).id;
  const auto events = store->events_of(id).value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].what, "looked through");
  EXPECT_EQ(events[1].text, a_warning.text);
  auto calm = made();
  calm.findings = {a_note};
  EXPECT_EQ(store->events_of(store->accept(calm).value().id).value().size(), 1U);
}

TEST_F(FindingsInQueue, OneThatIsToBeHeldIsHeldAtOnceAndReleasedByAPerson) {
  auto submission = made();
  submission.hold_reason = "Look at it.";
  submission.hold_advice = "Release it.";
  const auto held = store->accept(submission).value();
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_EQ(held.reason, "Look at it.");
  EXPECT_EQ(held.advice, "Release it.");
  EXPECT_FALSE(store->begin_job(held.id, limits, cost, start)) << "it is not in the line";
  EXPECT_EQ(store->release(held.id, start).value().state, SubmissionState::queued);
  run(held.id);
}

TEST_F(FindingsInQueue, OneThatIsHeldTakesNobodysPlace) {
  auto first = made();
  first.supersede = true;
  store->accept(first).value();
  auto second = made();
  second.supersede = true;
  second.hold_reason = "Look at it.";
  store->accept(second).value();
  EXPECT_EQ(store->find(first.id).value().state, SubmissionState::queued);
}

TEST_F(FindingsInQueue, WhatWasAcceptedBeforeThereWereAnyHasNoneAndGoesOn) {
  const auto id = accept();
  store->database().raw().exec("DELETE FROM preflight");
  restart();
  EXPECT_EQ(store->find(id).value().warnings, 0);
  EXPECT_THAT(store->find(id).value().findings, IsEmpty());
  import(id);
  EXPECT_EQ(state_of(id), SubmissionState::done);
  EXPECT_FALSE(history().last) << "nothing was known of it that could be compared";
}

TEST_F(FindingsInQueue, NothingIsKnownBeforeAFileIsIn) {
  accept_with({"id", "b"}, 3);
  EXPECT_THAT(history().columns, IsEmpty());
  EXPECT_FALSE(history().last);
}

TEST_F(FindingsInQueue, WhatWentInIsRememberedByRouteAndTable) {
  const auto first = accept_with({"id", "b"}, 3).id;
  import(first);
  restart();
  ASSERT_TRUE(history().last);
  EXPECT_EQ(history().last->submission, first);
  EXPECT_THAT(history().last->columns, ElementsAre("id", "b"));
  EXPECT_THAT(history().last->records, ElementsAre(3));
  EXPECT_FALSE(history({.route = "other"}).last);
  EXPECT_FALSE(history({.table = "Other"}).last);
}

TEST_F(FindingsInQueue, OfTheLastFilesTheCountsAreKeptNewestFirst) {
  for (int i = 1; i <= 7; ++i) import(accept_with({"id"}, i * 10).id);
  EXPECT_THAT(history().last->records, ElementsAre(70, 60, 50, 40, 30));
}

TEST_F(FindingsInQueue, AFileThatFailedIsNotWhatTheRouteSentLast) {
  import(accept_with({"id", "b"}, 3).id);
  const auto failed = run(accept_with({"id"}, 3).id);
  ASSERT_TRUE(store->job_ended(failed, ended(JobState::failed, Fail{}), start));
  EXPECT_THAT(history().last->columns, ElementsAre("id", "b"));
}

TEST_F(FindingsInQueue, TheTablesColumnsAreThoseTheServiceNamedWhicheverRouteSentThem) {
  import(accept_with({"id", "b", "typo"}, 3).id, details(R"({"id": "Number", "b": "Plain Text"})"));
  import(accept_with({"ID", "c"}, 3, {.route = "other"}).id, details(R"({"ID": "Number", "c": "Plain Text"})"));
  restart();
  EXPECT_THAT(history({.route = "renamed"}).columns, testing::UnorderedElementsAre("id", "b", "c"));
  EXPECT_THAT(history({.table = "Other"}).columns, IsEmpty());
}

TEST_F(FindingsInQueue, AColumnThatTheLastImportsDidNotFillIsKnownButNotExpectedUntilOneFillsItAgain) {
  import(accept_with({"id", "old"}, 3).id, details(R"({"id": "Number", "old": "Plain Text"})"));
  for (int i = 1; i <= imports_looked_back; ++i) {
    EXPECT_THAT(history().not_lately, IsEmpty()) << i;
    import(accept_with({"id"}, 3).id, details(R"({"ID": "Number"})"));
  }
  restart();
  EXPECT_THAT(history().columns, ElementsAre("id", "old"));
  EXPECT_THAT(history().not_lately, ElementsAre("old"));
  import(accept_with({"old"}, 3).id, details(R"({"old": "Plain Text"})"));
  EXPECT_THAT(history().not_lately, IsEmpty());
}

TEST_F(FindingsInQueue, WhereTheServiceNamesNoneTheFilesAreTheTablesWhenAllWereTaken) {
  import(accept_with({"id", "b"}, 3).id, details("{}"));
  EXPECT_THAT(history().columns, ElementsAre("id", "b"));
}

}  // namespace
}  // namespace dropload::queue
