#pragma once

// The import service's tables: one SQLite file that people open with sqlite3 too. Every view is a real table with the
// file's column names and readable types (TEXT, INTEGER, REAL, DECIMAL, DATE and DATETIME as ISO 8601 text, BOOLEAN as
// 0 and 1). The table is called as the view is; where two workspaces have a view of one name, the later one is
// "<workspace>.<view>". The catalogue (dropload_view, dropload_column) lies in the same file and is changed in the same
// transaction as the tables, so the two cannot drift apart.
//
// Names are compared as SQLite compares them: without regard to case in ASCII.
//
// Any thread may call. Readers have a connection of their own and are never blocked by a load, of which they see all or
// nothing (WAL). There is one writer at a time; the others wait for it in begin_writing.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/db/database.h"
#include "daemon/service/checkpoints.h"
#include "daemon/service/typing.h"

namespace dropload::service {

// Are two names of tables or columns the same?
bool same_name(std::string_view a, std::string_view b);

struct Column {
  std::string id;
  std::string name;
  DataType type = DataType::plain;
  bool has_time = false;      // of a date column
  int index = 0;              // 0 is the first
  std::string date_format{};  // of a date column: the pattern its dates are written in, "" when that is not known
};

struct View {
  std::string id;  // 19 digits, never given twice
  std::string workspace_id;
  std::string name;
  std::string table;  // its name in the file
  Time created;
  std::vector<Column> columns;  // by index
};

class Warehouse {
 public:
  // Opens or makes the file. Errors: those of db::Database::open.
  static Result<std::unique_ptr<Warehouse>> open(const std::filesystem::path& file, const Clock& clock);

  // The views of a workspace, oldest first.
  Result<std::vector<View>> views(std::string_view workspace_id);
  Result<std::optional<View>> find_view(std::string_view workspace_id, std::string_view view_id);
  Result<std::optional<View>> find_view_by_name(std::string_view workspace_id, std::string_view name);

  // The job's details as load() wrote them with its rows; nothing for a job that has not been loaded, or was forgotten.
  Result<std::optional<std::string>> loaded_job(std::string_view job_id);
  // Drops what load() remembers of these jobs (loader.h): to be called once their end is recorded elsewhere. Waits for
  // a load that is running.
  Result<void> forget_jobs(std::span<const std::string> job_ids);

  // Gives the disk back what the write-ahead log holds, which after a load that was rolled back is what it had written.
  // Waits for a load that is running, and some seconds for readers; leaves the log as it is when they go on.
  void give_back_log();

  // The right to write, held until it goes. What is not committed by then is rolled back.
  class Writing {
   public:
    Writing(Writing&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Writing& operator=(Writing&&) = delete;
    ~Writing();

    // Failures are SQLite::Exception.
    db::Database& database() { return *owner_->writer_; }
    // Once.
    Result<void> commit();
    [[nodiscard]] Time now() const { return owner_->clock_.now(); }

   private:
    friend class Warehouse;
    explicit Writing(Warehouse& owner) : owner_(&owner) {}
    Warehouse* owner_;
  };
  // A connection of its own for one reader, who sees everything as it is at this moment for as long as this lives.
  class Reading {
   public:
    Reading(Reading&& other) noexcept = default;
    Reading& operator=(Reading&&) = delete;

    // Failures are SQLite::Exception. One thread at a time.
    db::Database& database() { return *database_; }

   private:
    friend class Warehouse;
    Reading(std::unique_ptr<db::Database> database, std::shared_ptr<void> place)
        : place_(std::move(place)), database_(std::move(database)) {}
    std::shared_ptr<void> place_;  // among max_readers
    std::unique_ptr<db::Database> database_;
  };
  static constexpr int max_readers = 16;
  // Errors: busy when there are max_readers already; those of db::Database::open.
  Result<Reading> begin_reading();

  // Waits for its turn, and while the write-ahead log is too long, and begins a transaction. Errors: unavailable when
  // stop was requested first; busy (another program writes to the file), no_space, io.
  Result<Writing> begin_writing(std::stop_token stop);

 private:
  template <typename Read>
  auto read(Read read) -> Result<decltype(read(std::declval<db::Database&>()))>;
  void end_writing();

  Warehouse(std::filesystem::path file, std::unique_ptr<db::Database> writer, std::unique_ptr<db::Database> reader,
            std::unique_ptr<Checkpoints> checkpoints, const Clock& clock);

  std::filesystem::path file_;
  const Clock& clock_;
  std::shared_ptr<std::atomic<int>> readers_ = std::make_shared<std::atomic<int>>(0);
  std::unique_ptr<db::Database> writer_;  // used by whoever set writing_
  std::mutex mutex_;                      // guards writing_
  std::condition_variable_any turn_;
  bool writing_ = false;
  std::mutex reader_mutex_;  // guards reader_
  std::unique_ptr<db::Database> reader_;
  std::unique_ptr<Checkpoints> checkpoints_;  // of what writer_ commits
};

}  // namespace dropload::service
