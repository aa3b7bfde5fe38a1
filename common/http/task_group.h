#pragma once

// Nothing is spawned outside a task group: it knows its tasks, tells them to stop and waits until the last one has.
// Belongs to one io_context that one thread runs; all calls on that thread.

#include <cstddef>
#include <exception>
#include <list>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.h"
#include "common/http/message.h"

namespace dropload::http {

class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  // REQUIRES: no task is left (join has completed) or the io_context will not run again.
  ~TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Runs the task, never before spawn has returned. An exception out of it is logged with the name and ends only this
  // task (cancellation is not an error). After stop() nothing starts any more: the task is destroyed unrun.
  void spawn(std::string_view name, Awaitable<void> task);
  [[nodiscard]] std::size_t size() const { return tasks_.size(); }

  // Asks every task to stop: terminal cancellation of what it waits for, which surfaces as operation_aborted.
  void stop();
  // Waits until no task is left.
  Awaitable<void> join();
  // Waits at most this long for tasks to end by themselves; then stop() and wait for the rest. True when none had to be
  // stopped.
  Awaitable<bool> drain(Milliseconds grace);

 private:
  struct Task {
    std::string name;
    asio::cancellation_signal cancel;
    bool started = false;
  };
  using TaskPosition = std::list<Task>::iterator;

  Awaitable<void> run(TaskPosition position, Awaitable<void> task);
  void finished(TaskPosition position, const std::exception_ptr& failure);

  asio::any_io_executor executor_;
  std::list<Task> tasks_;
  asio::steady_timer none_left_;  // cancelled when the last task ends
  bool stopped_ = false;
};

}  // namespace dropload::http
