#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using StoreJobs = QueueTest;
using Ids = std::vector<SubmissionId>;
using Words = std::vector<std::string>;

TEST_F(StoreJobs, TheIntentIsThereBeforeTheFirstByte) {
  const auto id = accept();
  const auto job = store->begin_job(id, limits, cost, at_second(1)).value();
  EXPECT_EQ(job.submission, id);
  EXPECT_EQ(job.table.table, "Orders");
  const auto found = store->find_job(job.id).value();
  EXPECT_EQ(found.state, JobState::uploading);
  EXPECT_EQ(found.started_at, at_second(1));
  EXPECT_FALSE(found.whole_sent);
  EXPECT_FALSE(found.remote_id || found.next_poll_at || found.ended_at);
  EXPECT_EQ(state_of(id), SubmissionState::importing);
  EXPECT_EQ(store->uploading_jobs().value().size(), 1U);
}

TEST_F(StoreJobs, OnesWayFromQueuedToDoneIsOnItsTimeline) {
  const auto id = accept();
  const auto job = run(id, at_second(1));
  EXPECT_TRUE(store->uploading_jobs().value().empty());
  const auto running = store->find_job(job).value();
  EXPECT_EQ(running.state, JobState::running);
  EXPECT_TRUE(running.whole_sent);
  EXPECT_EQ(running.workspace_id, "77");
  EXPECT_EQ(running.sent_at, at_second(1));
  EXPECT_EQ(running.next_poll_at, at_second(3));
  EXPECT_EQ(running.forgotten_at, at_second(3601));
  ASSERT_TRUE(store->job_succeeded(job, {10, 9, 1}, "1 row was rejected", "{\"rows\":9}", at_second(20)));
  const auto done = store->find(id).value();
  EXPECT_EQ(done.state, SubmissionState::done);
  EXPECT_EQ(done.ended_at, at_second(20));
  EXPECT_EQ(done.reason, "1 row was rejected");
  ASSERT_TRUE(done.rows);
  EXPECT_EQ(done.rows->total, 10);
  EXPECT_EQ(done.rows->success, 9);
  EXPECT_EQ(done.rows->warnings, 1);
  const auto over = store->find_job(job).value();
  EXPECT_EQ(over.state, JobState::succeeded);
  EXPECT_EQ(over.summary, "{\"rows\":9}");
  EXPECT_EQ(over.remote_code, 1004);
  EXPECT_FALSE(over.next_poll_at);
  EXPECT_EQ(timeline(id), (Words{"queued", "upload began", "job remote-1 accepted", "done"}));
}

TEST_F(StoreJobs, OnlyTheHeadOfAFreeLineIsStarted) {
  const auto first = accept();
  const auto second = accept();
  EXPECT_EQ(code_of(store->begin_job(second, limits, cost, start)), Errc::stale);
  begin(first);
  EXPECT_EQ(code_of(store->begin_job(first, limits, cost, start)), Errc::stale);
  EXPECT_EQ(code_of(store->begin_job(second, limits, cost, start)), Errc::stale);
}

TEST_F(StoreJobs, AParallelLineStartsItsNextWhileOneRuns) {
  const auto first = accept({.parallel = true});
  const auto second = accept({.parallel = true});
  begin(first);
  EXPECT_EQ(ready(), Ids{second});
  begin(second);
}

TEST_F(StoreJobs, NoJobIsStartedWithoutAFreeSlot) {
  for (int i = 0; i < 5; ++i) run(accept({.table = "T" + std::to_string(i)}));
  const auto sixth = accept({.table = "T6"});
  const auto refused = store->begin_job(sixth, limits, cost, start);
  EXPECT_EQ(code_of(refused), Errc::stale);
  EXPECT_NE(refused.error().message.find("slots"), std::string::npos);
  EXPECT_EQ(state_of(sixth), SubmissionState::queued);
  succeed(1);
  begin(sixth);
}

TEST_F(StoreJobs, NothingIsChargedOrChangedWhenTheBudgetHasNoRoom) {
  limits.requests.bulk = 1;
  const auto job = run(accept({.table = "A"}));
  ASSERT_TRUE(store->call_returned(job, start));
  const auto other = accept({.table = "B"});
  EXPECT_EQ(code_of(store->begin_job(other, limits, cost, at_second(59))), Errc::stale);
  EXPECT_EQ(state_of(other), SubmissionState::queued);
  EXPECT_EQ(code_of(store->begin_poll(job, limits, at_second(99), at_second(59))), Errc::stale);
  EXPECT_EQ(store->find_job(job).value().polls, 0);
  EXPECT_EQ(look(at_second(59)).requests.used(zoho::CallKind::bulk, at_second(59)), 1);
  begin(other, at_second(60));
}

TEST_F(StoreJobs, AnOrganizationStartsOnlyItsOwn) {
  const auto id = accept({.organization = "other"});
  EXPECT_EQ(code_of(store->begin_job(id, limits, cost, start)), Errc::invalid_argument);
}

TEST_F(StoreJobs, APollIsChargedAndNotDueAgainWhileItIsUnderWay) {
  const auto job = run(accept());
  const auto polled = store->begin_poll(job, limits, at_second(60), at_second(5)).value();
  EXPECT_EQ(polled.polls, 1);
  EXPECT_EQ(polled.next_poll_at, at_second(60));
  EXPECT_EQ(polled.remote_id, "remote-1");
  EXPECT_TRUE(look(at_second(6)).polls.empty());
  EXPECT_EQ(look(at_second(6)).requests.used(zoho::CallKind::bulk, at_second(6)), 2);
}

TEST_F(StoreJobs, AJobSeenRunningIsRememberedForAnHourFromThatPoll) {
  const auto job = run(accept());
  ASSERT_TRUE(store->begin_poll(job, limits, at_second(60), at_second(100)));
  ASSERT_TRUE(store->job_runs_on(job, 1002, "in progress", at_second(110)));
  const auto found = store->find_job(job).value();
  EXPECT_EQ(found.forgotten_at, at_second(3700));
  EXPECT_EQ(found.remote_code, 1002);
  EXPECT_EQ(found.next_poll_at, at_second(110));
}

TEST_F(StoreJobs, PollsThatFailAreCountedUntilOneIsAnswered) {
  const auto job = run(accept());
  ASSERT_TRUE(store->begin_poll(job, limits, at_second(60), at_second(100)));
  ASSERT_TRUE(store->job_runs_on(job, std::nullopt, "no route to host", at_second(110)));
  ASSERT_TRUE(store->job_runs_on(job, std::nullopt, "no route to host", at_second(120)));
  auto found = store->find_job(job).value();
  EXPECT_EQ(found.failed_polls, 2);
  EXPECT_EQ(found.message, "no route to host");
  EXPECT_EQ(found.forgotten_at, at_second(3600));
  ASSERT_TRUE(store->job_runs_on(job, 1001, "", at_second(130)));
  EXPECT_EQ(store->find_job(job).value().failed_polls, 0);
}

TEST_F(StoreJobs, ARequeuedSubmissionWaitsAndItsLineWithIt) {
  const auto first = accept();
  accept();
  const auto job = begin(first);
  ASSERT_TRUE(store->job_ended(job, ended(JobState::failed, Requeue{at_second(30), true}), at_second(1)));
  const auto waits = store->find(first).value();
  EXPECT_EQ(waits.state, SubmissionState::queued);
  EXPECT_EQ(waits.attempts, 1);
  EXPECT_EQ(waits.not_before, at_second(30));
  EXPECT_EQ(waits.reason, "the service had trouble");
  EXPECT_EQ(waits.code, 7005);
  EXPECT_EQ(ready(at_second(29)), Ids{});
  EXPECT_EQ(look(at_second(29)).next_ready_at, at_second(30));
  EXPECT_EQ(code_of(store->begin_job(first, limits, cost, at_second(29))), Errc::stale);
  EXPECT_EQ(ready(at_second(30)), Ids{first});
  begin(first, at_second(30));
  const auto again = store->find(first).value();
  EXPECT_EQ(again.reason, "");
  EXPECT_FALSE(again.not_before);
  EXPECT_EQ(store->jobs_of(first).value().size(), 2U);
}

TEST_F(StoreJobs, ARequeueThatSpendsNoAttemptCountsNone) {
  const auto id = accept();
  ASSERT_TRUE(store->job_ended(begin(id), ended(JobState::failed, Requeue{at_second(30), false}), start));
  EXPECT_EQ(store->find(id).value().attempts, 0);
}

TEST_F(StoreJobs, InAParallelLineOneThatWaitsLetsTheOthersPass) {
  const auto first = accept({.parallel = true});
  const auto second = accept({.parallel = true, .at = at_second(5)});
  ASSERT_TRUE(store->job_ended(begin(first), ended(JobState::failed, Requeue{at_second(30), true}), at_second(10)));
  EXPECT_EQ(ready(at_second(10)), Ids{second});
  begin(second, at_second(11));
  EXPECT_EQ(ready(at_second(12)), Ids{});
  const auto third = accept({.parallel = true, .at = at_second(20)});
  EXPECT_EQ(ready(at_second(20)), Ids{third});
  // One that is due since before another came is not overtaken by it.
  EXPECT_EQ(ready(at_second(31)), Ids{third});
  begin(third, at_second(31));
  accept({.parallel = true, .at = at_second(40)});
  EXPECT_EQ(ready(at_second(41)), Ids{first});
}

TEST_F(StoreJobs, AFailureEndsTheSubmissionWithReasonAdviceAndCode) {
  const auto id = accept();
  const auto next = accept();
  const auto job = run(id);
  ASSERT_TRUE(store->job_ended(job, ended(JobState::failed, Fail{}), at_second(9)));
  const auto failed = store->find(id).value();
  EXPECT_EQ(failed.state, SubmissionState::failed);
  EXPECT_EQ(failed.reason, "the service had trouble");
  EXPECT_EQ(failed.advice, "wait");
  EXPECT_EQ(failed.code, 7005);
  EXPECT_EQ(failed.ended_at, at_second(9));
  EXPECT_EQ(store->find_job(job).value().summary, "{\"x\":1}");
  EXPECT_EQ(ready(), Ids{next});
  EXPECT_EQ(timeline(id).back(), "failed");
}

TEST_F(StoreJobs, AHeldSubmissionDoesNotBlockItsLine) {
  const auto id = accept();
  const auto next = accept();
  ASSERT_TRUE(store->job_ended(begin(id), ended(JobState::lost, Hold{}), start));
  EXPECT_EQ(state_of(id), SubmissionState::held);
  EXPECT_EQ(ready(), Ids{next});
}

TEST_F(StoreJobs, ALostJobKeepsItsSlotAndItsTableUntilItIsSettled) {
  const auto id = accept();
  accept();
  const auto job = begin(id);
  ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Hold{}, at_second(900)), at_second(1)));
  auto seen = look(at_second(899));
  EXPECT_EQ(seen.slots_held, 1);
  EXPECT_TRUE(seen.ready.empty());
  EXPECT_TRUE(seen.lost_over.empty());
  EXPECT_EQ(seen.next_lost_over_at, at_second(900));
  EXPECT_EQ(look(at_second(900)).lost_over, std::vector<JobId>{job});
  ASSERT_TRUE(store->settle_lost(job, at_second(900)));
  seen = look(at_second(900));
  EXPECT_EQ(seen.slots_held, 0);
  EXPECT_EQ(seen.ready.size(), 1U);
  EXPECT_EQ(store->find_job(job).value().state, JobState::lost);
  EXPECT_EQ(code_of(store->settle_lost(job, at_second(901))), Errc::stale);
}

TEST_F(StoreJobs, EveryChangeIsRefusedInEveryOtherState) {
  const auto uploading = begin(accept({.table = "A"}));
  const auto running = run(accept({.table = "B"}));
  const auto over = run(accept({.table = "C"}));
  succeed(over);
  EXPECT_EQ(code_of(store->mark_whole_sent(running)), Errc::stale);
  EXPECT_EQ(code_of(store->job_accepted(running, "7", "x", start, start)), Errc::stale);
  EXPECT_EQ(code_of(store->begin_poll(uploading, limits, start, start)), Errc::stale);
  EXPECT_EQ(code_of(store->job_runs_on(uploading, 1002, "", start)), Errc::stale);
  EXPECT_EQ(code_of(store->job_succeeded(uploading, {}, "", "", start)), Errc::stale);
  EXPECT_EQ(code_of(store->job_succeeded(over, {}, "", "", start)), Errc::stale);
  EXPECT_EQ(code_of(store->job_ended(over, ended(JobState::failed, Fail{}), start)), Errc::stale);
  EXPECT_EQ(code_of(store->settle_lost(running, start)), Errc::stale);
}

TEST_F(StoreJobs, AnEndThatMakesNoSenseIsRefused) {
  const auto job = run(accept());
  auto no_reason = ended(JobState::failed, Fail{});
  no_reason.reason = "";
  EXPECT_EQ(code_of(store->job_ended(job, no_reason, start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->job_ended(job, ended(JobState::succeeded, Fail{}), start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->job_ended(job, ended(JobState::failed, Fail{}, at_second(9)), start)),
            Errc::invalid_argument);
  EXPECT_EQ(store->find_job(job).value().state, JobState::running);
}

TEST_F(StoreJobs, ANewerJobOfTheTableCountsUnlessTheServiceNeverHadIt) {
  const auto old = accept({.parallel = true});
  const auto refused = accept({.parallel = true});
  const auto elsewhere = accept({.table = "Other"});
  const auto newer = accept({.parallel = true});
  begin(old);
  ASSERT_TRUE(store->job_ended(begin(refused), ended(JobState::failed, Fail{}), start));
  run(elsewhere);
  EXPECT_FALSE(store->newer_ran(old).value());
  const auto job = run(newer);
  EXPECT_TRUE(store->newer_ran(old).value());
  ASSERT_TRUE(store->job_ended(job, ended(JobState::failed, Fail{}), start));
  EXPECT_TRUE(store->newer_ran(old).value());
  EXPECT_FALSE(store->newer_ran(newer).value());
}

TEST_F(StoreJobs, AtAStartEveryRunningJobIsDueAndNoRequestIsOfTheFuture) {
  const auto job = run(accept(), at_second(500));
  ASSERT_TRUE(store->poll_all_at(at_second(100)));
  const auto seen = look(at_second(100));
  ASSERT_EQ(seen.polls.size(), 1U);
  EXPECT_EQ(seen.polls[0].job, job);
  EXPECT_EQ(seen.polls[0].due_at, at_second(100));
  EXPECT_EQ(look(at_second(160)).requests.used(zoho::CallKind::bulk, at_second(160)), 0);
}

}  // namespace
}  // namespace dropload::queue
