#include "common/http/task_group.h"

#include <spdlog/spdlog.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "common/http/deadline.h"

namespace dropload::http {

namespace {

void log_failure(const std::string& name, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    spdlog::error("{} ended by an exception: {}", name, e.what());
  } catch (...) {
    spdlog::error("{} ended by an exception of an unknown type", name);
  }
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : executor_(std::move(executor)), none_left_(executor_, asio::steady_timer::time_point::max()) {}

void TaskGroup::spawn(std::string_view name, Awaitable<void> task) {
  if (stopped_) return;
  const auto position = tasks_.emplace(tasks_.end());
  position->name = name;
  asio::co_spawn(executor_, run(position, std::move(task)),
                 asio::bind_cancellation_slot(position->cancel.slot(), [this, position](const std::exception_ptr& e) {
                   finished(position, e);
                 }));
}

// Asio's own frame around a task throws out of the io_context when it is cancelled before the task has been suspended
// once. So the first suspension is here, and stop() leaves alone what is not past it.
Awaitable<void> TaskGroup::run(TaskPosition position, Awaitable<void> task) {
  co_await asio::post(asio::use_awaitable);
  if (stopped_) co_return;
  position->started = true;
  co_await std::move(task);
}

void TaskGroup::finished(TaskPosition position, const std::exception_ptr& failure) {
  if (failure && !is_cancellation(failure)) log_failure(position->name, failure);
  tasks_.erase(position);
  if (tasks_.empty()) none_left_.cancel();
}

void TaskGroup::stop() {
  stopped_ = true;
  for (auto task = tasks_.begin(); task != tasks_.end();) {
    const auto current = task++;
    if (current->started) current->cancel.emit(asio::cancellation_type::terminal);
  }
}

Awaitable<void> TaskGroup::join() {
  while (!tasks_.empty()) {
    boost::system::error_code ec;
    co_await none_left_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (cancelled != asio::cancellation_type::none) throw boost::system::system_error(ec);
  }
}

Awaitable<bool> TaskGroup::drain(Milliseconds grace) {
  using namespace asio::experimental::awaitable_operators;
  const auto first = co_await (join() || sleep_for(grace));
  if (first.index() == 0) co_return true;
  stop();
  co_await join();
  co_return false;
}

}  // namespace dropload::http
