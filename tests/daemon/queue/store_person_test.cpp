// What a person says, and of several whole files only the newest.

#include <gmock/gmock.h>

#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StorePerson : public QueueTest {
 protected:
  SubmissionId accept_whole(const Made& how = {}) {
    auto s = made(how);
    s.supersede = true;
    return store->accept(s).value().id;
  }
  SubmissionId accept_urgent(int priority, const Made& how = {}) {
    auto s = made(how);
    s.priority = priority;
    return store->accept(s).value().id;
  }
  SubmissionId ended_and_retired(const std::string& to = "/drop/failed/2023-11-14/orders.csv") {
    const auto id = accept();
    EXPECT_TRUE(store->fail(id, "no", "", start));
    EXPECT_TRUE(store->mark_retired(id, to, start));
    return id;
  }
};

TEST_F(StorePerson, APausedOrganizationStartsNothingUntilAPersonResumesItRestartsIncluded) {
  const auto id = accept();
  ASSERT_TRUE(store->pause_organization("main", "books are being closed"));
  restart();
  const auto pause = look().pause;
  ASSERT_TRUE(pause);
  EXPECT_EQ(pause->reason, "books are being closed");
  EXPECT_FALSE(pause->until);
  EXPECT_EQ(code_of(store->begin_job(id, limits, cost, start)), Errc::stale);
  ASSERT_TRUE(store->resume_organization("main"));
  EXPECT_TRUE(store->begin_job(id, limits, cost, start));
}

TEST_F(StorePerson, APersonsPauseReplacesTheServicesAndTheServicesDoesNotReplaceIt) {
  ASSERT_TRUE(store->pause("main", {"no slot", at_second(60)}));
  ASSERT_TRUE(store->pause_organization("main", "stop"));
  EXPECT_FALSE(store->pause("main", {"no slot", at_second(600)}).value());
  EXPECT_EQ(look().pause->reason, "stop");
}

TEST_F(StorePerson, ResumeLiftsThePauseOfTheServicesWordAtOnce) {
  ASSERT_TRUE(store->pause("main", {"no slot", at_second(60)}));
  ASSERT_TRUE(store->resume_organization("main"));
  EXPECT_FALSE(look().pause);
  EXPECT_EQ(code_of(store->resume_organization("main")), Errc::stale);
}

TEST_F(StorePerson, APauseWantsAReason) {
  EXPECT_EQ(code_of(store->pause_organization("main", "")), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->pause_route("sales", "")), Errc::invalid_argument);
}

TEST_F(StorePerson, APausedRouteStartsNothingAndOthersGoOnRestartsIncluded) {
  const auto paused = accept({.table = "A", .route = "sales"});
  const auto other = accept({.table = "B", .route = "stock"});
  ASSERT_TRUE(store->pause_route("sales", "the export is wrong"));
  restart();
  EXPECT_THAT(ready(), ElementsAre(other));
  EXPECT_EQ(code_of(store->begin_job(paused, limits, cost, start)), Errc::stale);
  EXPECT_EQ(store->route_pauses().value().at("sales").reason, "the export is wrong");
  ASSERT_TRUE(store->resume_route("sales"));
  EXPECT_THAT(ready(), testing::UnorderedElementsAre(paused, other));
  EXPECT_EQ(code_of(store->resume_route("sales")), Errc::stale);
}

TEST_F(StorePerson, WhatIsBeingImportedCannotBeCancelled) {
  const auto id = accept();
  run(id);
  const auto refused = store->discard(id, start);
  EXPECT_EQ(code_of(refused), Errc::stale);
  EXPECT_THAT(refused.error().message, HasSubstr("no way to cancel a job that it has"));
}

TEST_F(StorePerson, TheLineOfAnUrgentFileComesFirstAndKeepsItsOrder) {
  const auto other = accept({.table = "A"});
  const auto first = accept({.table = "B"});
  const auto urgent = accept({.table = "B"});
  EXPECT_THAT(ready(), ElementsAre(other, first));
  EXPECT_EQ(store->set_priority(urgent, 5, start).value().priority, 5);
  EXPECT_THAT(ready(), ElementsAre(first, other)) << "what stands before it goes first, sooner";
  EXPECT_EQ(look().ready.front().priority, 5);
  succeed(run(first));
  succeed(run(urgent));
  accept({.table = "B"});
  EXPECT_EQ(look().ready.back().priority, 0) << "it is gone, and so is its priority";
  EXPECT_EQ(timeline(urgent)[1], "priority");
}

TEST_F(StorePerson, AnUrgentFileThatComesLiftsTheLineItComesTo) {
  const auto other = accept({.table = "A"});
  const auto first = accept({.table = "B"});
  accept_urgent(1, {.table = "B"});
  EXPECT_THAT(ready(), ElementsAre(first, other));
}

TEST_F(StorePerson, UrgentLinesAreSeenHoweverManyOthersWaitedLonger) {
  for (int i = 0; i < 20; ++i) accept({.table = "T" + std::to_string(i)});
  const auto urgent = accept_urgent(7, {.table = "Urgent"});
  EXPECT_EQ(ready().front(), urgent);
}

TEST_F(StorePerson, APriorityHasLimitsAndIsForWhatWaits) {
  const auto id = accept();
  EXPECT_EQ(code_of(store->set_priority(id, 101, start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->set_priority(id, -101, start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->set_priority(99, 1, start)), Errc::not_found);
  run(id);
  EXPECT_EQ(code_of(store->set_priority(id, 1, start)), Errc::stale);
}

TEST_F(StorePerson, OfSeveralWholeFilesThatWaitOnlyTheNewestRuns) {
  const auto first = accept_whole();
  const auto second = accept_whole();
  const auto newest = accept_whole();
  const auto ended = store->find(first).value();
  EXPECT_EQ(ended.state, SubmissionState::superseded);
  EXPECT_EQ(ended.superseded_by, second);
  EXPECT_THAT(store->find(second).value().reason, HasSubstr(fmt::format("Submission {} (orders.csv)", newest)));
  EXPECT_THAT(ready(), ElementsAre(newest));
  EXPECT_THAT(timeline(first), ElementsAre("queued", "superseded"));
  EXPECT_EQ(store->snapshot({limits}, start).value().to_retire.size(), 2U);
}

TEST_F(StorePerson, OtherTablesOtherRoutesAndHeldFilesAreNotSuperseded) {
  const auto other_table = accept_whole({.table = "Other"});
  const auto other_route = accept_whole({.route = "stock"});
  const auto held = accept_whole();
  ASSERT_TRUE(store->hold(held, "odd", "", start));
  accept_whole();
  for (const auto id : {other_table, other_route}) EXPECT_EQ(state_of(id), SubmissionState::queued);
  EXPECT_EQ(state_of(held), SubmissionState::held);
}

TEST_F(StorePerson, WhatIsBeingImportedGoesOnAndIsSupersededIfItIsToWaitAgain) {
  const auto first = accept_whole();
  const auto job = run(first);
  const auto newest = accept_whole();
  EXPECT_EQ(state_of(first), SubmissionState::importing);
  ASSERT_TRUE(store->job_ended(job, ended(JobState::failed, Requeue{at_second(10)}), start));
  EXPECT_EQ(store->find(first).value().superseded_by, newest);
  EXPECT_EQ(state_of(first), SubmissionState::superseded);
  EXPECT_THAT(ready(), ElementsAre(newest));
}

TEST_F(StorePerson, OneThatWasHeldIsNotReleasedOverANewerWholeFileThatIsIn) {
  const auto older = accept_whole();
  ASSERT_TRUE(store->hold(older, "paused", "", start));
  const auto newer = accept_whole();
  const auto job = run(newer);
  for (const bool is_in : {false, true}) {
    if (is_in) succeed(job);
    const auto refused = store->release(older, start);
    EXPECT_EQ(code_of(refused), Errc::stale);
    EXPECT_THAT(refused.error().message, HasSubstr("old data over new"));
    EXPECT_EQ(state_of(older), SubmissionState::held);
  }
  EXPECT_TRUE(store->discard(older, start));
}

TEST_F(StorePerson, OneThatWasHeldGivesWayOnItsReleaseToANewerWholeFileThatWaits) {
  const auto older = accept_whole();
  ASSERT_TRUE(store->hold(older, "paused", "", start));
  const auto newer = accept_whole();
  const auto released = store->release(older, start);
  ASSERT_TRUE(released);
  EXPECT_EQ(released->state, SubmissionState::superseded);
  EXPECT_EQ(released->superseded_by, newer);
  EXPECT_THAT(ready(), ElementsAre(newer));
}

TEST_F(StorePerson, AWholeFileThatIsFoundLateGivesWayToTheNewerOne) {
  auto late = made();
  late.supersede = true;
  const auto newer = accept_whole();
  EXPECT_EQ(store->accept(late).value().state, SubmissionState::superseded);
  EXPECT_THAT(ready(), ElementsAre(newer));
}

TEST_F(StorePerson, ARetryIsANewSubmissionLinkedBothWays) {
  const auto earlier = ended_and_retired();
  auto retry = made();
  retry.retry_of = earlier;
  ASSERT_TRUE(store->accept(retry));
  EXPECT_EQ(store->find(retry.id).value().retry_of, earlier);
  EXPECT_EQ(store->find(earlier).value().retried_as, retry.id);
  EXPECT_EQ(store->find(earlier).value().retired_to, "") << "the original is with the new one";
  EXPECT_EQ(timeline(earlier).back(), "retried");
}

TEST_F(StorePerson, OneOriginalIsRetriedOnce) {
  const auto earlier = ended_and_retired();
  auto retry = made();
  auto second = made();
  retry.retry_of = second.retry_of = earlier;
  ASSERT_TRUE(store->accept(retry));
  EXPECT_EQ(code_of(store->accept(second)), Errc::stale);
  EXPECT_EQ(code_of(store->find(second.id)), Errc::not_found);
}

TEST_F(StorePerson, WhatWaitsKnowsWhereItStands) {
  const auto first = accept({.table = "A", .route = "sales"});
  const auto second = accept({.table = "A", .route = "stock"});
  const auto third = accept({.table = "A", .route = "stock"});
  const auto job = run(first);
  ASSERT_TRUE(store->pause_route("stock", "why"));
  const auto standing = store->standing(third).value();
  EXPECT_EQ(standing.head, second);
  EXPECT_EQ(standing.ahead, 1);
  ASSERT_EQ(standing.jobs.size(), 1U);
  EXPECT_EQ(standing.jobs.front().id, job);
  EXPECT_EQ(standing.route_pause->reason, "why");
  EXPECT_EQ(code_of(store->standing(first)), Errc::stale);
}

TEST_F(StorePerson, ALostJobIsSeenInItsTable) {
  const auto first = accept();
  const auto behind = accept();
  const auto job = run(first);
  ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Hold{}, at_second(900)), start));
  const auto standing = store->standing(behind).value();
  ASSERT_EQ(standing.jobs.size(), 1U);
  EXPECT_EQ(standing.jobs.front().holds_slot_until, at_second(900));
  EXPECT_EQ(standing.head, behind);
}

}  // namespace
}  // namespace dropload::queue
