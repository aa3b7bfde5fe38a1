// What belongs to an organization that has left the configuration.

#include "daemon/run/stranded.h"

#include "tests/daemon/run/runner_fixture.h"
#include "tests/support/captured_log.h"

namespace dropload::run {
namespace {

class StrandedTest : public RunnerTest {
 protected:
  http::Awaitable<void> hold() {
    const auto held = co_await hold_stranded(*context_);
    held_ = held.has_value();
  }
  bool held_ = false;
};

TEST_F(StrandedTest, AtStartItIsSaidThatAJobUnderAnOldNameDoesNotCountForTheNewOne) {
  const auto runs = submit("a");
  start();
  run_until([&] { return !jobs_of(runs).empty() && jobs_of(runs).front().state == queue::JobState::running; });
  run_until_done(stop_runner(Milliseconds{0}));
  const auto waits = submit("b");
  context_->organizations.erase("acme");
  const test::CapturedLog log;
  run_until_done(hold());
  EXPECT_TRUE(held_);
  EXPECT_EQ(find(waits).state, SubmissionState::held);
  EXPECT_EQ(find(runs).state, SubmissionState::importing);
  EXPECT_THAT(log.text(), HasSubstr("organization acme is not in the configuration any more, and 1 of its jobs are "
                                    "running"));
  EXPECT_THAT(log.text(), HasSubstr("If it has a new name, the slots of these jobs and its calls of the last minute do "
                                    "not count for that: give it its old name back until they have ended"));
}

}  // namespace
}  // namespace dropload::run
