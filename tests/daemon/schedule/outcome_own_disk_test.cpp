// A service that says that its own disk is full: no file is at fault.

#include "common/zoho/own_disk.h"
#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

const std::string full_disk = zoho::own_disk_message(Error{Errc::no_space, "database or disk is full"});

zoho::JobDetails failed_for_the_disk() {
  auto answer = details(zoho::JobCode::failed);
  answer.error_code = 7005;
  answer.error_message = full_disk;
  return answer;
}

void expect_free_and_paused(const Verdict& verdict, Milliseconds at_most) {
  EXPECT_FALSE(requeue_of(verdict).spends_attempt);
  ASSERT_TRUE(verdict.pause);
  EXPECT_THAT(verdict.pause->reason, HasSubstr("which is full"));
  EXPECT_EQ(verdict.pause->until, asked_at + at_most);
}

TEST(OutcomeOfAFullService, ARefusedFileSpendsNothingAndTheOrganizationPausesWithTheReason) {
  auto refused = call(500, 7005);
  refused.message = full_disk;
  auto job = some_job;
  job.attempts = 4;
  expect_free_and_paused(on_refused(moment, job, {}, refused), outcome_settings.backoff.first);
}

TEST(OutcomeOfAFullService, AJobThatFailedSpendsNothingAndTheOrganizationPausesWithTheReason) {
  auto job = some_job;
  job.attempts = 4;
  expect_free_and_paused(on_details(moment, job, failed_for_the_disk()), outcome_settings.backoff.first);
}

TEST(OutcomeOfAFullService, ItIsTriedAgainEverMoreRarelyButEachMinute) {
  auto job = some_job;
  job.earlier_jobs = 2;
  expect_free_and_paused(on_details(moment, job, failed_for_the_disk()), outcome_settings.backoff.first * 4);
  job.earlier_jobs = 40;
  expect_free_and_paused(on_details(moment, job, failed_for_the_disk()), Milliseconds{60'000});
}

TEST(OutcomeOfAFullService, AnyOtherFailureOfTheServiceStillSpendsAnAttempt) {
  const auto verdict = on_refused(moment, some_job, {}, call(500, 7005));
  EXPECT_TRUE(requeue_of(verdict).spends_attempt);
  EXPECT_FALSE(verdict.pause);
}

}  // namespace
}  // namespace dropload::schedule
