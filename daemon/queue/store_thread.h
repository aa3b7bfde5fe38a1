#pragma once

// The one thread that owns the store. Work from any thread is queued, and everything that waits is done in one SQLite transaction (each
// piece in a savepoint of its own) with one fsync at its end: group commit. A piece's result is handed out only after that commit is durable;
// if the commit fails, all of its pieces fail with the commit's error and nothing of them has happened.
//
// The line is bounded (`max_waiting`): beyond it a piece fails at once with unavailable.

#include <functional>
#include <memory>
#include <type_traits>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/result.h"
#include "daemon/queue/store.h"

namespace dropload::queue {

class StoreThread {
 public:
  struct Settings {
    std::size_t max_waiting = 10'000;
    std::size_t max_group = 1'000;
  };

  explicit StoreThread(std::unique_ptr<Store> store) : StoreThread(std::move(store), Settings{}) {}
  StoreThread(std::unique_ptr<Store> store, Settings settings);
  // Finishes what waits, then joins.
  ~StoreThread();

  // Runs `work(Store&)` -> Result<R> on the store thread and resumes on the caller's executor once it is durable. The work must own what it uses.
  // Not cancellable: what was asked for happens.
  template <typename Work>
  boost::asio::awaitable<std::invoke_result_t<Work, Store&>> run(Work work);

  // The same for a caller that is a plain thread: blocks until durable.
  template <typename Work>
  std::invoke_result_t<Work, Store&> run_blocking(Work work);

  // See Store::reserve_id. Any thread, at once.
  SubmissionId reserve_id();

 private:
  // `run` does the work and keeps its result; `finish` hands it out, or the commit's error instead.
  struct Piece {
    std::function<bool(Store&)> run;  // false: it failed and its savepoint is to be rolled back
    std::function<void(const Error* commit_error)> finish;
  };
  void enqueue(Piece piece);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace dropload::queue

#include "daemon/queue/store_thread_impl.h"
