#include <future>

#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {
namespace {

TEST_F(RunnerTest, AJobThatIsJustBeingBegunIsStoppedWithTheOthers) {
  target_->hang_before_last_piece = true;
  const auto id = submit("sales");
  bool stopped = false;
  // The next thing after the file has been opened is that the intent is committed.
  files_.opening = [&] {
    asio::co_spawn(io_, stop_runner(Milliseconds{0}), [&](const std::exception_ptr&) { stopped = true; });
  };
  start();
  run_until([&] { return stopped; });
  EXPECT_EQ(target_->under_way, 0);
  EXPECT_EQ(find(id).state, SubmissionState::queued);
}

TEST_F(RunnerTest, NothingIsBegunAnyMoreOnceItStops) {
  start();
  runner_->begin_stop();
  const auto id = submit("sales");
  runner_->wake();
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  EXPECT_TRUE(target_->submitted.empty());
}

TEST_F(RunnerTest, AStopWhileAFileIsPutAwayTouchesNothingThatIsGone) {
  std::promise<void> begun, may_go_on, may_end;
  files_.moving = [&] {
    begun.set_value();
    may_go_on.get_future().wait();
  };
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
  pass(context_->settings.outcome.first_poll);
  const auto has_begun = begun.get_future();
  run_until([&] { return has_begun.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  // What the stop may ask of the pool stands behind this, and comes when the task has long been over.
  asio::post(pool_, [end = may_end.get_future().share()] { end.wait(); });
  bool stopped = false, released = false;
  asio::co_spawn(io_, stop_runner(Milliseconds{0}), [&](const std::exception_ptr&) { stopped = true; });
  run_until([&] {
    if (!std::exchange(released, true)) may_go_on.set_value();
    return stopped;
  });
  may_end.set_value();
  pool_.join();
  EXPECT_EQ(find(id).state, SubmissionState::done);
}

}  // namespace
}  // namespace dropload::run
