#include "tests/daemon/run/runner_fixture.h"

// What the runner does while the queue cannot be read or written.

namespace dropload::run {
namespace {

TEST_F(RunnerTest, AnAnswerIsKeptUntilTheQueueCanTakeIt) {
  target_->answering = [this] { lock_queue(); };
  const auto id = submit("sales");
  start();
  run_until([&] { return tries_while_locked_ >= 3; });
  unlock_queue();
  run_until([&] { return jobs_of(id)[0].state == queue::JobState::running; });
  EXPECT_EQ(jobs_of(id)[0].remote_id, "job-1");
}

TEST_F(RunnerTest, ASummaryIsKeptUntilTheQueueCanTakeIt) {
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
  target_->answering = [this] { lock_queue(); };
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return tries_while_locked_ >= 3; });
  unlock_queue();
  run_until_state(id, SubmissionState::done);
  EXPECT_EQ(target_->polled.size(), 1U);
}

TEST_F(RunnerTest, ARestartThatCannotSettleWhatACrashLeftFails) {
  const auto id = submit("sales");
  const auto limits = context_->organizations.at("acme").limits;
  ASSERT_TRUE(store_->run_blocking([&](Store& store) { return store.begin_job(id, limits, {1, 0}, clock_.now()); }));
  break_ends_of_jobs();
  run_until_done(recover_runner());
  EXPECT_FALSE(recovered_);
}

TEST_F(RunnerTest, StoppingDoesNotWaitForEverForADiskThatStaysFull) {
  target_->hang = true;
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].whole_sent; });
  break_ends_of_jobs();
  run_until_done(stop_runner(Milliseconds{0}));
  mend_ends_of_jobs();
  EXPECT_EQ(jobs_of(id)[0].state, queue::JobState::uploading) << "the next start settles it";
}

}  // namespace
}  // namespace dropload::run
