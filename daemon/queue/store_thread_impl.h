#pragma once

// The templates of store_thread.h.

#include <future>
#include <optional>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "daemon/queue/store_thread.h"

namespace dropload::queue {

// The error of the exception that is being handled.
Error error_of_current_exception();

template <typename Work>
class StoreThread::WorkPiece : public Piece {
 protected:
  using R = std::invoke_result_t<Work, Store&>;

  explicit WorkPiece(Work work) : work_(std::move(work)) {}

  const Error* run(Store& store) override {
    try {
      result_.emplace(work_(store));
    } catch (...) {
      result_.emplace(error_of_current_exception());
    }
    return result_->has_value() ? nullptr : &(error_ = result_->error());
  }
  R take(const Error* instead) { return instead != nullptr ? R(*instead) : std::move(*result_); }

 private:
  Work work_;
  std::optional<R> result_;
  Error error_;
};

template <typename Work>
class StoreThread::BlockingPiece final : public WorkPiece<Work> {
 public:
  using typename WorkPiece<Work>::R;

  explicit BlockingPiece(Work work) : WorkPiece<Work>(std::move(work)) {}
  std::future<R> future() { return promise_.get_future(); }
  void finish(const Error* instead) override { promise_.set_value(this->take(instead)); }

 private:
  std::promise<R> promise_;
};

template <typename Work, typename Handler>
class StoreThread::AsyncPiece final : public WorkPiece<Work> {
 public:
  using typename WorkPiece<Work>::R;

  AsyncPiece(Work work, Handler handler)
      : WorkPiece<Work>(std::move(work)),
        waiting_(boost::asio::get_associated_executor(handler)),
        handler_(std::move(handler)) {}

  // The handler goes with the message: it is run, or destroyed, where its coroutine lives, never on the store thread.
  void finish(const Error* instead) override {
    boost::asio::post(waiting_.get_executor(), [handler = std::move(handler_), result = this->take(instead)]() mutable {
      std::move(handler)(std::move(result));
    });
  }

 private:
  // Keeps the context's run() from returning while the answer is outstanding.
  boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> waiting_;
  Handler handler_;
};

template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work, Store&>> StoreThread::run(Work work) {
  using R = std::invoke_result_t<Work, Store&>;
  auto initiate = [this](auto handler, Work piece_of_work) {
    using Handler = decltype(handler);
    enqueue(std::make_unique<AsyncPiece<Work, Handler>>(std::move(piece_of_work), std::move(handler)));
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(R)>(
      std::move(initiate), boost::asio::use_awaitable, std::move(work));
}

template <typename Work>
std::invoke_result_t<Work, Store&> StoreThread::run_blocking(Work work) {
  auto piece = std::make_unique<BlockingPiece<Work>>(std::move(work));
  auto result = piece->future();
  enqueue(std::move(piece));
  return result.get();
}

}  // namespace dropload::queue
