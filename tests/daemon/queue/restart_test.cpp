#include "tests/daemon/queue/queue_fixture.h"

// Restart is just start: whatever stage the queue was closed at, the next one goes on from there.

namespace dropload::queue {
namespace {

using Restart = QueueTest;
using Ids = std::vector<SubmissionId>;

TEST_F(Restart, WhatWaitsStillWaitsInItsOrder) {
  const auto first = accept();
  const auto second = accept();
  restart();
  EXPECT_EQ(ready(), Ids{first});
  succeed(run(first));
  restart();
  EXPECT_EQ(ready(), Ids{second});
}

TEST_F(Restart, AnUploadThatWasInterruptedIsFoundWithWhatIsKnownOfIt) {
  const auto early = begin(accept({.table = "A"}));
  const auto whole = begin(accept({.table = "B"}));
  ASSERT_TRUE(store->mark_whole_sent(whole));
  restart();
  const auto jobs = store->uploading_jobs().value();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].id, early);
  EXPECT_FALSE(jobs[0].whole_sent);
  EXPECT_EQ(jobs[1].id, whole);
  EXPECT_TRUE(jobs[1].whole_sent);
  EXPECT_EQ(look().slots_held, 2);
}

TEST_F(Restart, ARunningJobIsPolledOnAndKeepsItsSlotAndTable) {
  const auto job = run(accept());
  accept();
  restart();
  const auto seen = look(at_second(10));
  EXPECT_EQ(seen.slots_held, 1);
  ASSERT_EQ(seen.polls.size(), 1U);
  EXPECT_EQ(seen.polls[0].job, job);
  EXPECT_TRUE(seen.ready.empty());
  EXPECT_EQ(store->find_job(job).value().remote_id, "remote-1");
}

TEST_F(Restart, AWaitForATimeGoesOn) {
  const auto id = accept();
  ASSERT_TRUE(store->job_ended(begin(id), ended(JobState::failed, Requeue{at_second(30), true}), start));
  restart();
  EXPECT_EQ(ready(at_second(29)), Ids{});
  EXPECT_EQ(look(at_second(29)).next_ready_at, at_second(30));
  EXPECT_EQ(ready(at_second(30)), Ids{id});
  EXPECT_EQ(store->find(id).value().attempts, 1);
}

TEST_F(Restart, ALostJobStillHoldsItsSlot) {
  const auto job = begin(accept());
  ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Hold{}, at_second(900)), start));
  restart();
  EXPECT_EQ(look(at_second(10)).slots_held, 1);
  EXPECT_EQ(look(at_second(901)).lost_over, std::vector<JobId>{job});
}

TEST_F(Restart, WhatEndedIsStillToBeRetired) {
  const auto id = accept();
  succeed(run(id));
  restart();
  EXPECT_EQ(store->snapshot({limits}, start).value().to_retire, Ids{id});
  ASSERT_TRUE(store->mark_retired(id, "/done/x", start));
  restart();
  EXPECT_TRUE(store->snapshot({limits}, start).value().to_retire.empty());
  EXPECT_EQ(store->find(id).value().retired_to, "/done/x");
}

TEST_F(Restart, AHeldOneKeepsItsReason) {
  const auto id = accept();
  ASSERT_TRUE(store->hold(id, "its route is gone", "put it back", start));
  restart();
  const auto held = store->find(id).value();
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_EQ(held.reason, "its route is gone");
  EXPECT_EQ(timeline(id).back(), "held");
}

}  // namespace
}  // namespace dropload::queue
