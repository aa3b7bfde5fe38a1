#include "daemon/queue/store_thread.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <spdlog/spdlog.h>

#include "common/base/disk_reserve.h"
#include "common/db/query.h"
#include "common/db/savepoint.h"

namespace dropload::queue {
namespace {

constexpr Milliseconds reserve_stays_away{5'000};
constexpr std::uint64_t least_free = 1024 * 1024;  // with less, an I/O error is one of room

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

  std::optional<DiskReserve> reserve;
  bool is_full = false;  // the group that runs has found no room
  std::atomic<bool> short_of_room = false;
  Time reserve_again_at{};
  SystemClock system_clock;
  [[nodiscard]] const Clock& clock() const { return settings.clock != nullptr ? *settings.clock : system_clock; }

  std::mutex listener_mutex;
  std::function<void()> on_change;

  std::thread thread;

  void loop();
  void tell_of_change();
  void look_for_room();
  [[nodiscard]] std::uint64_t free_bytes() const;
  [[nodiscard]] bool has_room_for_reserve() const;
  void note(const Error& failed);
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

std::uint64_t StoreThread::Parts::free_bytes() const {
  struct statvfs room {};
  if (::statvfs(settings.reserve.parent_path().c_str(), &room) != 0) return UINT64_MAX;
  return static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
}

// And for as much beside it: what was just given up must not be taken back before it has served. Where a quota is full
// the system tells nothing, and only the time keeps the two apart.
bool StoreThread::Parts::has_room_for_reserve() const {
  return clock().now() >= reserve_again_at && free_bytes() >= 2 * static_cast<std::uint64_t>(settings.reserve_bytes);
}

// The index of a log that finds no room is an I/O error to SQLite.
void StoreThread::Parts::note(const Error& failed) {
  is_full = is_full || failed.code == Errc::no_space || (failed.code == Errc::io && free_bytes() < least_free);
}

void StoreThread::Parts::look_for_room() {
  if (!reserve) return;
  if (is_full) {
    reserve->give_up();
    short_of_room = true;
    reserve_again_at = clock().now() + reserve_stays_away;
  } else if (short_of_room && has_room_for_reserve()) {
    reserve->take();
    if (!reserve->is_taken()) return;
    short_of_room = false;
    spdlog::info("the queue: there is room on the disk again, and its reserve is taken back");
  }
  is_full = false;
}

// The error that ended the whole transaction, if one did: a disk that is full or fails.
std::optional<Error> StoreThread::Parts::run_piece(Piece& piece) {
  auto& database = store->database();
  try {
    db::Savepoint savepoint(database);
    const Error* failed = piece.run(*store);
    if (failed != nullptr) note(*failed);
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

void StoreThread::Parts::tell_of_change() {
  const std::lock_guard lock(listener_mutex);
  if (on_change) on_change();
}

void StoreThread::Parts::run_group(std::vector<std::unique_ptr<Piece>> group) {
  const int changes = sqlite3_total_changes(store->database().raw().getHandle());
  auto failure = begin(store->database());
  for (auto piece = group.begin(); piece != group.end() && !failure; ++piece) failure = run_piece(**piece);
  if (!failure) failure = commit(store->database());
  if (failure) note(*failure);
  look_for_room();
  for (auto& piece : group) piece->finish(failure ? &*failure : nullptr);
  if (!failure && sqlite3_total_changes(store->database().raw().getHandle()) != changes) tell_of_change();
}

StoreThread::StoreThread(std::unique_ptr<Store> store, Settings settings) : parts_(std::make_unique<Parts>()) {
  parts_->store = std::move(store);
  parts_->settings = settings;
  if (!parts_->settings.reserve.empty()) {
    parts_->reserve.emplace(parts_->settings.reserve, parts_->settings.reserve_bytes, "the queue");
    // What was given up before a restart is left for what the start has to write, unless there is more.
    if (std::filesystem::exists(parts_->settings.reserve) || parts_->has_room_for_reserve()) parts_->reserve->take();
    parts_->short_of_room = !parts_->reserve->is_taken();
  }
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

void StoreThread::on_change(std::function<void()> changed) {
  const std::lock_guard lock(parts_->listener_mutex);
  parts_->on_change = std::move(changed);
}

bool StoreThread::short_of_room() const {
  return parts_->short_of_room;
}

SubmissionId StoreThread::reserve_id() {
  return parts_->store->reserve_id();
}

}  // namespace dropload::queue
