// Pauses, batches, strangers and lost jobs.

#include "tests/daemon/schedule/scheduler_words.h"

namespace dropload::schedule {
namespace {

TEST(SchedulerWaits, DueBatchesAndNewJobsTakeTurns) {
  auto snapshot = organization();
  snapshot.polls = {{1, now, in(60)}};
  snapshot.batches = {{2, now}};
  snapshot.next_batch_at = in(5);
  snapshot.ready = {candidate(10, "sales", "a")};
  snapshot.route_last_started = {{"sales", now}};
  const auto plan = decide_for(snapshot);
  ASSERT_EQ(plan.actions.size(), 3U);
  EXPECT_EQ(std::get<SendBatch>(plan.actions[1]).job, 2);
  EXPECT_EQ(plan.wake_at, in(5));
  use_up(snapshot, 38, now);
  const auto batch_next = decide_for(snapshot);
  ASSERT_EQ(batch_next.actions.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<SendBatch>(batch_next.actions[1]));
  snapshot.route_last_started["sales"] = in(-1);
  const auto start_next = decide_for(snapshot);
  ASSERT_EQ(start_next.actions.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<StartJob>(start_next.actions[1]));
}

TEST(SchedulerWaits, ANewJobDoesNotTakeTheCallThatABatchWaitsFor) {
  auto snapshot = organization();
  snapshot.batches = {{2, now}};
  snapshot.ready = {candidate(10, "sales", "a")};
  snapshot.route_last_started = {{"sales", now}};
  use_up(snapshot, 40, in(-1));
  const auto plan = decide_for(snapshot);
  EXPECT_THAT(plan.actions, IsEmpty());
  EXPECT_EQ(plan.wake_at, in(59));
}

TEST(SchedulerWaits, APausedOrganizationSendsNoBatch) {
  auto snapshot = organization();
  snapshot.batches = {{2, now}};
  snapshot.pause = queue::Pause{"slow", in(30)};
  const auto plan = decide_for(snapshot);
  EXPECT_THAT(plan.actions, IsEmpty());
  EXPECT_EQ(plan.wake_at, in(30));
}

TEST(SchedulerWaits, APersonsPauseStartsNothingAndLetsSeriesGoOn) {
  auto snapshot = organization();
  snapshot.batches = {{2, now}};
  snapshot.next_batch_at = in(5);
  snapshot.ready = {candidate(10, "sales", "a")};
  snapshot.pause = queue::Pause{"a holiday", {}};
  const auto plan = decide_for(snapshot);
  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(std::get<SendBatch>(plan.actions[0]).job, 2);
  EXPECT_EQ(plan.wake_at, in(5));
  OrganizationSettings settings;
  settings.service_paused_until = in(30);
  const auto outage = decide_for(snapshot, settings);
  EXPECT_THAT(outage.actions, IsEmpty()) << "beside it the service has paused it as well";
  EXPECT_EQ(outage.wake_at, in(30));
}

TEST(SchedulerWaits, APausedOrganizationStartsNothingButGoesOnPolling) {
  auto snapshot = organization();
  snapshot.pause = queue::Pause{"units used up", in(900)};
  snapshot.ready = {candidate(1, "r", "t")};
  snapshot.polls = {{7, in(-1), {}}};
  const auto plan = decide_for(snapshot);
  EXPECT_THAT(started(plan), IsEmpty());
  EXPECT_THAT(polled(plan), ElementsAre(7));
  EXPECT_EQ(plan.wake_at, in(900));
}

TEST(SchedulerWaits, APauseThatIsOverIsLifted) {
  auto snapshot = organization();
  snapshot.pause = queue::Pause{"units used up", in(0)};
  const auto plan = decide_for(snapshot);
  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(std::get<Resume>(plan.actions[0]).organization, "acme");
}

TEST(SchedulerWaits, APauseWithoutAnEndWaitsForAPerson) {
  auto snapshot = organization();
  snapshot.pause = queue::Pause{"paused by hand", {}};
  snapshot.ready = {candidate(1, "r", "t")};
  const auto plan = decide_for(snapshot);
  EXPECT_THAT(plan.actions, IsEmpty());
  EXPECT_FALSE(plan.wake_at);
}

TEST(SchedulerWaits, WithStrangersOnlyTheSlotsKnownToBeFreeAreUsed) {
  auto snapshot = with_five_waiting();
  snapshot.strangers = queue::Strangers{.ours = 2, .refusals = 1, .probe_at = in(10)};
  EXPECT_EQ(started(decide_for(snapshot)).size(), 2U);
  snapshot.slots_held = 1;
  EXPECT_EQ(started(decide_for(snapshot)).size(), 1U) << "one of ours has ended";
  snapshot.slots_held = 2;
  EXPECT_THAT(started(decide_for(snapshot)), IsEmpty());
  EXPECT_EQ(decide_for(snapshot).wake_at, in(10));
}

TEST(SchedulerWaits, OneMoreThanTheFreeSlotsIsProbedWhenItsTimeHasCome) {
  auto snapshot = with_five_waiting();
  snapshot.strangers = queue::Strangers{.ours = 2, .refusals = 1, .probe_at = now};
  snapshot.slots_held = 2;
  EXPECT_EQ(started(decide_for(snapshot)).size(), 1U);
  snapshot.uploading = 1;
  EXPECT_THAT(started(decide_for(snapshot)), IsEmpty()) << "not beside one that is not answered yet";
  snapshot.uploading = 0;
  EXPECT_THAT(started(decide_for(snapshot, {.max_jobs = 2})), IsEmpty());
  snapshot.strangers->ours = 0;
  snapshot.slots_held = 0;
  EXPECT_EQ(started(decide_for(snapshot)).size(), 1U);
}

TEST(SchedulerWaits, LooksForLostJobsGoAfterPollsAndBeforeStarts) {
  auto snapshot = with_five_waiting();
  snapshot.looks.push_back({77, {"acme", "Main", "t9"}});
  snapshot.polls.push_back({66, now, in(3'000)});
  snapshot.requests.add(zoho::CallKind::metadata, now, 57);
  const auto plan = decide_for(snapshot);
  ASSERT_EQ(plan.actions.size(), 2U);
  EXPECT_EQ(std::get<PollJob>(plan.actions[0]).job, 66);
  EXPECT_EQ(std::get<LookForJob>(plan.actions[1]).job, 77);
}

TEST(SchedulerWaits, ALookThatIsDueLaterWakesIt) {
  auto snapshot = organization();
  snapshot.next_look_at = in(7);
  EXPECT_EQ(decide_for(snapshot).wake_at, in(7));
}

}  // namespace
}  // namespace dropload::schedule
