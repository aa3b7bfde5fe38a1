#pragma once

// Copies a database's write-ahead log into the database's file, on a thread of its own: a commit is on the disk once it
// is in the log, and neither it nor the next writer need wait for the copy.

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "common/base/result.h"
#include "common/db/database.h"

namespace dropload::service {

struct LogLimits {
  int pages_worth_copying = 1000;  // SQLite's own measure
  // Writers go faster than the copy, and only a log that has been copied whole begins anew: from here on they wait.
  int most_pages = 16 * 1024;
};

class Checkpoints {
 public:
  // The file is there and keeps a log. Errors: those of db::Database::open.
  static Result<std::unique_ptr<Checkpoints>> start(const std::filesystem::path& file, LogLimits limits = {});
  // Waits for a copy that is under way.
  ~Checkpoints();
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  // From now on this copies what the connection commits, and the connection does not. The connection outlives this.
  void watch(db::Database& writer);
  // Waits while the log is too long and being copied; false when stop was requested first. A copy that fails, or that a
  // reader keeps from going on, is not waited for. Any thread.
  bool wait_for_room(const std::stop_token& stop);

 private:
  Checkpoints(std::unique_ptr<db::Database> database, LogLimits limits);
  void committed(int pages);
  void run(const std::stop_token& stop);
  void copy();

  const LogLimits limits_;
  std::unique_ptr<db::Database> database_;  // the thread's
  sqlite3* watched_ = nullptr;
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  bool wanted_ = false;
  bool copying_ = false;
  int pages_ = 0;  // of the log, when it was last looked at
  std::jthread thread_;
};

}  // namespace dropload::service
