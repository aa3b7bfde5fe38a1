#pragma once

// The one thread that owns the store. Work from any thread is queued, and everything that waits is done in one SQLite
// transaction (each piece in a savepoint of its own) with one fsync at its end: group commit. A piece's result is
// handed out only after that commit is durable; if the commit fails, all of its pieces fail with the commit's error and
// nothing of them has happened. An exception that a piece throws becomes its error (internal) and undoes that piece
// alone.
//
// The line is bounded (`max_waiting`): beyond it a piece fails at once with unavailable.
//
// When the disk is full a reserve beside the database is given up (a piece that failed for it has failed; whoever must
// not give up asks again), so that what running jobs bring can be recorded, and taken back when there is room for it.
//
// Destroy it before the io contexts whose coroutines wait for it: what was asked for still happens, and the answers are
// posted there.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <type_traits>

#include "common/base/result.h"
#include "daemon/queue/store.h"

namespace dropload::queue {

class StoreThread {
 public:
  struct Settings {
    std::size_t max_waiting = 10'000;
    std::size_t max_group = 1'000;
    std::filesystem::path reserve{};  // the file; "": none
    // A whole log (1,000 pages, then it is begun anew) and as much again for the tables.
    const Clock* clock = nullptr;  // for when it is taken back; null: the system's. Outlives the thread
    std::int64_t reserve_bytes = 8 * 1024 * 1024;
  };

  explicit StoreThread(std::unique_ptr<Store> store) : StoreThread(std::move(store), Settings{}) {}
  StoreThread(std::unique_ptr<Store> store, Settings settings);
  // Finishes what waits, then joins.
  ~StoreThread();

  // Runs `work(Store&)` -> Result<R> on the store thread and resumes on the caller's executor once it is durable. The
  // work must own what it uses. Not cancellable: what was asked for happens. Until then the executor's context has
  // work, so its run() does not return.
  template <typename Work>
  boost::asio::awaitable<std::invoke_result_t<Work, Store&>> run(Work work);

  // The same for a caller that is a plain thread: blocks until durable.
  template <typename Work>
  std::invoke_result_t<Work, Store&> run_blocking(Work work);

  // Is called on the store thread after each commit that has changed something; it must not block, nor wait for the
  // store. Takes the place of the one before; returns when that one is not running any more.
  void on_change(std::function<void()> changed);

  // The reserve is given up and not taken back yet: nothing should begin that will want more to be recorded. What is
  // run meanwhile also looks whether there is room again. Any thread, at once.
  [[nodiscard]] bool short_of_room() const;

  // See Store::reserve_id. Any thread, at once.
  SubmissionId reserve_id();

 private:
  // One piece of work with whoever waits for it.
  class Piece {
   public:
    virtual ~Piece() = default;
    // Does the work and keeps its result. Not null: why it failed, and what it did is to be undone. Throws nothing.
    virtual const Error* run(Store& store) = 0;
    // Hands out the result, or this error instead. Called once.
    virtual void finish(const Error* instead) = 0;
  };
  template <typename Work>
  class WorkPiece;
  template <typename Work>
  class BlockingPiece;
  template <typename Work, typename Handler>
  class AsyncPiece;

  void enqueue(std::unique_ptr<Piece> piece);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace dropload::queue

#include "daemon/queue/store_thread_impl.h"
