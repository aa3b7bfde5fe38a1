#include "daemon/queue/callbacks.h"

#include <gmock/gmock.h>

#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using testing::Contains;
using testing::Not;

class CallbacksTest : public QueueTest {
 protected:
  // A job whose callback is "hash".
  JobId expect(SubmissionId id) {
    const auto job = begin(id);
    EXPECT_TRUE(expect_callback(*store, job, "hash"));
    return job;
  }
  void let_run(JobId job, Time next_poll_at) {
    ASSERT_TRUE(store->mark_whole_sent(job));
    ASSERT_TRUE(store->call_returned(job, start));
    ASSERT_TRUE(store->job_accepted(job, "77", "r", next_poll_at, start));
  }
  // One that is running and is to be polled at second 300.
  JobId running(SubmissionId id) {
    const auto job = expect(id);
    let_run(job, at_second(300));
    return job;
  }
  void poll(JobId job, Time now, Time next) {
    ASSERT_TRUE(store->begin_poll(job, limits, at_second(1'000), now));
    ASSERT_TRUE(store->call_returned(job, now));
    ASSERT_TRUE(store->job_runs_on(job, 1002, "", next));
  }
  bool heeded(Time now) {
    const auto noted = callback_came(*store, "hash", now).value();
    return noted && noted->is_heeded;
  }
  std::optional<Time> next_poll(JobId job) { return store->find_job(job).value().next_poll_at; }
};

TEST_F(CallbacksTest, OneThatNobodyExpectsIsNone) {
  running(accept());
  EXPECT_FALSE(callback_came(*store, "another", at_second(5)).value());
}

TEST_F(CallbacksTest, ARunningJobIsDueAtOnceAndItsTimelineSaysWhy) {
  const auto id = accept();
  const auto job = running(id);
  const auto noted = callback_came(*store, "hash", at_second(5)).value();
  ASSERT_TRUE(noted);
  EXPECT_TRUE(noted->is_heeded);
  EXPECT_EQ(noted->job, job);
  EXPECT_EQ(noted->submission, id);
  EXPECT_EQ(next_poll(job), at_second(5));
  const auto seen = look(at_second(5));
  ASSERT_EQ(seen.polls.size(), 1U);
  EXPECT_EQ(seen.polls[0].job, job);
  const auto told = store->events_of(id).value().back();
  EXPECT_EQ(told.what, "called back");
  EXPECT_EQ(told.text, fmt::format("a callback says that job {} has ended; a poll follows", job));
}

TEST_F(CallbacksTest, ItChangesNothingButTheTimeOfThePoll) {
  const auto id = accept();
  const auto job = running(id);
  ASSERT_TRUE(heeded(at_second(5)));
  EXPECT_EQ(state_of(id), SubmissionState::importing);
  const auto now = store->find_job(job).value();
  EXPECT_EQ(now.state, JobState::running);
  EXPECT_EQ(now.polls, 0);
  EXPECT_EQ(look(at_second(5)).slots_held, 1);
}

TEST_F(CallbacksTest, AFloodBeforeThePollMakesOnePollAndOneEvent) {
  const auto id = accept();
  const auto job = running(id);
  ASSERT_TRUE(heeded(at_second(5)));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(heeded(at_second(6)));
  EXPECT_EQ(next_poll(job), at_second(5));
  EXPECT_EQ(std::ranges::count(timeline(id), "called back"), 1);
}

TEST_F(CallbacksTest, TheFirstCountsAtOnceHoweverRecentlyItWasPolledAndLaterOnesAreSpaced) {
  const auto job = running(accept());
  poll(job, at_second(5), at_second(300));
  ASSERT_TRUE(heeded(at_second(6)));
  EXPECT_EQ(next_poll(job), at_second(6));
  poll(job, at_second(6), at_second(300));
  ASSERT_TRUE(heeded(at_second(8)));
  EXPECT_EQ(next_poll(job), at_second(16)) << "ten seconds after the last poll";
  poll(job, at_second(16), at_second(300));
  ASSERT_TRUE(heeded(at_second(60)));
  EXPECT_EQ(next_poll(job), at_second(60));
}

TEST_F(CallbacksTest, AJobHeedsFiveOfThemAtMost) {
  const auto job = running(accept());
  for (int i = 1; i <= most_callbacks; ++i) {
    ASSERT_TRUE(heeded(at_second(100 * i)));
    poll(job, at_second(100 * i), at_second(10'000));
  }
  EXPECT_FALSE(heeded(at_second(1'000)));
  EXPECT_EQ(next_poll(job), at_second(10'000));
}

TEST_F(CallbacksTest, OneNeverMakesAPollLater) {
  const auto job = running(accept());
  ASSERT_TRUE(heeded(at_second(1)));
  poll(job, at_second(1), at_second(3));
  ASSERT_TRUE(heeded(at_second(2)));
  EXPECT_EQ(next_poll(job), at_second(3));
}

TEST_F(CallbacksTest, OneThatComesDuringAPollCountsWhenThatHasComeBack) {
  const auto job = running(accept());
  ASSERT_TRUE(store->begin_poll(job, limits, at_second(155), at_second(5)));
  ASSERT_TRUE(heeded(at_second(6)));
  EXPECT_EQ(next_poll(job), at_second(155)) << "not twice at once";
  ASSERT_TRUE(store->call_returned(job, at_second(7)));
  ASSERT_TRUE(store->job_runs_on(job, 1002, "", at_second(300)));
  EXPECT_EQ(next_poll(job), at_second(6)) << "what was answered may be older than the callback";
}

TEST_F(CallbacksTest, OneThatComesBeforeTheAnswerOfTheCreateCallCountsThen) {
  const auto job = expect(accept());
  ASSERT_TRUE(heeded(at_second(1)));
  let_run(job, at_second(300));
  EXPECT_EQ(next_poll(job), at_second(1));
}

TEST_F(CallbacksTest, OneThatComesWhileBatchesAreSentCountsBehindTheLast) {
  const auto job = expect(accept());
  ASSERT_TRUE(store->batch_accepted(job, {"77", "8", "r", "key", 50, {}}, start));
  ASSERT_TRUE(heeded(at_second(1)));
  ASSERT_TRUE(store->batch_accepted(job, {"77", "8", "r", "key", 100, at_second(300)}, at_second(2)));
  EXPECT_EQ(next_poll(job), at_second(1));
}

TEST_F(CallbacksTest, ALostJobIsLookedForAtOnce) {
  const auto id = accept();
  const auto job = expect(id);
  ASSERT_TRUE(store->mark_whole_sent(job));
  ASSERT_TRUE(store->call_returned(job, start));
  ASSERT_TRUE(
      store->job_ended(job, ended(JobState::lost, Await{at_second(60), "it broke"}, at_second(900)), at_second(1)));
  ASSERT_TRUE(heeded(at_second(5)));
  EXPECT_EQ(store->find_job(job).value().next_look_at, at_second(5));
  EXPECT_EQ(store->events_of(id).value().back().text,
            fmt::format("a callback says that job {} has ended; a look at the table's last import follows", job));
  ASSERT_TRUE(store->begin_look(job, limits, {0, 1}, at_second(150), at_second(5)));
  ASSERT_TRUE(heeded(at_second(6)));
  ASSERT_TRUE(store->call_returned(job, at_second(7)));
  ASSERT_TRUE(store->look_again(job, true, at_second(300)));
  EXPECT_EQ(store->find_job(job).value().next_look_at, at_second(15)) << "ten seconds after the last look";
}

TEST_F(CallbacksTest, OneThatComesBeforeTheJobIsFoundToBeLostCountsThen) {
  const auto job = expect(accept());
  ASSERT_TRUE(store->mark_whole_sent(job));
  ASSERT_TRUE(heeded(at_second(1)));
  ASSERT_TRUE(
      store->job_ended(job, ended(JobState::lost, Await{at_second(60), "it broke"}, at_second(900)), at_second(2)));
  EXPECT_EQ(store->find_job(job).value().next_look_at, at_second(1));
}

TEST_F(CallbacksTest, AnEndedJobsCallbackIsKnownAndHasNoEffect) {
  const auto id = accept();
  succeed(running(id), at_second(5));
  const auto noted = callback_came(*store, "hash", at_second(6)).value();
  ASSERT_TRUE(noted);
  EXPECT_FALSE(noted->is_heeded);
  EXPECT_EQ(state_of(id), SubmissionState::done);
  EXPECT_THAT(timeline(id), Not(Contains("called back")));
}

TEST_F(CallbacksTest, EachOfSeveralFilesIsToldOfIt) {
  const auto a = accept();
  const auto b = accept();
  const auto job = store->begin_job({JobPart{a}, JobPart{b}}, limits, cost, start).value().id;
  ASSERT_TRUE(expect_callback(*store, job, "hash"));
  ASSERT_TRUE(heeded(at_second(1)));
  EXPECT_THAT(timeline(a), Contains("called back"));
  EXPECT_THAT(timeline(b), Contains("called back"));
}

TEST_F(CallbacksTest, ASecretIsOfOneJobWhichIsNotYetSent) {
  const auto job = running(accept());
  const auto other = begin(accept({.table = "Other"}));
  EXPECT_EQ(code_of(expect_callback(*store, other, "hash")), Errc::already_exists);
  EXPECT_EQ(code_of(expect_callback(*store, job, "fresh")), Errc::stale);
  EXPECT_EQ(code_of(expect_callback(*store, 999, "fresh")), Errc::not_found);
}

TEST_F(CallbacksTest, ARestartKeepsThem) {
  const auto job = running(accept());
  restart();
  ASSERT_TRUE(heeded(at_second(5)));
  restart();
  EXPECT_EQ(next_poll(job), at_second(5));
}

}  // namespace
}  // namespace dropload::queue
