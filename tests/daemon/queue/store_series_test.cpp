#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

class StoreSeries : public QueueTest {
 protected:
  static BatchTaken taken(std::uint64_t next_offset, std::optional<Time> poll_at = {}) {
    return {"77", "88", "remote", "key", next_offset, poll_at};
  }
  JobId begun() {
    const auto job = begin(accept());
    EXPECT_TRUE(store->mark_whole_sent(job));
    EXPECT_TRUE(store->batch_accepted(job, taken(40), start));
    return job;
  }
  Job job_of(JobId id) { return store->find_job(id).value(); }
};

TEST_F(StoreSeries, ATakenBatchLeavesTheNextOneDueAndTheLastOneAJobThatRuns) {
  const auto job = begun();
  EXPECT_EQ(job_of(job).state, JobState::uploading);
  EXPECT_FALSE(job_of(job).whole_sent) << "that of the next batch";
  EXPECT_EQ(job_of(job).batch_offset, 40U);
  EXPECT_EQ(job_of(job).batch_view, "88");
  ASSERT_EQ(look().batches.size(), 1U);
  ASSERT_TRUE(store->begin_batch(job, limits, at_second(9), start));
  EXPECT_TRUE(look().batches.empty()) << "it is under way";
  ASSERT_TRUE(store->mark_whole_sent(job));
  ASSERT_TRUE(store->batch_accepted(job, taken(100, at_second(2)), start));
  EXPECT_EQ(job_of(job).state, JobState::running);
  EXPECT_EQ(job_of(job).batches, 2);
  EXPECT_EQ(look().next_poll_at, at_second(2));
  ASSERT_TRUE(store->job_succeeded(job, {10, 10, 0}, "", "{}", start));
}

TEST_F(StoreSeries, ABatchIsBegunOnceAndWhenItIsDueAndTheBudgetHasRoom) {
  const auto job = begun();
  ASSERT_TRUE(store->batch_again(job, "busy", true, at_second(5)));
  EXPECT_EQ(look().next_batch_at, at_second(5));
  EXPECT_EQ(job_of(job).failed_polls, 1);
  EXPECT_EQ(code_of(store->begin_batch(job, limits, at_second(9), at_second(4))), Errc::stale);
  limits.requests.bulk = 1;
  EXPECT_EQ(code_of(store->begin_batch(job, limits, at_second(9), at_second(5))), Errc::stale) << "begin_job has it";
  EXPECT_EQ(job_of(job).next_batch_at, at_second(5)) << "it is due still";
  limits.requests.bulk = 40;
  ASSERT_TRUE(store->begin_batch(job, limits, at_second(9), at_second(5)));
  EXPECT_EQ(code_of(store->begin_batch(job, limits, at_second(9), at_second(5))), Errc::stale);
}

TEST_F(StoreSeries, ASeriesThatTheServiceKnowsHoldsItsSlotButIsNoUploadThatAnswersAProbe) {
  begin(accept({.table = "A"}));
  begun();
  EXPECT_EQ(look().slots_held, 2);
  EXPECT_EQ(look().uploading, 1);
}

TEST_F(StoreSeries, ALostOneMayBeClosedWhileItHoldsItsSlot) {
  const auto job = begun();
  auto end = ended(JobState::lost, Hold{});
  end.close_at = start;
  EXPECT_EQ(code_of(store->job_ended(job, end, start)), Errc::invalid_argument);
  end.holds_slot_until = at_second(3600);
  ASSERT_TRUE(store->job_ended(job, end, start));
  ASSERT_EQ(look().batches.size(), 1U);
  ASSERT_TRUE(store->begin_batch(job, limits, at_second(9), start));
  EXPECT_EQ(look().next_batch_at, at_second(9)) << "should a crash come between";
  ASSERT_TRUE(store->series_closed(job, at_second(60), start));
  EXPECT_FALSE(job_of(job).next_batch_at);
  EXPECT_EQ(job_of(job).holds_slot_until, at_second(60));
  ASSERT_TRUE(store->settle_lost(job, at_second(60)));
  EXPECT_EQ(code_of(store->series_closed(job, at_second(60), start)), Errc::stale);
}

TEST_F(StoreSeries, SettlingALostOneEndsTheWishToCloseIt) {
  const auto job = begun();
  auto end = ended(JobState::lost, Hold{}, at_second(60));
  end.close_at = start;
  ASSERT_TRUE(store->job_ended(job, end, start));
  ASSERT_TRUE(store->settle_lost(job, at_second(60)));
  EXPECT_TRUE(look(at_second(60)).batches.empty());
}

TEST_F(StoreSeries, OneThatTheServiceHasEndedIsPolled) {
  const auto job = begun();
  ASSERT_TRUE(store->batches_refused(job, "it has ended", at_second(1), start));
  EXPECT_EQ(job_of(job).state, JobState::running);
  EXPECT_EQ(look().next_poll_at, at_second(1));
  EXPECT_TRUE(look().batches.empty());
}

}  // namespace
}  // namespace dropload::queue
