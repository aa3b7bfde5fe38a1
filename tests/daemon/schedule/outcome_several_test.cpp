// Verdicts on jobs that carry several submissions, and on rows that are not those that were counted.

#include "daemon/schedule/sentences.h"
#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

using testing::Not;

// Three files of three rows each: the header and its rows are lines 1 to 4, the others begin at 5 and 8 and had a line
// before their header.
std::vector<JobContext> three() {
  std::vector<JobContext> job(3, some_job);
  job[0].part = {11, 1, 1};
  job[1].part = {12, 5, 3};
  job[2].part = {13, 8, 3};
  for (auto& part : job) part.records = 3;
  return job;
}

zoho::JobDetails completed(std::int64_t total, std::int64_t success, const std::string& errors = "",
                           std::int64_t warnings = 0) {
  auto result = details(zoho::JobCode::completed);
  result.summary = zoho::ImportSummary{"APPEND", 3, 3, total, success, warnings, "updated"};
  result.import_errors = errors;
  return result;
}
zoho::JobDetails failed(int code, const std::string& message) {
  auto result = details(zoho::JobCode::failed);
  result.error_code = code;
  result.error_message = message;
  return result;
}
std::string offence(int line) {
  return zoho::encode_offence({line, 2, "abc", "not a number"});
}

std::vector<queue::PartSuccess> parts_of(const Verdict& verdict) {
  return std::get<Succeeded>(verdict.what).parts;
}
queue::PartSuccess one(std::int64_t counted, const zoho::JobDetails& result, queue::OnRowDifference setting = {}) {
  auto job = some_job;
  job.records = counted;
  if (setting != queue::OnRowDifference{}) job.on_row_difference = setting;
  return parts_of(on_details(moment, job, result)).at(0);
}

TEST(OutcomeOfSeveral, EachHasTheRowsThatWereCountedInIt) {
  const auto parts = parts_of(on_details(moment, three(), completed(9, 9)));
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1].submission, 12);
  for (const auto& part : parts) {
    EXPECT_EQ(part.rows.total, 3);
    EXPECT_EQ(part.rows.success, 3);
    EXPECT_EQ(part.reason, "");
  }
}

TEST(OutcomeOfSeveral, RejectedRowsAreTakenFromTheFileWhoseLineIsNamedAndInItsOwnLines) {
  auto job = three();
  for (auto& part : job) part.on_error = zoho::OnError::skiprow;
  // Two offences in one row are one row.
  const auto parts = parts_of(on_details(moment, job, completed(9, 7, offence(6) + offence(6) + offence(8))));
  EXPECT_EQ(parts[0].rows.success, 3);
  EXPECT_EQ(parts[0].reason, "");
  EXPECT_EQ(parts[1].rows.success, 2);
  EXPECT_THAT(parts[1].reason, HasSubstr("1 of 3 rows were rejected."));
  EXPECT_THAT(parts[1].reason, HasSubstr("[Line: 4 Field: 2] (abc)"));
  EXPECT_THAT(parts[1].reason, Not(HasSubstr("Line: 6")));
  EXPECT_EQ(parts[2].rows.success, 2);
  EXPECT_THAT(parts[2].reason, HasSubstr("[Line: 3 Field: 2] (abc)"));
}

TEST(OutcomeOfSeveral, EmptiedFieldsAreWarningsOfTheirFile) {
  const auto parts = parts_of(on_details(moment, three(), completed(9, 9, offence(2) + offence(9) + offence(10), 3)));
  EXPECT_EQ(parts[0].rows.warnings, 1);
  EXPECT_EQ(parts[1].rows.warnings, 0);
  EXPECT_EQ(parts[1].reason, "");
  EXPECT_EQ(parts[2].rows.warnings, 2);
  EXPECT_EQ(parts[2].rows.success, 3);
}

TEST(OutcomeOfSeveral, WhatTheServiceDoesNotTellIsNotGuessed) {
  const auto parts = parts_of(on_details(moment, three(), completed(9, 7, offence(6))));
  for (const auto& part : parts) EXPECT_THAT(part.reason, HasSubstr("does not say of all of them where they are"));
  EXPECT_EQ(parts[0].rows.success, 2) << "one rejected row may be its own";
  EXPECT_THAT(parts[0].reason, HasSubstr("at least 2 of the 3 rows"));
  EXPECT_EQ(parts[1].rows.success, 1);
}

TEST(OutcomeOfSeveral, OtherRowsThanWereCountedAreToldOfEach) {
  const auto parts = parts_of(on_details(moment, three(), completed(8, 8)));
  for (const auto& part : parts) {
    EXPECT_THAT(part.reason,
                HasSubstr("3 files with 9 rows, 3 of them counted in this one, and the service counted 8"));
    EXPECT_FALSE(part.fails);
  }
  auto job = three();
  for (auto& part : job) part.on_row_difference = queue::OnRowDifference::fail;
  for (const auto& part : parts_of(on_details(moment, job, completed(8, 8)))) EXPECT_TRUE(part.fails);
}

TEST(OutcomeOfSeveral, TheFileWhoseLineIsNamedIsSentAloneAndTheOthersWithoutIt) {
  const auto end = end_of(on_details(moment, three(), failed(7232, "Aborted.<br>" + offence(6))));
  EXPECT_EQ(end.state, JobState::failed);
  const auto& others = std::get<queue::Requeue>(end.after);
  EXPECT_FALSE(others.spends_attempt);
  EXPECT_EQ(others.merge_most, std::nullopt);
  EXPECT_EQ(end.code, std::nullopt);
  ASSERT_EQ(end.parts.size(), 1U);
  EXPECT_EQ(end.parts[0].submission, 12);
  EXPECT_EQ(std::get<queue::Requeue>(end.parts[0].after).merge_most, 1);
  EXPECT_FALSE(std::get<queue::Requeue>(end.parts[0].after).spends_attempt);
  EXPECT_THAT(end.parts[0].reason, HasSubstr("[Line: 4 Field: 2] (abc)"));
}

TEST(OutcomeOfSeveral, ALineInWordsIsFoundAsWell) {
  const auto end =
      end_of(on_details(moment, three(), failed(7248, "the quote opened in the record of line 9 is open")));
  ASSERT_EQ(end.parts.size(), 1U);
  EXPECT_EQ(end.parts[0].submission, 13);
  EXPECT_THAT(end.parts[0].reason, HasSubstr("line 4 is open"));
}

TEST(OutcomeOfSeveral, WithoutALineTheyAreSentInJobsOfHalfTheSize) {
  const auto end = end_of(on_details(moment, three(), failed(7232, "Aborted.")));
  EXPECT_TRUE(end.parts.empty());
  EXPECT_EQ(std::get<queue::Requeue>(end.after).merge_most, 1);
  std::vector<JobContext> many(301, some_job);
  EXPECT_EQ(requeue_of(on_details(moment, many, failed(7232, ""))).merge_most, 150);
}

TEST(OutcomeOfSeveral, WhatIsWrongForEachFailsThemAll) {
  const auto verdict = on_details(moment, three(), failed(7107, "no such column in line 6"));
  EXPECT_TRUE(fails(verdict));
  EXPECT_TRUE(end_of(verdict).parts.empty());
}

TEST(OutcomeOfSeveral, UnderAnotherOnErrorNothingIsSentAgain) {
  auto job = three();
  for (auto& part : job) part.on_error = zoho::OnError::skiprow;
  EXPECT_TRUE(fails(on_details(moment, job, failed(7248, "line 6"))));
}

TEST(OutcomeOfSeveral, OneThatFailsAloneFailsWithItsLines) {
  EXPECT_TRUE(fails(on_details(moment, some_job, failed(7232, offence(3)))));
}

TEST(OutcomeOfSeveral, AForgottenJobIsLookedForAsAWhole) {
  auto job = three();
  for (auto& part : job) part.forgotten_at = asked_at - Milliseconds{1};
  const auto verdict = on_details(moment, job, details(zoho::JobCode::not_found));
  EXPECT_EQ(await_of(verdict).first_look, asked_at);
  EXPECT_TRUE(end_of(verdict).parts.empty()) << "the same for all";
}

TEST(OutcomeOfSeveral, AFailureOfTheServiceSpendsAnAttemptOfEachAndFailsWhoHasNoneLeft) {
  auto job = three();
  job[2].attempts = job[2].max_attempts - 1;
  const auto end = end_of(on_details(moment, job, failed(7005, "internal")));
  EXPECT_TRUE(std::get<queue::Requeue>(end.after).spends_attempt);
  ASSERT_EQ(end.parts.size(), 1U);
  EXPECT_EQ(end.parts[0].submission, 13);
  EXPECT_TRUE(std::holds_alternative<queue::Fail>(end.parts[0].after));
}

TEST(OutcomeOfSeveral, ARefusalForTheContentSendsThemInSmallerJobs) {
  const auto job = three();
  const auto pass = [&](const JobContext& part) { return on_refused(moment, part, {}, call(400, 7248)); };
  const auto verdict = split_if_content_is_bad(moment, job, "no good", for_each_part(job, pass));
  EXPECT_EQ(requeue_of(verdict).merge_most, 1);
  const auto other = [&](const JobContext& part) { return on_refused(moment, part, {}, call(404, 7104)); };
  EXPECT_TRUE(fails(split_if_content_is_bad(moment, job, "no good", for_each_part(job, other))));
}

TEST(RowReconciliation, RowsThatAreAllInSayNothing) {
  EXPECT_EQ(one(10, completed(10, 10)).reason, "");
  EXPECT_FALSE(one(10, completed(10, 10), queue::OnRowDifference::fail).fails);
}

TEST(RowReconciliation, OtherRowsThanWereCountedAreAWarning) {
  const auto part = one(12, completed(10, 10));
  EXPECT_EQ(part.reason, "12 rows were counted in the file, and the service counted 10, of which 10 are in.");
  EXPECT_EQ(part.rows.total, 10);
  EXPECT_FALSE(part.fails);
}

TEST(RowReconciliation, OrAFailureWhereTheRouteSaysSo) {
  const auto part = one(12, completed(10, 10), queue::OnRowDifference::fail);
  EXPECT_TRUE(part.fails);
  EXPECT_THAT(part.reason, HasSubstr("12 rows were counted"));
  EXPECT_THAT(part.advice, HasSubstr("Compare it with the file"));
  const auto rejected = one(10, completed(10, 9, offence(3)), queue::OnRowDifference::fail);
  EXPECT_TRUE(rejected.fails);
  EXPECT_THAT(rejected.reason, HasSubstr("1 of 10 rows were rejected."));
}

TEST(RowReconciliation, AFileThatWasNotCountedIsHeldAgainstWhatTheServiceCounted) {
  auto job = some_job;
  job.on_row_difference = queue::OnRowDifference::fail;
  EXPECT_FALSE(parts_of(on_details(moment, job, completed(10, 10))).at(0).fails);
  EXPECT_TRUE(parts_of(on_details(moment, job, completed(10, 9))).at(0).fails);
  const auto more = parts_of(on_details(moment, job, completed(10, 11))).at(0);
  EXPECT_TRUE(more.fails);
  EXPECT_NE(more.reason, "");
}

}  // namespace
}  // namespace dropload::schedule
