#pragma once

// Blocking steps of a coroutine run in the pool.
//
// Asio's own way, co_spawn into the pool's executor, must not be cancelled: its handler of the cancellation
// (Boost 1.81, impl/co_spawn.hpp) sends the signal's bare address to the other executor, where it may come after the
// signal has gone with the finished coroutine.

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/http/message.h"

namespace dropload {

// Runs `work()` in the pool and resumes on the caller's executor with what it returned, or throws what it threw. Not
// cancellable: once begun it is waited for, so `work` may refer to the caller's frame.
template <typename Work>
http::Awaitable<std::invoke_result_t<Work&>> on_pool(boost::asio::thread_pool& pool, Work work) {
  namespace asio = boost::asio;
  struct Outcome {
    std::optional<std::invoke_result_t<Work&>> result;
    std::exception_ptr thrown;
  };
  const auto outcome = std::make_shared<Outcome>();
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&pool, outcome, executor](auto handler, Work step) {
    // Tasks of the pool are copied; handlers can only be moved.
    auto shared_handler = std::make_shared<decltype(handler)>(std::move(handler));
    asio::post(pool, [outcome, executor, shared_handler, step = std::move(step)]() mutable {
      try {
        outcome->result.emplace(step());
      } catch (...) {
        outcome->thrown = std::current_exception();
      }
      asio::post(executor, [shared_handler] { std::move (*shared_handler)(); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(std::move(initiate), asio::use_awaitable,
                                                                        std::move(work));
  if (outcome->thrown) std::rethrow_exception(outcome->thrown);
  co_return std::move(*outcome->result);
}

// Runs `work(0)` to `work(count - 1)` in the pool, as many at once as it has threads for, and resumes when all of them
// have returned. They must not throw. Not cancellable, as above.
template <typename Work>
http::Awaitable<void> on_pool_all(boost::asio::thread_pool& pool, std::size_t count, Work work) {
  namespace asio = boost::asio;
  if (count == 0) co_return;
  const auto executor = co_await asio::this_coro::executor;
  const auto left = std::make_shared<std::atomic<std::size_t>>(count);
  auto initiate = [&pool, count, left, executor](auto handler, Work step) {
    auto shared_handler = std::make_shared<decltype(handler)>(std::move(handler));
    for (std::size_t i = 0; i < count; ++i) {
      asio::post(pool, [i, left, executor, shared_handler, step]() mutable {
        step(i);
        if (--*left == 0) asio::post(executor, [shared_handler] { std::move (*shared_handler)(); });
      });
    }
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(std::move(initiate), asio::use_awaitable,
                                                                        std::move(work));
}

}  // namespace dropload
