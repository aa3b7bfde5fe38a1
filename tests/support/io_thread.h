#pragma once

// An io_context with its one thread, for tests that talk to a server, or drive a client, from outside.

#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include "common/http/message.h"

namespace dropload::test {

class IoThread {
 public:
  IoThread() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
  ~IoThread() { stop(); }
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  http::asio::io_context& context() { return context_; }

  // Runs the coroutine on the thread and waits for what it gives, or throws what it throws.
  template <typename T>
  T run(http::Awaitable<T> task) {
    return http::asio::co_spawn(context_, std::move(task), http::asio::use_future).get();
  }

  // Calls the function on the thread and waits for it.
  template <typename Function>
  auto call(Function function) {
    return http::asio::post(context_, http::asio::use_future(std::move(function))).get();
  }

  // Nothing runs on the thread any more; what belongs to the context may now be destroyed.
  void stop() {
    work_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  http::asio::io_context context_;
  http::asio::executor_work_guard<http::asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace dropload::test
