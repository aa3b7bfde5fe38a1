#pragma once

// The templates of store_thread.h.

#include <future>

#include "daemon/queue/store_thread.h"

namespace dropload::queue {

template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work, Store&>> StoreThread::run(Work work) {
  namespace asio = boost::asio;
  using R = std::invoke_result_t<Work, Store&>;
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [this, executor](auto handler, Work piece_of_work) {
    // std::function wants what can be copied; handlers can only be moved.
    auto shared_handler = std::make_shared<decltype(handler)>(std::move(handler));
    auto shared_result = std::make_shared<std::optional<R>>();
    Piece piece;
    piece.run = [shared_result, piece_of_work = std::move(piece_of_work)](Store& store) mutable {
      shared_result->emplace(piece_of_work(store));
      return shared_result->value().has_value();
    };
    piece.finish = [shared_result, shared_handler, executor](const Error* commit_error) {
      R result = commit_error != nullptr ? R(*commit_error) : std::move(shared_result->value());
      asio::post(executor, [shared_handler, result = std::move(result)]() mutable {
        (*shared_handler)(std::move(result));
      });
    };
    enqueue(std::move(piece));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(R)>(std::move(initiate), asio::use_awaitable,
                                                                                  std::move(work));
}

template <typename Work>
std::invoke_result_t<Work, Store&> StoreThread::run_blocking(Work work) {
  using R = std::invoke_result_t<Work, Store&>;
  std::optional<R> result;
  std::promise<void> done;
  auto finished = done.get_future();
  Piece piece;
  piece.run = [&result, &work](Store& store) {
    result.emplace(work(store));
    return result->has_value();
  };
  piece.finish = [&result, &done](const Error* commit_error) {
    if (commit_error != nullptr) result.emplace(*commit_error);
    done.set_value();
  };
  enqueue(std::move(piece));
  finished.wait();
  return std::move(*result);
}

}  // namespace dropload::queue
