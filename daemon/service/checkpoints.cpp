#include "daemon/service/checkpoints.h"

#include <spdlog/spdlog.h>
#include <sqlite3.h>

namespace dropload::service {
namespace {

constexpr int copier_cache_kib = 64;  // it has a buffer of its own

}  // namespace

Result<std::unique_ptr<Checkpoints>> Checkpoints::start(const std::filesystem::path& file, LogLimits limits) {
  auto database = db::Database::open(file, {.cache_kib = copier_cache_kib});
  if (!database) return database.error();
  return std::unique_ptr<Checkpoints>(new Checkpoints(std::move(*database), limits));
}

Checkpoints::Checkpoints(std::unique_ptr<db::Database> database, LogLimits limits)
    : limits_(limits), database_(std::move(database)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

Checkpoints::~Checkpoints() {
  // This is what takes the hook away again.
  if (watched_ != nullptr) sqlite3_wal_autocheckpoint(watched_, limits_.pages_worth_copying);
  thread_.request_stop();
  thread_.join();
}

void Checkpoints::watch(db::Database& writer) {
  watched_ = writer.raw().getHandle();
  const auto hook = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Checkpoints*>(self)->committed(pages);
    return SQLITE_OK;
  };
  // Takes the place of the hook by which SQLite copies within the commit.
  sqlite3_wal_hook(watched_, hook, this);
}

void Checkpoints::committed(int pages) {
  {
    const std::lock_guard lock(mutex_);
    pages_ = pages;
    wanted_ = wanted_ || pages >= limits_.pages_worth_copying;
  }
  changed_.notify_all();
}

bool Checkpoints::wait_for_room(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, stop, [this] { return pages_ < limits_.most_pages || !(wanted_ || copying_); });
}

void Checkpoints::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return wanted_; })) {
    wanted_ = false;
    copying_ = true;
    lock.unlock();
    copy();
    lock.lock();
    copying_ = false;
    changed_.notify_all();
  }
}

// Waits neither for readers nor for a writer: it copies what it can.
void Checkpoints::copy() {
  const int code =
      sqlite3_wal_checkpoint_v2(database_->raw().getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code == SQLITE_OK || code == SQLITE_BUSY) return;
  spdlog::warn("import service: the write-ahead log stays as it is for now, as it could not be copied: {}",
               sqlite3_errstr(code));
}

}  // namespace dropload::service
