#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using StoreSubmissions = QueueTest;
using Ids = std::vector<SubmissionId>;

TEST_F(StoreSubmissions, AHeldOneIsReleasedToItsPlaceInTheLine) {
  const auto first = accept();
  const auto second = accept();
  ASSERT_TRUE(store->job_ended(begin(first), ended(JobState::failed, Requeue{start, true}), start));
  ASSERT_TRUE(store->hold(first, "its route is gone", "put the route back", start));
  const auto held = store->find(first).value();
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_EQ(held.reason, "its route is gone");
  EXPECT_EQ(held.advice, "put the route back");
  EXPECT_FALSE(held.ended_at || held.not_before);
  EXPECT_EQ(ready(), Ids{second});
  const auto released = store->release(first, start).value();
  EXPECT_EQ(released.state, SubmissionState::queued);
  EXPECT_EQ(released.reason, "");
  EXPECT_EQ(released.attempts, 0);
  EXPECT_EQ(ready(), Ids{first});
  EXPECT_EQ(code_of(store->release(first, start)), Errc::stale);
}

TEST_F(StoreSubmissions, ACommandInAnAdviceHasTheNumberOfTheSubmission) {
  const auto first = accept();
  const auto second = accept();
  const std::string advice = "Send it with `dropload release ID`, or end it with `dropload discard ID`.";
  ASSERT_EQ(store->hold_queued_of("main", "its organization is gone", advice, start).value(), 2);
  for (const auto id : {first, second}) {
    const auto own = fmt::format("Send it with `dropload release {0}`, or end it with `dropload discard {0}`.", id);
    EXPECT_EQ(store->find(id).value().advice, own);
  }
}

TEST_F(StoreSubmissions, QueuedAndHeldOnesCanBeDiscardedAndNoOthers) {
  const auto queued = accept();
  const auto held = accept();
  const auto running = accept();
  ASSERT_TRUE(store->hold(held, "why", "", start));
  EXPECT_EQ(store->discard(queued, at_second(1)).value().state, SubmissionState::cancelled);
  EXPECT_EQ(store->discard(held, at_second(2)).value().ended_at, at_second(2));
  begin(running);
  EXPECT_EQ(code_of(store->discard(running, start)), Errc::stale);
  EXPECT_EQ(code_of(store->discard(queued, start)), Errc::stale);
}

TEST_F(StoreSubmissions, AQueuedOneFailsWithoutAJob) {
  const auto id = accept();
  ASSERT_TRUE(store->fail(id, "the spool's copy is damaged", "send it again", at_second(3)));
  const auto failed = store->find(id).value();
  EXPECT_EQ(failed.state, SubmissionState::failed);
  EXPECT_EQ(failed.ended_at, at_second(3));
  EXPECT_TRUE(store->jobs_of(id).value().empty());
  EXPECT_EQ(code_of(store->fail(id, "again", "", start)), Errc::stale);
  EXPECT_EQ(code_of(store->hold(id, "again", "", start)), Errc::stale);
}

TEST_F(StoreSubmissions, NothingIsHeldOrFailedWithoutAReason) {
  const auto id = accept();
  EXPECT_EQ(code_of(store->hold(id, "", "", start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->fail(id, "", "", start)), Errc::invalid_argument);
  EXPECT_EQ(state_of(id), SubmissionState::queued);
}

TEST_F(StoreSubmissions, OnlyEndedOnesAreRetiredAndOnlyOnce) {
  const auto id = accept();
  EXPECT_EQ(code_of(store->mark_retired(id, "/done/x", start)), Errc::stale);
  EXPECT_EQ(code_of(store->retire_later(id, "full", start, start)), Errc::stale);
  succeed(run(id));
  EXPECT_EQ(store->snapshot({limits}, start).value().to_retire, Ids{id});
  ASSERT_TRUE(store->mark_retired(id, "/done/x", at_second(4)));
  EXPECT_EQ(store->find(id).value().retired_to, "/done/x");
  EXPECT_TRUE(store->snapshot({limits}, start).value().to_retire.empty());
  EXPECT_EQ(code_of(store->mark_retired(id, "/done/y", start)), Errc::stale);
  EXPECT_EQ(timeline(id).back(), "original put away");
}

TEST_F(StoreSubmissions, ARetirementThatFailedIsTriedAgainLaterAndToldOnce) {
  const auto id = accept();
  succeed(run(id));
  ASSERT_TRUE(store->retire_later(id, "disk full", at_second(60), start));
  ASSERT_TRUE(store->retire_later(id, "disk full", at_second(60), start));
  auto seen = store->snapshot({limits}, at_second(59)).value();
  EXPECT_TRUE(seen.to_retire.empty());
  EXPECT_EQ(seen.next_retire_at, at_second(60));
  seen = store->snapshot({limits}, at_second(60)).value();
  EXPECT_EQ(seen.to_retire, Ids{id});
  EXPECT_FALSE(seen.next_retire_at);
  const auto events = store->events_of(id).value();
  EXPECT_EQ(std::count_if(events.begin(), events.end(), [](const Event& e) { return e.text == "disk full"; }), 1);
}

TEST_F(StoreSubmissions, TheSpoolHoldsWhatIsNotRetired) {
  const auto queued = accept({.table = "A"});
  const auto held = accept({.table = "B"});
  const auto done = accept({.table = "C"});
  const auto retired = accept({.table = "D"});
  const auto running = accept({.table = "E"});
  ASSERT_TRUE(store->hold(held, "why", "", start));
  succeed(run(done));
  succeed(run(retired));
  ASSERT_TRUE(store->mark_retired(retired, "", start));
  run(running);
  auto ids = store->ids_in_spool().value();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, (Ids{queued, held, done, running}));
}

}  // namespace
}  // namespace dropload::queue
