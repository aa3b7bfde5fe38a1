#include "tests/daemon/schedule/scheduler_words.h"

namespace dropload::schedule {
namespace {

TEST(Scheduler, WithNothingToDoItSleepsUntilSomethingChanges) {
  const auto plan = decide_for(organization());
  EXPECT_THAT(plan.actions, IsEmpty());
  EXPECT_FALSE(plan.wake_at);
}

TEST(Scheduler, StartsAsManyAsThereAreFreeSlots) {
  auto snapshot = organization();
  snapshot.slots_held = 3;
  for (int i = 1; i <= 5; ++i) snapshot.ready.push_back(candidate(i, "r", "t" + std::to_string(i)));
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1, 2));
}

TEST(Scheduler, StartsNothingWhenLostJobsAndRunningOnesHoldEverySlot) {
  auto snapshot = organization();
  snapshot.slots_held = 5;
  snapshot.ready.push_back(candidate(1, "r", "t"));
  EXPECT_THAT(started(decide_for(snapshot)), IsEmpty());
}

TEST(Scheduler, ObeysASmallerLimitOfTheOrganization) {
  auto snapshot = organization();
  snapshot.slots_held = 1;
  snapshot.ready = {candidate(1, "r", "a"), candidate(2, "r", "b")};
  EXPECT_THAT(started(decide_for(snapshot, {.max_jobs = 2})), ElementsAre(1));
}

TEST(Scheduler, WhileProbingOneJobStartsAndNoneBesideIt) {
  auto snapshot = organization();
  snapshot.ready = {candidate(1, "r", "a"), candidate(2, "r", "b")};
  EXPECT_THAT(started(decide_for(snapshot, {.probing = true})), ElementsAre(1));
  snapshot.slots_held = 2;
  EXPECT_THAT(started(decide_for(snapshot, {.probing = true})), ElementsAre(1)) << "running jobs are no probes";
  snapshot.uploading = 1;
  EXPECT_THAT(started(decide_for(snapshot, {.probing = true})), IsEmpty());
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1, 2));
}

TEST(Scheduler, TheTableThatStartedLeastRecentlyGoesFirst) {
  auto snapshot = organization();
  snapshot.slots_held = 3;
  snapshot.ready = {candidate(1, "r", "a", in(-10)), candidate(2, "r", "b", in(-30)), candidate(3, "r", "c", in(-20))};
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(2, 3));
}

TEST(Scheduler, ARouteWithManyTablesDoesNotStarveOneWithASingleTable) {
  auto snapshot = organization();
  snapshot.slots_held = 3;
  for (int i = 1; i <= 5; ++i) snapshot.ready.push_back(candidate(i, "busy", "t" + std::to_string(i)));
  snapshot.ready.push_back(candidate(9, "quiet", "q", in(-1)));
  snapshot.route_last_started = {{"busy", in(-5)}, {"quiet", in(-100)}};
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(9, 1));
}

TEST(Scheduler, RoutesThatNeverStartedTakeTurnsWithinOnePlan) {
  auto snapshot = organization();
  snapshot.slots_held = 1;
  snapshot.ready = {candidate(1, "a", "t1"), candidate(2, "a", "t2"), candidate(3, "a", "t3"), candidate(4, "b", "t4"),
                    candidate(5, "b", "t5")};
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1, 4, 2, 5));
}

TEST(Scheduler, OneTableStartsOnceInAPlanEvenWhenTwoRoutesFeedIt) {
  auto snapshot = organization();
  snapshot.ready = {candidate(1, "a", "t"), candidate(2, "b", "t")};
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1));
}

TEST(Scheduler, PollsDrawFromTheBudgetBeforeStarts) {
  auto snapshot = organization();
  use_up(snapshot, 39, in(-10));
  snapshot.polls = {{7, in(-1), {}}};
  snapshot.ready = {candidate(1, "r", "t")};
  const auto plan = decide_for(snapshot);
  EXPECT_THAT(polled(plan), ElementsAre(7));
  EXPECT_THAT(started(plan), IsEmpty());
  EXPECT_EQ(plan.wake_at, in(50));
}

TEST(Scheduler, TheJobThatIsForgottenFirstIsPolledFirst) {
  auto snapshot = organization();
  use_up(snapshot, 38, in(-10));
  snapshot.polls = {{1, in(-9), {}}, {2, in(-1), in(600)}, {3, in(-5), in(60)}};
  EXPECT_THAT(polled(decide_for(snapshot)), ElementsAre(3, 2));
}

TEST(Scheduler, AUsedUpBudgetIsLookedAtAgainWhenItIsFree) {
  auto snapshot = organization();
  use_up(snapshot, 40, in(-20));
  snapshot.ready = {candidate(1, "r", "t")};
  const auto plan = decide_for(snapshot);
  EXPECT_THAT(plan.actions, IsEmpty());
  EXPECT_EQ(plan.wake_at, in(40));
}

TEST(Scheduler, AStartThatMayNeedALookUpWaitsForTheMetadataBudgetToo) {
  auto snapshot = organization();
  snapshot.requests.add(zoho::CallKind::metadata, in(-15), 60);
  snapshot.ready = {candidate(1, "r", "t")};
  EXPECT_THAT(started(decide_for(snapshot)), IsEmpty());
  EXPECT_THAT(started(decide_for(snapshot, {.cost_of_start = {1, 0}})), ElementsAre(1));
}

TEST(Scheduler, LostJobsWhoseTimeIsOverAreSettledEvenWithNoBudget) {
  auto snapshot = organization();
  use_up(snapshot, 40, in(-20));
  snapshot.lost_over = {4};
  const auto plan = decide_for(snapshot);
  ASSERT_EQ(plan.actions.size(), 1U);
  EXPECT_EQ(std::get<SettleLost>(plan.actions[0]).job, 4);
}

TEST(Scheduler, EndedSubmissionsAreRetiredWhateverTheirOrganizationDoes) {
  const auto plan = decide(Snapshot{{}, {11, 12}, in(60)}, {}, now);
  ASSERT_EQ(plan.actions.size(), 2U);
  EXPECT_EQ(std::get<Retire>(plan.actions[1]).submission, 12);
  EXPECT_EQ(plan.wake_at, in(60));
}

TEST(Scheduler, WakesForTheEarliestOfAllThatWaits) {
  auto snapshot = organization();
  snapshot.next_poll_at = in(8);
  snapshot.next_ready_at = in(5);
  snapshot.next_lost_over_at = in(700);
  EXPECT_EQ(decide_for(snapshot).wake_at, in(5));
  snapshot.next_ready_at = in(50);
  EXPECT_EQ(decide_for(snapshot).wake_at, in(8));
}

TEST(Scheduler, OrganizationsDoNotTakeEachOthersSlotsOrBudget) {
  auto full = organization("full");
  full.slots_held = 5;
  full.ready = {candidate(1, "r", "t")};
  auto idle = organization("idle");
  idle.ready = {candidate(2, "s", "t")};
  const auto plan = decide(Snapshot{{full, idle}, {}, {}}, {{"full", {}}, {"idle", {}}}, now);
  EXPECT_THAT(started(plan), ElementsAre(2));
}

TEST(Scheduler, AHigherPriorityGoesFirstWhoeverWaitedLonger) {
  auto snapshot = organization();
  snapshot.slots_held = 4;
  snapshot.ready = {candidate(1, "a", "x"), candidate(2, "b", "y", in(-1))};
  snapshot.ready[1].priority = 1;
  snapshot.route_last_started["b"] = in(-1);
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(2));
  snapshot.ready[0].priority = 1;
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1)) << "among equals the turns are as ever";
}

TEST(Scheduler, ARouteOfAThousandTablesLeavesAnotherTheNextFreeSlot) {
  auto snapshot = organization();
  snapshot.slots_held = 4;
  for (int i = 1; i <= 5; ++i) snapshot.ready.push_back(candidate(i, "busy", "t" + std::to_string(i)));
  snapshot.ready.push_back(candidate(1'000, "small", "one"));
  snapshot.route_last_started = {{"busy", in(-1)}, {"small", in(-2)}};
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1'000));
}

TEST(Scheduler, AHugeFileKeepsOneSlotAndSmallOnesOfOtherTablesTheRest) {
  auto snapshot = organization();
  snapshot.ready = {candidate(1, "r", "huge"), candidate(2, "r", "a"), candidate(3, "r", "b")};
  snapshot.ready[0].size = 100'000'000;
  EXPECT_THAT(started(decide_for(snapshot)), ElementsAre(1, 2, 3));
}

TEST(Scheduler, SaysWhyAnOrganizationStandsStill) {
  auto snapshot = organization();
  EXPECT_TRUE(decide_for(snapshot).standstills.empty());
  snapshot.ready = {candidate(1, "r", "t")};
  use_up(snapshot, 40, in(-10));
  EXPECT_EQ(decide_for(snapshot).standstills.at("acme").why, Standstill::Why::budget);
  EXPECT_EQ(decide_for(snapshot).standstills.at("acme").until, in(50));
  snapshot.slots_held = 5;
  EXPECT_EQ(decide_for(snapshot).standstills.at("acme").why, Standstill::Why::slots);
  snapshot.pause = queue::Pause{"why", in(60)};
  EXPECT_EQ(decide_for(snapshot).standstills.at("acme").why, Standstill::Why::paused);
}

OrganizationSnapshot with_five_waiting() {
  auto snapshot = organization();
  for (int i = 1; i <= 5; ++i) snapshot.ready.push_back(candidate(i, "r", "t" + std::to_string(i)));
  return snapshot;
}

TEST(Scheduler, OrganizationsOfOneAccountDrawFromOneBudgetAndPollsGoFirst) {
  auto first = organization("acme");
  auto second = organization("zeta");
  first.account = second.account = "account both";
  for (int i = 1; i <= 5; ++i) first.ready.push_back(candidate(i, "r", "t" + std::to_string(i)));
  second.polls.push_back({66, now, in(3'000)});
  for (auto* one : {&first, &second}) use_up(*one, 38, now);
  const std::map<std::string, OrganizationSettings> settings{{"acme", {}}, {"zeta", {}}};
  const auto plan = decide(Snapshot{{first, second}, {}, {}}, settings, now);
  EXPECT_THAT(polled(plan), ElementsAre(66));
  EXPECT_EQ(started(plan).size(), 1U) << "the 40th call of the account";
  first.account = "";
  second.account = "";
  EXPECT_EQ(started(decide(Snapshot{{first, second}, {}, {}}, settings, now)).size(), 2U);
}

}  // namespace
}  // namespace dropload::schedule
