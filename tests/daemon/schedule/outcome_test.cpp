#include "daemon/schedule/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::schedule {
namespace {

using queue::JobEnd;
using queue::JobState;
using testing::HasSubstr;

constexpr Time asked_at{5'000'000};
const OutcomeSettings outcome_settings;
const Moment moment{outcome_settings, asked_at, 1.0};

JobContext job_of(zoho::ImportType type) {
  JobContext job;
  job.import_type = type;
  job.forgotten_at = asked_at + Milliseconds{600'000};
  return job;
}
const JobContext append = job_of(zoho::ImportType::append);
const JobContext truncateadd = job_of(zoho::ImportType::truncateadd);

// The service may have forgotten its result by now.
JobContext forgotten(JobContext job) {
  job.forgotten_at = asked_at - Milliseconds{1};
  return job;
}

JobEnd end_of(const Verdict& verdict) {
  return std::get<JobEnd>(verdict.what);
}
queue::Requeue requeue_of(const Verdict& verdict) {
  return std::get<queue::Requeue>(end_of(verdict).after);
}
bool fails(const Verdict& verdict) {
  return std::holds_alternative<queue::Fail>(end_of(verdict).after);
}
bool holds(const Verdict& verdict) {
  return std::holds_alternative<queue::Hold>(end_of(verdict).after);
}

RefusedCall call(int status, int code) {
  return {status, code, "no good", {}};
}

TEST(OutcomeOfCreate, AnAcceptedJobIsPolledSoon) {
  EXPECT_EQ(std::get<Runs>(on_accepted(moment).what).next_poll_at, asked_at + outcome_settings.first_poll);
}

TEST(OutcomeOfCreate, TheFirstRefusedTokenIsRepeatedAtOnceAndSpendsNothing) {
  const auto verdict = on_refused(moment, append, {}, call(401, 8535));
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  EXPECT_FALSE(verdict.pause);
}

TEST(OutcomeOfCreate, ATokenRefusedTwicePausesTheOrganizationAndSaysSo) {
  const auto verdict = on_refused(moment, append, {.token_refused_before = true}, call(401, 8535));
  ASSERT_TRUE(verdict.pause);
  EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.pause_probe);
  EXPECT_THAT(verdict.pause->reason, HasSubstr("access token"));
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
}

TEST(OutcomeOfCreate, ARefusedTokenThatHasBeenReplacedMeanwhileIsRepeatedAndPausesNothing) {
  auto old = call(401, 8535);
  old.token_was_replaced = true;
  const auto verdict = on_refused(moment, append, {.token_refused_before = true}, old);
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(verdict.pause);
  EXPECT_EQ(std::get<Runs>(on_status_refused(moment, append, {.token_refused_before = true}, old, 1).what).next_poll_at,
            asked_at);
}

TEST(OutcomeOfCreate, NoSlotIsNotAnAttemptAndStopsOtherStartsForAWhile) {
  const auto verdict = on_refused(moment, append, {}, call(400, 8134));
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  ASSERT_TRUE(verdict.pause);
  EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.poll_every);
}

TEST(OutcomeOfCreate, NoSlotAgainAndAgainWaitsLongerEachTime) {
  const auto full = call(400, 8134);
  EXPECT_EQ(on_refused(moment, append, {.no_slot_in_a_row = 3}, full).pause->until, asked_at + Milliseconds{80'000});
  EXPECT_EQ(on_refused(moment, append, {.no_slot_in_a_row = 30}, full).pause->until, asked_at + Milliseconds{300'000});
  auto told = full;
  told.retry_after = Milliseconds{400'000};
  EXPECT_EQ(on_refused(moment, append, {.no_slot_in_a_row = 3}, told).pause->until, asked_at + Milliseconds{400'000});
}

TEST(OutcomeOfCreate, WhatFailsTogetherWithOthersIsCoveredByTheirPause) {
  const OrganizationContext paused{.unreachable_in_a_row = 1, .paused_until = asked_at + Milliseconds{1}};
  const OrganizationContext over{.unreachable_in_a_row = 1, .paused_until = asked_at};
  const Error refused{Errc::connection, "connection refused"};
  EXPECT_FALSE(on_never_sent(moment, append, paused, refused).pause);
  EXPECT_TRUE(on_never_sent(moment, append, over, refused).pause);
  EXPECT_FALSE(on_refused(moment, append, paused, call(400, 8134)).pause);
  EXPECT_TRUE(on_refused(moment, append, paused, call(400, 6043)).pause) << "another reason has its own time";
}

TEST(OutcomeOfCreate, TooFastClosesTheWindowAlsoWhenItComesWithHttp200) {
  for (const auto& refused : {call(200, 6045), call(400, 6045), call(429, 0)}) {
    const auto verdict = on_refused(moment, append, {}, refused);
    EXPECT_FALSE(requeue_of(verdict).spends_attempt);
    ASSERT_TRUE(verdict.pause);
    EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.request_window);
  }
}

TEST(OutcomeOfCreate, RetryAfterIsHonoured) {
  auto refused = call(429, 0);
  refused.retry_after = Milliseconds{7'000};
  EXPECT_EQ(on_refused(moment, append, {}, refused).pause->until, asked_at + Milliseconds{7'000});
}

TEST(OutcomeOfCreate, ABusyTableWaitsLongerEachTimeAndSpendsNothing) {
  for (const int code : {7092, 7198, 10001}) {
    auto job = append;
    EXPECT_EQ(requeue_of(on_refused(moment, job, {}, call(400, code))).not_before, asked_at + Milliseconds{2'000});
    job.earlier_jobs = 3;
    const auto verdict = on_refused(moment, job, {}, call(400, code));
    EXPECT_EQ(requeue_of(verdict).not_before, asked_at + Milliseconds{16'000});
    EXPECT_FALSE(requeue_of(verdict).spends_attempt);
    EXPECT_FALSE(verdict.pause);
  }
}

TEST(OutcomeOfCreate, AnExhaustedAccountPausesItsOrganizationWithTheReason) {
  for (const int code : {6001, 6043, 6044}) {
    const auto verdict = on_refused(moment, append, {}, call(400, code));
    ASSERT_TRUE(verdict.pause);
    EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.pause_probe);
    EXPECT_THAT(verdict.pause->reason, HasSubstr(std::to_string(code)));
    EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  }
}

TEST(OutcomeOfCreate, AWrongRequestFailsAtOnceWithCodeReasonAndAdvice) {
  for (const int code : {7103, 7104, 7107, 7111, 7203, 7208, 7248, 7301, 7319, 7478, 7512,
                         8046, 8079, 8080, 8083, 8119, 8138, 8148, 8149, 8504, 8516, 8540}) {
    const auto verdict = on_refused(moment, append, {}, call(400, code));
    EXPECT_TRUE(fails(verdict)) << code;
    EXPECT_EQ(end_of(verdict).code, code);
    EXPECT_THAT(end_of(verdict).reason, HasSubstr("no good"));
    EXPECT_FALSE(end_of(verdict).advice.empty()) << code;
    EXPECT_FALSE(verdict.pause) << code;
  }
}

TEST(OutcomeOfCreate, AFailureOfTheServiceSpendsAnAttemptUntilThereIsNoneLeft) {
  for (const auto& refused : {call(500, 7005), call(503, 0)}) {
    auto job = append;
    job.attempts = 3;
    EXPECT_TRUE(requeue_of(on_refused(moment, job, {}, refused)).spends_attempt);
    EXPECT_EQ(requeue_of(on_refused(moment, job, {}, refused)).not_before, asked_at + Milliseconds{16'000});
    job.attempts = 4;
    EXPECT_TRUE(fails(on_refused(moment, job, {}, refused)));
  }
}

TEST(OutcomeOfCreate, AnOutageSpendsNothingAndPausesTheOrganizationLongerEachTime) {
  auto job = append;
  job.attempts = 4;
  const auto first = on_never_sent(moment, job, {}, Error{Errc::connection, "connection refused"});
  EXPECT_FALSE(requeue_of(first).spends_attempt);
  EXPECT_EQ(first.pause->until, asked_at + Milliseconds{2'000});
  const auto later = on_never_sent(moment, job, {.unreachable_in_a_row = 4}, Error{Errc::timed_out, "no answer"});
  EXPECT_EQ(later.pause->until, asked_at + Milliseconds{32'000});
  EXPECT_THAT(later.pause->reason, HasSubstr("no answer"));
}

TEST(OutcomeOfCreate, AFaultOfOurOwnDiskLetsOnlyThisSubmissionWait) {
  const auto verdict = on_never_sent(moment, append, {}, Error{Errc::io, "input/output error"});
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  EXPECT_GT(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(verdict.pause);
}

TEST(OutcomeOfCreate, StoppingInTheMiddleOfAnUploadIsNobodysFault) {
  const auto verdict = on_never_sent(moment, append, {}, Error{Errc::unavailable, "stopping"});
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(verdict.pause);
}

TEST(OutcomeOfCreate, AnAppendThatMayHaveLandedIsHeldAndHoldsItsSlot) {
  const auto verdict = on_maybe_sent(moment, append, "the connection broke");
  EXPECT_EQ(end_of(verdict).state, JobState::lost);
  EXPECT_TRUE(holds(verdict));
  EXPECT_EQ(end_of(verdict).holds_slot_until, asked_at + outcome_settings.lost_job_wait);
  EXPECT_THAT(end_of(verdict).advice, HasSubstr("dropload release"));
}

TEST(OutcomeOfCreate, ATruncateaddThatMayHaveLandedIsSentAgainWhenItCannotBeRunningAnyMore) {
  const auto verdict = on_maybe_sent(moment, truncateadd, "the connection broke");
  EXPECT_EQ(end_of(verdict).state, JobState::lost);
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at + outcome_settings.lost_job_wait);
}

TEST(OutcomeOfCreate, ATruncateaddIsHeldWhenSomethingNewerRan) {
  auto job = truncateadd;
  job.newer_ran = true;
  EXPECT_TRUE(holds(on_maybe_sent(moment, job, "the connection broke")));
}

TEST(OutcomeOfCreate, ARouteMayHaveUnknownAppendsSentAgain) {
  auto job = append;
  job.on_unknown_append = queue::OnUnknown::resend;
  EXPECT_EQ(requeue_of(on_maybe_sent(moment, job, "x")).not_before, asked_at + outcome_settings.lost_job_wait);
}

zoho::JobDetails details(zoho::JobCode code) {
  zoho::JobDetails result;
  result.code = code;
  return result;
}

TEST(OutcomeOfStatus, AJobThatHasNotEndedIsPolledAgain) {
  for (const auto code : {zoho::JobCode::not_initiated, zoho::JobCode::in_progress}) {
    EXPECT_EQ(std::get<Runs>(on_details(moment, append, details(code)).what).next_poll_at,
              asked_at + outcome_settings.poll_every);
  }
}

TEST(OutcomeOfStatus, ACompletedJobGivesItsRows) {
  auto completed = details(zoho::JobCode::completed);
  completed.summary = zoho::ImportSummary{"APPEND", 3, 3, 500, 500, 0, "updated"};
  const auto succeeded = std::get<Succeeded>(on_details(moment, append, completed).what);
  EXPECT_EQ(succeeded.rows.total, 500);
  EXPECT_EQ(succeeded.rows.success, 500);
  EXPECT_EQ(succeeded.reason, "");
}

TEST(OutcomeOfStatus, RejectedRowsAreASuccessThatSaysSo) {
  auto completed = details(zoho::JobCode::completed);
  completed.summary = zoho::ImportSummary{"APPEND", 3, 3, 500, 488, 0, "updated"};
  completed.import_errors = "<nobr>[Line: 3 Field: 2] (abc) -ERROR: not a number</nobr><br>";
  const auto succeeded = std::get<Succeeded>(on_details(moment, append, completed).what);
  EXPECT_THAT(succeeded.reason, HasSubstr("12 of 500 rows were rejected."));
  EXPECT_THAT(succeeded.reason, HasSubstr("[Line: 3 Field: 2] (abc)"));
}

TEST(OutcomeOfStatus, BadDataFailsWithTheLines) {
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 7232;
  failed.error_message = "<nobr>[Line: 3 Field: 2] (abc) -ERROR: not a number</nobr><br>";
  const auto verdict = on_details(moment, append, failed);
  EXPECT_TRUE(fails(verdict));
  EXPECT_EQ(end_of(verdict).code, 7232);
  EXPECT_THAT(end_of(verdict).reason, HasSubstr("[Line: 3 Field: 2] (abc)"));
  EXPECT_THAT(end_of(verdict).reason, testing::Not(HasSubstr("<nobr>")));
}

TEST(OutcomeOfStatus, AFailedJobWithACodeInNoTableFails) {
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 99'999;
  EXPECT_TRUE(fails(on_details(moment, append, failed)));
  failed.error_code.reset();
  EXPECT_TRUE(fails(on_details(moment, append, failed)));
}

TEST(OutcomeOfStatus, AForgottenAppendIsHeldAndHoldsNoSlot) {
  const auto verdict = on_details(moment, forgotten(append), details(zoho::JobCode::not_found));
  EXPECT_EQ(end_of(verdict).state, JobState::lost);
  EXPECT_TRUE(holds(verdict));
  EXPECT_FALSE(end_of(verdict).holds_slot_until);
}

TEST(OutcomeOfStatus, AJobThatIsDeniedBeforeItCanBeForgottenMayBeRunningAndHoldsItsSlot) {
  const auto until = asked_at + outcome_settings.lost_job_wait;
  for (const auto& job : {append, truncateadd}) {
    EXPECT_EQ(end_of(on_details(moment, job, details(zoho::JobCode::not_found))).holds_slot_until, until);
    EXPECT_EQ(end_of(on_status_refused(moment, job, {}, call(400, 8137), 0)).holds_slot_until, until);
    EXPECT_EQ(end_of(on_status_refused(moment, job, {}, call(403, 8138), 0)).holds_slot_until, until);
  }
  EXPECT_EQ(requeue_of(on_status_refused(moment, truncateadd, {}, call(400, 8137), 0)).not_before, until)
      << "it is not sent again beside itself";
}

TEST(OutcomeOfStatus, AForgottenTruncateaddIsSentAgainButNotForEver) {
  auto job = forgotten(truncateadd);
  const auto verdict = on_details(moment, job, details(zoho::JobCode::not_found));
  EXPECT_TRUE(requeue_of(verdict).spends_attempt);
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at + Milliseconds{2'000});
  job.attempts = job.max_attempts - 1;
  EXPECT_TRUE(holds(on_details(moment, job, details(zoho::JobCode::not_found))));
}

TEST(OutcomeOfStatus, AnIdThatNeverExistedIsTreatedLikeAForgottenOne) {
  EXPECT_TRUE(holds(on_status_refused(moment, append, {}, call(400, 8137), 0)));
}

TEST(OutcomeOfStatus, AnUnreachableServiceIsAskedAgainAtLeastEveryMinute) {
  EXPECT_EQ(std::get<Runs>(on_status_unreachable(moment, 0).what).next_poll_at, asked_at + Milliseconds{2'000});
  EXPECT_EQ(std::get<Runs>(on_status_unreachable(moment, 30).what).next_poll_at, asked_at + Milliseconds{60'000});
}

TEST(OutcomeOfStatus, APollRefusedForItsTokenIsRepeatedAtOnceThenThePauseSaysWhy) {
  EXPECT_EQ(std::get<Runs>(on_status_refused(moment, append, {}, call(401, 8535), 0).what).next_poll_at, asked_at);
  const auto again = on_status_refused(moment, append, {.token_refused_before = true}, call(401, 8535), 1);
  EXPECT_TRUE(again.pause);
  EXPECT_GT(std::get<Runs>(again.what).next_poll_at, asked_at);
}

TEST(OutcomeOfStatus, APollThatIsTooFastWaitsForTheWindow) {
  const auto verdict = on_status_refused(moment, append, {}, call(200, 6045), 0);
  EXPECT_TRUE(verdict.pause);
  EXPECT_EQ(std::get<Runs>(verdict.what).next_poll_at, asked_at + outcome_settings.request_window);
}

TEST(OutcomeOfStatus, APollIsNotPutOffUntilItsSummaryIsForgotten) {
  auto told = call(429, 0);
  told.retry_after = Milliseconds{24 * 3'600'000};
  const auto verdict = on_status_refused(moment, append, {}, told, 0);
  EXPECT_EQ(std::get<Runs>(verdict.what).next_poll_at, asked_at + Milliseconds{300'000});
  EXPECT_EQ(verdict.pause->until, asked_at + *told.retry_after) << "starts wait as long as they are told";
}

TEST(OutcomeOfStatus, APollRefusedForGoodEndsAsUnknownOnceTheSummaryIsForgotten) {
  auto job = append;
  job.forgotten_at = asked_at + Milliseconds{1};
  EXPECT_TRUE(std::holds_alternative<Runs>(on_status_refused(moment, job, {}, call(403, 7301), 9).what));
  job.forgotten_at = asked_at - Milliseconds{1};
  EXPECT_TRUE(holds(on_status_refused(moment, job, {}, call(403, 7301), 9)));
}

}  // namespace
}  // namespace dropload::schedule
