#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

TEST(OutcomeOfCreate, AnAcceptedJobOfWhichNothingIsKnownIsPolledSoon) {
  EXPECT_EQ(std::get<Runs>(on_accepted(moment, some_job).what).next_poll_at, asked_at + outcome_settings.first_poll);
}

TEST(OutcomeOfCreate, TheFirstRefusedTokenIsRepeatedAtOnceAndSpendsNothing) {
  const auto verdict = on_refused(moment, some_job, {}, call(401, 8535));
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  EXPECT_FALSE(verdict.pause);
}

TEST(OutcomeOfCreate, ARefusalForTheSakeOfACallbackCostsTheFileNothing) {
  for (const int code : {8125, 8126, 8127}) {
    EXPECT_TRUE(is_about_callback(code));
    const auto verdict = on_callback_refused(moment, call(400, code));
    EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
    EXPECT_FALSE(requeue_of(verdict).spends_attempt);
    EXPECT_FALSE(verdict.pause);
    EXPECT_EQ(end_of(verdict).code, code);
    EXPECT_THAT(end_of(verdict).reason, HasSubstr("It is sent again, without a callback."));
  }
  EXPECT_FALSE(is_about_callback(8134));
}

TEST(OutcomeOfCreate, ATokenRefusedTwicePausesTheOrganizationAndSaysSo) {
  const auto verdict = on_refused(moment, some_job, {.token_refused_before = true}, call(401, 8535));
  ASSERT_TRUE(verdict.pause);
  EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.pause_probe);
  EXPECT_THAT(verdict.pause->reason, HasSubstr("access token"));
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
}

TEST(OutcomeOfCreate, ARefusedTokenThatHasBeenReplacedMeanwhileIsRepeatedAndPausesNothing) {
  auto old = call(401, 8535);
  old.token_was_replaced = true;
  const auto verdict = on_refused(moment, some_job, {.token_refused_before = true}, old);
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(verdict.pause);
  EXPECT_EQ(
      std::get<Runs>(on_status_refused(moment, some_job, {.token_refused_before = true}, old, 1).what).next_poll_at,
      asked_at);
}

TEST(OutcomeOfCreate, NoSlotIsNotAnAttemptAndPausesNothingButIsLearntFrom) {
  const auto verdict = on_refused(moment, some_job, {}, call(400, 8134));
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at) << "it may start as soon as one of ours ends";
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  EXPECT_FALSE(verdict.pause);
  EXPECT_EQ(end_of(verdict).no_slot_until, asked_at + outcome_settings.poll_every);
}

TEST(OutcomeOfCreate, NoSlotAgainAndAgainIsProbedLaterEachTime) {
  const auto full = call(400, 8134);
  auto job = some_job;
  job.no_slot_refusals = 3;
  EXPECT_EQ(end_of(on_refused(moment, job, {}, full)).no_slot_until, asked_at + Milliseconds{80'000});
  auto told = full;
  told.retry_after = Milliseconds{400'000};
  EXPECT_EQ(end_of(on_refused(moment, job, {}, told)).no_slot_until, asked_at + Milliseconds{400'000});
  job.no_slot_refusals = 30;
  EXPECT_EQ(end_of(on_refused(moment, job, {}, full)).no_slot_until, asked_at + Milliseconds{300'000});
}

TEST(OutcomeOfCreate, OnlyTooManyCallsCloseTheAccountsWindow) {
  EXPECT_EQ(window_closed_until(moment, call(200, 6045)), asked_at + outcome_settings.request_window);
  auto told = call(429, 0);
  told.retry_after = Milliseconds{7'000};
  EXPECT_EQ(window_closed_until(moment, told), asked_at + Milliseconds{7'000});
  told.retry_after = Milliseconds{3'600'000};
  EXPECT_EQ(window_closed_until(moment, told), asked_at + Milliseconds{300'000}) << "results are to be read in time";
  told.about_tokens = true;
  EXPECT_FALSE(window_closed_until(moment, told)) << "tokens are counted apart";
  EXPECT_FALSE(window_closed_until(moment, call(400, 8134)));
}

TEST(OutcomeOfCreate, WhatFailsTogetherWithOthersIsCoveredByTheirPause) {
  const OrganizationContext paused{.unreachable_in_a_row = 1, .paused_until = asked_at + Milliseconds{1}};
  const OrganizationContext over{.unreachable_in_a_row = 1, .paused_until = asked_at};
  const Error refused{Errc::connection, "connection refused"};
  EXPECT_FALSE(on_never_sent(moment, some_job, paused, refused).pause);
  EXPECT_TRUE(on_never_sent(moment, some_job, over, refused).pause);
  EXPECT_TRUE(on_refused(moment, some_job, paused, call(400, 6043)).pause) << "another reason has its own time";
}

TEST(OutcomeOfCreate, TooFastClosesTheWindowAlsoWhenItComesWithHttp200) {
  for (const auto& refused : {call(200, 6045), call(400, 6045), call(429, 0)}) {
    const auto verdict = on_refused(moment, some_job, {}, refused);
    EXPECT_FALSE(requeue_of(verdict).spends_attempt);
    ASSERT_TRUE(verdict.pause);
    EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.request_window);
  }
}

TEST(OutcomeOfCreate, RetryAfterIsHonoured) {
  auto refused = call(429, 0);
  refused.retry_after = Milliseconds{7'000};
  EXPECT_EQ(on_refused(moment, some_job, {}, refused).pause->until, asked_at + Milliseconds{7'000});
}

TEST(OutcomeOfCreate, ABusyTableWaitsLongerEachTimeAndSpendsNothing) {
  for (const int code : {7092, 7198, 10001}) {
    auto job = some_job;
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
    const auto verdict = on_refused(moment, some_job, {}, call(400, code));
    ASSERT_TRUE(verdict.pause);
    EXPECT_EQ(verdict.pause->until, asked_at + outcome_settings.pause_probe);
    EXPECT_THAT(verdict.pause->reason, HasSubstr(std::to_string(code)));
    EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  }
}

TEST(OutcomeOfCreate, AWrongRequestFailsAtOnceWithCodeReasonAndAdvice) {
  for (const int code : {7103, 7104, 7107, 7111, 7203, 7208, 7248, 7301, 7319, 7478, 7512,
                         8046, 8079, 8080, 8083, 8119, 8138, 8148, 8149, 8504, 8516, 8540}) {
    const auto verdict = on_refused(moment, some_job, {}, call(400, code));
    EXPECT_TRUE(fails(verdict)) << code;
    EXPECT_EQ(end_of(verdict).code, code);
    EXPECT_THAT(end_of(verdict).reason, HasSubstr("no good"));
    EXPECT_FALSE(end_of(verdict).advice.empty()) << code;
    EXPECT_FALSE(verdict.pause) << code;
  }
}

TEST(OutcomeOfCreate, AFailureOfTheServiceSpendsAnAttemptUntilThereIsNoneLeft) {
  for (const auto& refused : {call(500, 7005), call(503, 0)}) {
    auto job = some_job;
    job.attempts = 3;
    EXPECT_TRUE(requeue_of(on_refused(moment, job, {}, refused)).spends_attempt);
    EXPECT_EQ(requeue_of(on_refused(moment, job, {}, refused)).not_before, asked_at + Milliseconds{16'000});
    job.attempts = 4;
    EXPECT_TRUE(fails(on_refused(moment, job, {}, refused)));
  }
}

TEST(OutcomeOfCreate, AnOutageSpendsNothingAndPausesTheOrganizationLongerEachTime) {
  auto job = some_job;
  job.attempts = 4;
  const auto first = on_never_sent(moment, job, {}, Error{Errc::connection, "connection refused"});
  EXPECT_FALSE(requeue_of(first).spends_attempt);
  EXPECT_EQ(first.pause->until, asked_at + Milliseconds{2'000});
  const auto later = on_never_sent(moment, job, {.unreachable_in_a_row = 4}, Error{Errc::timed_out, "no answer"});
  EXPECT_EQ(later.pause->until, asked_at + Milliseconds{32'000});
  EXPECT_THAT(later.pause->reason, HasSubstr("no answer"));
}

TEST(OutcomeOfCreate, AFaultOfOurOwnDiskLetsOnlyThisSubmissionWait) {
  const auto verdict = on_never_sent(moment, some_job, {}, Error{Errc::io, "input/output error"});
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  EXPECT_GT(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(verdict.pause);
}

TEST(OutcomeOfCreate, StoppingInTheMiddleOfAnUploadIsNobodysFault) {
  const auto verdict = on_never_sent(moment, some_job, {}, Error{Errc::unavailable, "stopping"});
  EXPECT_EQ(requeue_of(verdict).not_before, asked_at);
  EXPECT_FALSE(verdict.pause);
}

TEST(OutcomeOfCreate, AJobThatMayHaveLandedIsLostAndLookedForWhileItHoldsItsSlot) {
  const auto verdict = on_maybe_sent(moment, "the connection broke");
  EXPECT_EQ(end_of(verdict).state, JobState::lost);
  EXPECT_EQ(end_of(verdict).holds_slot_until, asked_at + outcome_settings.lost_job_wait);
  EXPECT_EQ(await_of(verdict).first_look, asked_at + outcome_settings.first_poll);
  EXPECT_EQ(await_of(verdict).why, "the connection broke");
  EXPECT_THAT(end_of(verdict).reason, HasSubstr("the connection broke"));
  EXPECT_THAT(end_of(verdict).reason, HasSubstr(to_rfc3339(asked_at + outcome_settings.lost_job_wait)))
      << "when it is known";
  EXPECT_FALSE(end_of(verdict).advice.empty());
}

}  // namespace
}  // namespace dropload::schedule
