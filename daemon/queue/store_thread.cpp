#include "daemon/queue/store_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <sqlite3.h>

#include "common/db/query.h"
#include "common/db/savepoint.h"

namespace dropload::queue {
namespace {

// An open transaction; SQLite ends it by itself on some errors of the disk.
bool in_transaction(db::Database& database) {
  return sqlite3_get_autocommit(database.raw().getHandle()) == 0;
}

std::optional<Error> begin(db::Database& database) {
  try {
    database.statement("BEGIN IMMEDIATE").exec();
    return std::nullopt;
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "cannot begin to write to the queue");
  }
}

std::optional<Error> commit(db::Database& database) {
  try {
    database.statement("COMMIT").exec();
    return std::nullopt;
  } catch (const SQLite::Exception& exception) {
    if (in_transaction(database)) database.raw().tryExec("ROLLBACK");
    return db::error_from_sqlite(exception, "cannot make changes of the queue durable");
  }
}

}  // namespace

Error error_of_current_exception() {
  try {
    throw;
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "the queue's database failed");
  } catch (const std::exception& exception) {
    return error(Errc::internal, "unforeseen failure on the store thread: {}", exception.what());
  } catch (...) {
    return error(Errc::internal, "unforeseen failure on the store thread");
  }
}

struct StoreThread::Parts {
  std::unique_ptr<Store> store;
  Settings settings;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Piece>> waiting;
  bool stopping = false;

  std::thread thread;

  void loop();
  std::vector<std::unique_ptr<Piece>> next_group();
  void run_group(std::vector<std::unique_ptr<Piece>> group);
  std::optional<Error> run_piece(Piece& piece);
};

// Empty when everything is done and the thread is to end.
std::vector<std::unique_ptr<StoreThread::Piece>> StoreThread::Parts::next_group() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return stopping || !waiting.empty(); });
  std::vector<std::unique_ptr<Piece>> group;
  while (!waiting.empty() && group.size() < settings.max_group) {
    group.push_back(std::move(waiting.front()));
    waiting.pop_front();
  }
  return group;
}

void StoreThread::Parts::loop() {
  for (auto group = next_group(); !group.empty(); group = next_group()) run_group(std::move(group));
}

// The error that ended the whole transaction, if one did: a disk that is full or fails.
std::optional<Error> StoreThread::Parts::run_piece(Piece& piece) {
  auto& database = store->database();
  try {
    db::Savepoint savepoint(database);
    const Error* failed = piece.run(*store);
    if (failed == nullptr) {
      savepoint.release();
    } else if (!in_transaction(database)) {
      return *failed;
    }
    return std::nullopt;
  } catch (const SQLite::Exception& exception) {
    if (in_transaction(database)) database.raw().tryExec("ROLLBACK");
    return db::error_from_sqlite(exception, "cannot write to the queue");
  }
}

void StoreThread::Parts::run_group(std::vector<std::unique_ptr<Piece>> group) {
  auto failure = begin(store->database());
  for (auto piece = group.begin(); piece != group.end() && !failure; ++piece) failure = run_piece(**piece);
  if (!failure) failure = commit(store->database());
  for (auto& piece : group) piece->finish(failure ? &*failure : nullptr);
}

StoreThread::StoreThread(std::unique_ptr<Store> store, Settings settings) : parts_(std::make_unique<Parts>()) {
  parts_->store = std::move(store);
  parts_->settings = settings;
  parts_->thread = std::thread([parts = parts_.get()] { parts->loop(); });
}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
  }
  parts_->changed.notify_one();
  parts_->thread.join();
}

void StoreThread::enqueue(std::unique_ptr<Piece> piece) {
  {
    const std::lock_guard lock(parts_->mutex);
    if (parts_->waiting.size() < parts_->settings.max_waiting) parts_->waiting.push_back(std::move(piece));
  }
  if (!piece) {
    parts_->changed.notify_one();
    return;
  }
  const Error full =
      error(Errc::unavailable, "the queue has too much to write already ({} changes wait): try again later",
            parts_->settings.max_waiting);
  piece->finish(&full);
}

SubmissionId StoreThread::reserve_id() {
  return parts_->store->reserve_id();
}

}  // namespace dropload::queue
