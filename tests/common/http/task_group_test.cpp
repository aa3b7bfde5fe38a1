#include "common/http/task_group.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>

#include "common/http/deadline.h"

namespace dropload::http {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

constexpr Milliseconds for_ever{3'600'000};

Awaitable<void> count(int& counter) {
  ++counter;
  co_return;
}

Awaitable<void> wait_until_cancelled(int& ended) {
  try {
    co_await sleep_for(for_ever);
  } catch (...) {
    ++ended;
    throw;
  }
}

Awaitable<void> wait_on_two(int& ended) {
  try {
    co_await (sleep_for(for_ever) || sleep_for(for_ever));
  } catch (...) {
    ended += is_cancellation(std::current_exception()) ? 1 : 100;
    throw;
  }
}

Awaitable<void> fail() {
  throw std::runtime_error("thrown on purpose");
  co_return;
}

Awaitable<void> stop_own_group(TaskGroup& group, int& after) {
  group.stop();
  ++after;
  co_return;
}

Awaitable<void> note_join(TaskGroup& group, bool& joined) {
  co_await group.join();
  joined = true;
}

Awaitable<void> note_drain(TaskGroup& group, Milliseconds grace, std::optional<bool>& by_themselves) {
  by_themselves = co_await group.drain(grace);
}

class TaskGroupTest : public testing::Test {
 protected:
  void run(Awaitable<void> task) { asio::co_spawn(context_, std::move(task), asio::detached); }
  asio::io_context context_;
  TaskGroup group_{context_.get_executor()};
};

TEST_F(TaskGroupTest, JoinWaitsForTheLastTask) {
  int ran = 0;
  bool joined = false;
  for (int i = 0; i < 10; ++i) group_.spawn("count", count(ran));
  EXPECT_EQ(ran, 0) << "a task ran before spawn returned";
  EXPECT_EQ(group_.size(), 10U);
  run(note_join(group_, joined));
  context_.run();
  EXPECT_EQ(ran, 10);
  EXPECT_TRUE(joined);
  EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, StopCancelsWhatTasksWaitFor) {
  int ended = 0;
  bool joined = false;
  group_.spawn("a", wait_until_cancelled(ended));
  group_.spawn("b", wait_on_two(ended));
  run(note_join(group_, joined));
  context_.poll();
  EXPECT_EQ(ended, 0);
  group_.stop();
  context_.run();
  EXPECT_EQ(ended, 2);
  EXPECT_TRUE(joined);
}

TEST_F(TaskGroupTest, WhatWasNotYetRunWhenItStoppedNeverRuns) {
  int ran = 0;
  group_.spawn("before", count(ran));
  group_.stop();
  group_.spawn("after", count(ran));
  context_.run();
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, ATaskMayStopItsOwnGroup) {
  int after = 0;
  group_.spawn("stopper", stop_own_group(group_, after));
  context_.run();
  EXPECT_EQ(after, 1);
  EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, AnExceptionEndsOnlyItsOwnTask) {
  int ran = 0;
  group_.spawn("failing", fail());
  group_.spawn("count", count(ran));
  EXPECT_NO_THROW(context_.run());
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(group_.size(), 0U);
}

TEST_F(TaskGroupTest, DrainSaysWhetherTheTasksEndedByThemselves) {
  int ran = 0;
  std::optional<bool> by_themselves;
  group_.spawn("count", count(ran));
  run(note_drain(group_, for_ever, by_themselves));
  context_.run();
  EXPECT_EQ(by_themselves, true);
  EXPECT_EQ(ran, 1);
}

TEST_F(TaskGroupTest, DrainStopsWhatIsLeftAfterTheGrace) {
  int ended = 0;
  std::optional<bool> by_themselves;
  group_.spawn("waits", wait_until_cancelled(ended));
  run(note_drain(group_, 1ms, by_themselves));
  context_.run();
  EXPECT_EQ(by_themselves, false);
  EXPECT_EQ(ended, 1);
}

Awaitable<void> note_wait(Wakeup& wakeup, std::optional<Milliseconds> at_most, int& woken) {
  co_await wakeup.wait(at_most);
  ++woken;
}

TEST_F(TaskGroupTest, ANotificationBeforeTheWaitIsKeptAndSeveralAreOne) {
  Wakeup wakeup(context_.get_executor());
  int woken = 0;
  wakeup.notify();
  wakeup.notify();
  run(note_wait(wakeup, std::nullopt, woken));
  context_.run();
  EXPECT_EQ(woken, 1);
  run(note_wait(wakeup, std::nullopt, woken));
  context_.restart();
  context_.poll();
  EXPECT_EQ(woken, 1) << "one notification woke two waits";
  wakeup.notify();
  context_.run();
  EXPECT_EQ(woken, 2);
}

TEST_F(TaskGroupTest, AWaitEndsByItsOwnTimeToo) {
  Wakeup wakeup(context_.get_executor());
  int woken = 0;
  run(note_wait(wakeup, 1ms, woken));
  context_.run();
  EXPECT_EQ(woken, 1);
}

TEST_F(TaskGroupTest, ACancelledWaitIsNoWakeup) {
  Wakeup wakeup(context_.get_executor());
  int woken = 0;
  group_.spawn("waits", note_wait(wakeup, std::nullopt, woken));
  context_.poll();
  group_.stop();
  context_.run();
  EXPECT_EQ(woken, 0);
  EXPECT_EQ(group_.size(), 0U);
}

}  // namespace
}  // namespace dropload::http
