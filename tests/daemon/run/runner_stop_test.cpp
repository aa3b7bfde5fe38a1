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

}  // namespace
}  // namespace dropload::run
