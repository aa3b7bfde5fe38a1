#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

TEST(OutcomeOfStatus, AJobThatHasNotEndedIsPolledAgain) {
  for (const auto code : {zoho::JobCode::not_initiated, zoho::JobCode::in_progress}) {
    EXPECT_EQ(std::get<Runs>(on_details(moment, some_job, details(code)).what).next_poll_at,
              asked_at + outcome_settings.poll_every);
  }
}

TEST(OutcomeOfStatus, ACompletedJobGivesItsRows) {
  auto completed = details(zoho::JobCode::completed);
  completed.summary = zoho::ImportSummary{"APPEND", 3, 3, 500, 500, 0, "updated"};
  const auto succeeded = std::get<Succeeded>(on_details(moment, some_job, completed).what).parts.at(0);
  EXPECT_EQ(succeeded.rows.total, 500);
  EXPECT_EQ(succeeded.rows.success, 500);
  EXPECT_EQ(succeeded.reason, "");
}

TEST(OutcomeOfStatus, RejectedRowsAreASuccessThatSaysSo) {
  auto completed = details(zoho::JobCode::completed);
  completed.summary = zoho::ImportSummary{"APPEND", 3, 3, 500, 488, 0, "updated"};
  completed.import_errors = "<nobr>[Line: 3 Field: 2] (abc) -ERROR: not a number</nobr><br>";
  const auto succeeded = std::get<Succeeded>(on_details(moment, some_job, completed).what).parts.at(0);
  EXPECT_THAT(succeeded.reason, HasSubstr("12 of 500 rows were rejected."));
  EXPECT_THAT(succeeded.reason, HasSubstr("[Line: 3 Field: 2] (abc)"));
}

TEST(OutcomeOfStatus, AFileOfWhichEveryRowWasRejectedHasFailedAndSaysWhatThatDidToTheTable) {
  auto completed = details(zoho::JobCode::completed);
  completed.summary = zoho::ImportSummary{"APPEND", 3, 3, 5, 0, 0, "updated"};
  completed.import_errors = "<nobr>[Line: 3 Field: 2] (abc) -ERROR: not a number</nobr><br>";
  auto job = some_job;
  job.records = 5;
  auto verdict = on_details(moment, job, completed);
  EXPECT_TRUE(fails(verdict));
  EXPECT_THAT(end_of(verdict).reason, HasSubstr("All of its 5 rows were rejected: nothing of it is in the table."));
  EXPECT_THAT(end_of(verdict).reason, HasSubstr("[Line: 3 Field: 2] (abc)"));
  EXPECT_NE(end_of(verdict).advice, "");
  job.import_type = zoho::ImportType::truncateadd;
  verdict = on_details(moment, job, completed);
  EXPECT_TRUE(fails(verdict));
  EXPECT_THAT(end_of(verdict).reason, HasSubstr("All of its 5 rows were rejected: the table is empty now"));
}

TEST(OutcomeOfStatus, AFileWithoutRowsIsNotOneWhoseRowsWereRejected) {
  auto completed = details(zoho::JobCode::completed);
  completed.summary = zoho::ImportSummary{"TRUNCATEADD", 3, 3, 0, 0, 0, "updated"};
  EXPECT_FALSE(std::get<Succeeded>(on_details(moment, some_job, completed).what).parts.at(0).fails);
}

TEST(OutcomeOfStatus, BadDataFailsWithTheLines) {
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 7232;
  failed.error_message = "<nobr>[Line: 3 Field: 2] (abc) -ERROR: not a number</nobr><br>";
  const auto verdict = on_details(moment, some_job, failed);
  EXPECT_TRUE(fails(verdict));
  EXPECT_EQ(end_of(verdict).code, 7232);
  EXPECT_THAT(end_of(verdict).reason, HasSubstr("[Line: 3 Field: 2] (abc)"));
  EXPECT_THAT(end_of(verdict).reason, testing::Not(HasSubstr("<nobr>")));
}

TEST(OutcomeOfStatus, ThatNothingWasWrittenIsSaidOnlyWhereTheApiSaysSo) {
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 7232;
  EXPECT_THAT(end_of(on_details(moment, some_job, failed)).reason, HasSubstr("nothing of it was written (code 7232)"));
  failed.batch_key = "batches before may have been committed";
  EXPECT_THAT(end_of(on_details(moment, some_job, failed)).reason, testing::Not(HasSubstr("written")));
  failed.batch_key.reset();
  failed.error_code = 7005;
  EXPECT_THAT(end_of(on_details(moment, some_job, failed)).reason, testing::Not(HasSubstr("written")));
  failed.error_code.reset();
  EXPECT_THAT(end_of(on_details(moment, some_job, failed)).reason, testing::Not(HasSubstr("written")));
}

TEST(OutcomeOfStatus, AFailedJobWithACodeInNoTableFails) {
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 99'999;
  EXPECT_TRUE(fails(on_details(moment, some_job, failed)));
  failed.error_code.reset();
  EXPECT_TRUE(fails(on_details(moment, some_job, failed)));
}

TEST(OutcomeOfStatus, AForgottenJobIsLostAndLookedForAtOnceForItIsOver) {
  const auto verdict = on_details(moment, forgotten(some_job), details(zoho::JobCode::not_found));
  EXPECT_EQ(end_of(verdict).state, JobState::lost);
  EXPECT_EQ(end_of(verdict).holds_slot_until, asked_at);
  EXPECT_EQ(await_of(verdict).first_look, asked_at);
}

TEST(OutcomeOfStatus, AJobThatIsDeniedBeforeItCanBeForgottenMayBeRunningAndHoldsItsSlot) {
  const auto until = asked_at + outcome_settings.lost_job_wait;
  for (const auto& verdict : {on_details(moment, some_job, details(zoho::JobCode::not_found)),
                              on_status_refused(moment, some_job, {}, call(400, 8137), 0),
                              on_status_refused(moment, some_job, {}, call(403, 8138), 0)}) {
    EXPECT_EQ(end_of(verdict).holds_slot_until, until);
    EXPECT_EQ(await_of(verdict).first_look, asked_at);
  }
}

TEST(OutcomeOfStatus, AnUnreachableServiceIsAskedAgainAtLeastEveryMinute) {
  EXPECT_EQ(std::get<Runs>(on_status_unreachable(moment, 0).what).next_poll_at, asked_at + Milliseconds{2'000});
  EXPECT_EQ(std::get<Runs>(on_status_unreachable(moment, 30).what).next_poll_at, asked_at + Milliseconds{60'000});
}

TEST(OutcomeOfStatus, APollRefusedForItsTokenIsRepeatedAtOnceThenThePauseSaysWhy) {
  EXPECT_EQ(std::get<Runs>(on_status_refused(moment, some_job, {}, call(401, 8535), 0).what).next_poll_at, asked_at);
  const auto again = on_status_refused(moment, some_job, {.token_refused_before = true}, call(401, 8535), 1);
  EXPECT_TRUE(again.pause);
  EXPECT_GT(std::get<Runs>(again.what).next_poll_at, asked_at);
}

TEST(OutcomeOfStatus, APollThatIsTooFastWaitsForTheWindow) {
  const auto verdict = on_status_refused(moment, some_job, {}, call(200, 6045), 0);
  EXPECT_TRUE(verdict.pause);
  EXPECT_EQ(std::get<Runs>(verdict.what).next_poll_at, asked_at + outcome_settings.request_window);
}

TEST(OutcomeOfStatus, APollIsNotPutOffUntilItsSummaryIsForgotten) {
  auto told = call(429, 0);
  told.retry_after = Milliseconds{24 * 3'600'000};
  const auto verdict = on_status_refused(moment, some_job, {}, told, 0);
  EXPECT_EQ(std::get<Runs>(verdict.what).next_poll_at, asked_at + Milliseconds{300'000});
  EXPECT_EQ(verdict.pause->until, asked_at + *told.retry_after) << "starts wait as long as they are told";
}

TEST(OutcomeOfStatus, APollRefusedForGoodEndsAsUnknownOnceTheSummaryIsForgotten) {
  auto job = some_job;
  job.forgotten_at = asked_at + Milliseconds{1};
  EXPECT_TRUE(std::holds_alternative<Runs>(on_status_refused(moment, job, {}, call(403, 7301), 9).what));
  job.forgotten_at = asked_at - Milliseconds{1};
  EXPECT_EQ(await_of(on_status_refused(moment, job, {}, call(403, 7301), 9)).first_look, asked_at);
}

}  // namespace
}  // namespace dropload::schedule
