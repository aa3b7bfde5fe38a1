#pragma once

// Threads for work that blocks: writing and syncing uploads, loading files. A coroutine gives it a piece of work and
// goes on, on its own executor, when it is done.

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/http/message.h"

namespace dropload::service {

class Pool {
 public:
  explicit Pool(std::size_t threads) : threads_(threads) {}
  // REQUIRES: no run() is under way.
  ~Pool() { threads_.join(); }

  // What work() gives; an exception out of it surfaces here. Not cancellable: the work may use what the caller's frame
  // holds.
  template <typename Work>
  http::Awaitable<std::invoke_result_t<Work>> run(Work work) {
    using Outcome = std::optional<std::invoke_result_t<Work>>;
    const auto executor = co_await http::asio::this_coro::executor;
    auto initiate = [this, executor](auto handler, Work* task) {
      http::asio::post(threads_, [executor, task, handler = std::move(handler),
                                  busy = http::asio::make_work_guard(executor)]() mutable {
        Outcome outcome;
        std::exception_ptr thrown;
        try {
          outcome.emplace((*task)());
        } catch (...) {
          thrown = std::current_exception();
        }
        http::asio::post(executor, [handler = std::move(handler), thrown, outcome = std::move(outcome)]() mutable {
          std::move(handler)(thrown, std::move(outcome));
        });
      });
    };
    Outcome outcome =
        co_await http::asio::async_initiate<const http::asio::use_awaitable_t<>&, void(std::exception_ptr, Outcome)>(
            std::move(initiate), http::asio::use_awaitable, &work);
    co_return std::move(*outcome);
  }

 private:
  http::asio::thread_pool threads_;
};

}  // namespace dropload::service
