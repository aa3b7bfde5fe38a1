#include "tests/daemon/queue/queue_fixture.h"

// Lost jobs whose submissions wait until it is known what became of them.

namespace dropload::queue {
namespace {

using S = SubmissionState;

class StoreLost : public QueueTest {
 protected:
  // A job of these, lost at `start` and looked for from second 2 on; it may be running until second 900.
  JobId lose(const std::vector<SubmissionId>& ids) {
    std::vector<JobPart> parts;
    for (const auto id : ids) parts.push_back({id});
    const auto job = store->begin_job(parts, limits, cost, start).value().id;
    EXPECT_TRUE(store->mark_whole_sent(job));
    EXPECT_TRUE(store->job_ended(job, ended(JobState::lost, Await{at_second(2), "it broke"}, at_second(900)), start));
    return job;
  }
  Result<void> settle_as_landed(JobId job, const std::vector<PartSuccess>& parts, Time now) {
    return store->settle_lost(job, LostEnd{LostFate::landed, parts, "", "", "{}"}, now);
  }
  Result<void> settle(JobId job, const AfterJob& after, LostFate fate, Time now) {
    return store->settle_lost(job, LostEnd{fate, after, "why", "do this", "{}"}, now);
  }
};

TEST_F(StoreLost, TheyStayImportingAndKeepSlotAndTableAndAreLookedForInTime) {
  const auto id = accept();
  const auto behind = accept();
  const auto job = lose({id});
  EXPECT_EQ(state_of(id), S::importing);
  EXPECT_EQ(store->find(id).value().reason, "the service had trouble");
  EXPECT_EQ(store->find_job(job).value().message, "it broke");
  EXPECT_EQ(look().slots_held, 1);
  EXPECT_EQ(look().next_look_at, at_second(2));
  EXPECT_TRUE(look().looks.empty());
  const auto seen = look(at_second(1'000));
  ASSERT_EQ(seen.looks.size(), 1U);
  EXPECT_EQ(seen.looks[0].job, job);
  EXPECT_EQ(seen.looks[0].table.table, "Orders");
  EXPECT_TRUE(seen.lost_over.empty()) << "what is looked for is not over by its time alone";
  EXPECT_TRUE(seen.ready.empty()) << behind;
  EXPECT_EQ(code_of(store->settle_lost(job, at_second(1'000))), Errc::stale);
}

TEST_F(StoreLost, ALookIsChargedAndNotDueAgainWhileItIsUnderWay) {
  const auto job = lose({accept()});
  const zoho::RequestCost three{0, 3};
  const auto begun = store->begin_look(job, limits, three, at_second(150), at_second(2));
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->next_look_at, at_second(150));
  EXPECT_EQ(look(at_second(3)).requests.used(zoho::CallKind::metadata, at_second(3)), 1 + 3);
  EXPECT_TRUE(look(at_second(3)).looks.empty());
  ASSERT_TRUE(store->look_again(job, true, at_second(12)));
  EXPECT_EQ(store->find_job(job).value().looks, 1);
  ASSERT_TRUE(store->look_again(job, false, at_second(12)));
  EXPECT_EQ(store->find_job(job).value().failed_polls, 1);
  limits.requests.metadata = 4;
  EXPECT_EQ(code_of(store->begin_look(job, limits, three, at_second(150), at_second(12))), Errc::stale);
}

TEST_F(StoreLost, ARestartLooksAtOnceWhateverWasUnderWay) {
  const auto job = lose({accept()});
  ASSERT_TRUE(store->begin_look(job, limits, {0, 1}, at_second(150), at_second(2)));
  restart();
  ASSERT_TRUE(store->poll_all_at(at_second(3)));
  EXPECT_EQ(look(at_second(3)).looks.size(), 1U);
}

TEST_F(StoreLost, SettledAsLandedAllPartsAreDoneWithTheirRows) {
  const auto a = accept();
  const auto b = accept();
  const auto behind = accept();
  const auto job = lose({a, b});
  EXPECT_EQ(code_of(settle_as_landed(job, {{a, {1, 1, 0}, "found"}}, at_second(5))), Errc::invalid_argument);
  ASSERT_NE(store->find(a).value().advice, "");
  ASSERT_TRUE(settle_as_landed(job, {{a, {30, 30, 0}, "found"}, {b, {20, 19, 0}, "found"}}, at_second(5)));
  EXPECT_EQ(store->find(a).value().advice, "") << "nothing is left to be done";
  EXPECT_EQ(state_of(a), S::done);
  EXPECT_EQ(store->find(b).value().rows->success, 19);
  EXPECT_EQ(store->find(a).value().reason, "found");
  EXPECT_EQ(store->find_job(job).value().state, JobState::lost);
  EXPECT_EQ(look(at_second(5)).slots_held, 0);
  EXPECT_EQ(ready(at_second(5)), std::vector{behind});
  EXPECT_EQ(code_of(settle_as_landed(job, {{a, {30, 30, 0}, ""}, {b, {20, 19, 0}, ""}}, at_second(5))), Errc::stale);
  restart();
  EXPECT_EQ(state_of(b), S::done);
}

TEST_F(StoreLost, SettledAsNeverLandedItIsQueuedAgainAndNothingRemembersARisk) {
  const auto id = accept({.parallel = true});
  const auto job = lose({id});
  ASSERT_TRUE(settle(job, Requeue{at_second(900), false}, LostFate::not_landed, at_second(900)));
  EXPECT_EQ(state_of(id), S::queued);
  EXPECT_EQ(store->find(id).value().attempts, 0);
  const auto newer = accept({.parallel = true});
  succeed(run(newer, at_second(901)), at_second(902));
  EXPECT_FALSE(store->overtaken(id).value()) << "nothing of it is there that could be put back";
}

TEST_F(StoreLost, OneThatIsToWaitAgainGivesWayToANewerWholeFile) {
  const auto job = lose({accept()});
  auto whole = made();
  whole.supersede = true;
  ASSERT_TRUE(store->accept(whole));
  ASSERT_TRUE(settle(job, Requeue{at_second(900), false}, LostFate::not_landed, at_second(900)));
  EXPECT_EQ(store->find(1).value().superseded_by, whole.id);
  EXPECT_EQ(ready(at_second(900)), std::vector{whole.id});
}

TEST_F(StoreLost, AnUnknownOneThatIsSentAgainIsStillARisk) {
  const auto id = accept({.parallel = true});
  ASSERT_TRUE(settle(lose({id}), Requeue{at_second(900), false}, LostFate::unknown, at_second(900)));
  const auto newer = accept({.parallel = true});
  succeed(run(newer, at_second(901)), at_second(902));
  EXPECT_TRUE(store->overtaken(id).value());
}

TEST_F(StoreLost, AHoldNeedsAReasonAndReleaseEndsIt) {
  const auto id = accept();
  const auto job = lose({id});
  EXPECT_EQ(code_of(store->settle_lost(job, LostEnd{LostFate::unknown, Hold{}, "", "", ""}, start)),
            Errc::invalid_argument);
  ASSERT_TRUE(settle(job, Hold{}, LostFate::unknown, at_second(900)));
  EXPECT_EQ(state_of(id), S::held);
  EXPECT_EQ(store->find(id).value().advice, "do this");
  ASSERT_TRUE(store->release(id, at_second(901)));
  EXPECT_EQ(ready(at_second(901)), std::vector{id});
}

TEST_F(StoreLost, TheFactsTellOfItsPartsAndOfTheImportBeforeIt) {
  const auto first = accept();
  succeed(run(first), start);
  auto counted = made();
  counted.records = 50;
  const auto id = store->accept(counted).value().id;
  const auto job = lose({id});
  const auto facts = store->lost_facts(job).value();
  ASSERT_EQ(facts.parts.size(), 1U);
  EXPECT_EQ(facts.parts[0].submission.records, 50);
  EXPECT_EQ(facts.parts[0].submission.route, "sales");
  EXPECT_FALSE(facts.parts[0].newer_ran);
  EXPECT_EQ(facts.earlier_ended_at, start);
  EXPECT_EQ(facts.earlier_summary, "{}");
  EXPECT_FALSE(facts.others_ran);
}

TEST_F(StoreLost, TheFactsTellOfAJobBesideItThatMayHideIt) {
  const auto a = accept({.parallel = true});
  const auto b = accept({.parallel = true});
  const auto job = lose({a});
  const auto other = run(b);
  EXPECT_TRUE(store->lost_facts(job).value().others_ran);
  succeed(other, at_second(10));
  EXPECT_TRUE(store->lost_facts(job).value().others_ran);
  EXPECT_TRUE(store->lost_facts(job).value().parts[0].newer_ran);
}

}  // namespace
}  // namespace dropload::queue
