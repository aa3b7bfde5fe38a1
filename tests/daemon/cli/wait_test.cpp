#include "daemon/cli/wait.h"

#include <gtest/gtest.h>

namespace dropload::cli {
namespace {

queue::Submission in_state(queue::SubmissionState state, std::optional<queue::Rows> rows = std::nullopt) {
  queue::Submission submission;
  submission.state = state;
  submission.rows = rows;
  return submission;
}

TEST(ExitOf, OnlyEveryRowInIsSuccess) {
  using enum queue::SubmissionState;
  EXPECT_EQ(exit_of(in_state(done, queue::Rows{12, 12, 0})), Exit::success);
  EXPECT_EQ(exit_of(in_state(done, queue::Rows{12, 12, 3})), Exit::success) << "warnings lose no row";
  EXPECT_EQ(exit_of(in_state(done, queue::Rows{12, 11, 0})), Exit::rows_rejected);
  EXPECT_EQ(exit_of(in_state(done)), Exit::rows_rejected) << "nobody counted";
  EXPECT_EQ(exit_of(in_state(held)), Exit::held);
  EXPECT_EQ(exit_of(in_state(queue::SubmissionState::failed)), Exit::failed);
  EXPECT_EQ(exit_of(in_state(cancelled)), Exit::failed);
  EXPECT_EQ(exit_of(in_state(superseded)), Exit::failed);
  EXPECT_EQ(exit_of(in_state(queued)), std::nullopt);
  EXPECT_EQ(exit_of(in_state(importing)), std::nullopt);
}

TEST(Worse, OfSeveralFilesTheWorstCounts) {
  EXPECT_EQ(worse(Exit::success, Exit::success), Exit::success);
  EXPECT_EQ(worse(Exit::success, Exit::rows_rejected), Exit::rows_rejected);
  EXPECT_EQ(worse(Exit::held, Exit::failed), Exit::failed);
  EXPECT_EQ(worse(Exit::failed, Exit::held), Exit::failed);
  EXPECT_EQ(worse(Exit::timed_out, Exit::held), Exit::timed_out);
  EXPECT_EQ(worse(Exit::not_accepted, Exit::failed), Exit::not_accepted);
  EXPECT_EQ(worse(Exit::not_running, Exit::error), Exit::error);
}

TEST(Worse, TheCodesAreThoseThatAreDocumented) {
  EXPECT_EQ(static_cast<int>(Exit::success), 0);
  EXPECT_EQ(static_cast<int>(Exit::error), 1);
  EXPECT_EQ(static_cast<int>(Exit::rows_rejected), 2);
  EXPECT_EQ(static_cast<int>(Exit::failed), 3);
  EXPECT_EQ(static_cast<int>(Exit::held), 4);
  EXPECT_EQ(static_cast<int>(Exit::timed_out), 5);
  EXPECT_EQ(static_cast<int>(Exit::not_accepted), 6);
  EXPECT_EQ(static_cast<int>(Exit::not_running), 7);
}

TEST(PauseBeforeLook, LooksBecomeRarer) {
  EXPECT_EQ(pause_before_look(Milliseconds(0)), Milliseconds(500));
  EXPECT_EQ(pause_before_look(Milliseconds(29'999)), Milliseconds(500));
  EXPECT_EQ(pause_before_look(Milliseconds(30'000)), Milliseconds(2'000));
  EXPECT_EQ(pause_before_look(Milliseconds(3'600'000)), Milliseconds(5'000));
}

}  // namespace
}  // namespace dropload::cli
