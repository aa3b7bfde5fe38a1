#include "daemon/service/warehouse.h"

#include <algorithm>

#include <sqlite3.h>

#include "common/base/text.h"
#include "daemon/service/warehouse_catalogue.h"

namespace dropload::service {
namespace {

// Rows are appended and read in bulk: measured, loading is faster with large pages than with the usual 4 KiB.
constexpr int page_bytes = 16 * 1024;
constexpr int writer_cache_kib = 8 * 1024;
constexpr int reader_cache_kib = 4 * 1024;
constexpr int long_reader_cache_kib = 1024;  // it passes each page once

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return equal_in_any_case(a, b);
}

Result<std::unique_ptr<Warehouse>> Warehouse::open(const std::filesystem::path& file, const Clock& clock) {
  auto writer = db::Database::open(file, {.page_size = page_bytes, .cache_kib = writer_cache_kib});
  if (!writer) return writer.error();
  if (auto migrated = (*writer)->migrate(catalogue_migrations()); !migrated) return migrated.error();
  auto reader = db::Database::open(file, {.cache_kib = reader_cache_kib, .read_only = true});
  if (!reader) return reader.error();
  auto checkpoints = Checkpoints::start(file);
  if (!checkpoints) return checkpoints.error();
  return std::unique_ptr<Warehouse>(
      new Warehouse(file, std::move(*writer), std::move(*reader), std::move(*checkpoints), clock));
}

Warehouse::Warehouse(std::filesystem::path file, std::unique_ptr<db::Database> writer,
                     std::unique_ptr<db::Database> reader, std::unique_ptr<Checkpoints> checkpoints, const Clock& clock)
    : file_(std::move(file)),
      clock_(clock),
      writer_(std::move(writer)),
      reader_(std::move(reader)),
      checkpoints_(std::move(checkpoints)) {
  checkpoints_->watch(*writer_);
}

template <typename Read>
auto Warehouse::read(Read read) -> Result<decltype(read(std::declval<db::Database&>()))> {
  const std::lock_guard lock(reader_mutex_);
  try {
    return read(*reader_);
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "cannot read the warehouse");
  }
}

Result<std::vector<View>> Warehouse::views(std::string_view workspace_id) {
  return read([&](db::Database& database) { return read_views(database, workspace_id); });
}

Result<std::optional<View>> Warehouse::find_view(std::string_view workspace_id, std::string_view view_id) {
  return read([&](db::Database& database) { return read_view(database, workspace_id, view_id); });
}

Result<std::optional<View>> Warehouse::find_view_by_name(std::string_view workspace_id, std::string_view name) {
  return read([&](db::Database& database) { return read_view_by_name(database, workspace_id, name); });
}

Result<std::optional<std::string>> Warehouse::loaded_job(std::string_view job_id) {
  return read([&](db::Database& database) { return read_loaded_job(database, job_id); });
}

Result<void> Warehouse::forget_jobs(std::span<const std::string> job_ids) {
  if (job_ids.empty()) return {};
  auto writing = begin_writing({});
  if (!writing) return writing.error();
  try {
    for (const std::string& job_id : job_ids) forget_loaded_job(writing->database(), job_id);
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "cannot forget loaded jobs");
  }
  return writing->commit();
}

Result<Warehouse::Reading> Warehouse::begin_reading() {
  const std::shared_ptr<void> place(new char, [readers = readers_](void* taken) {
    delete static_cast<char*>(taken);
    --*readers;
  });
  if (++*readers_ > max_readers) {
    return error(Errc::busy, "{} tables are being read at once, which is the most. Try again when one has ended.",
                 max_readers);
  }
  auto database = db::Database::open(file_, {.cache_kib = long_reader_cache_kib, .read_only = true});
  if (!database) return database.error();
  try {
    // The snapshot is taken by the first statement that reads.
    (*database)->raw().exec("BEGIN");
    (*database)->raw().execAndGet("SELECT count(*) FROM dropload_view");
    return Reading(std::move(*database), place);
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "cannot read the warehouse");
  }
}

Result<Warehouse::Writing> Warehouse::begin_writing(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!turn_.wait(lock, stop, [this] { return !writing_; }) || stop.stop_requested()) {
    return error(Errc::unavailable, "the import service is stopping");
  }
  writing_ = true;
  lock.unlock();
  if (!checkpoints_->wait_for_room(stop)) {
    end_writing();
    return error(Errc::unavailable, "the import service is stopping");
  }
  try {
    writer_->raw().exec("BEGIN IMMEDIATE");
    return Writing(*this);
  } catch (const SQLite::Exception& exception) {
    end_writing();
    return db::error_from_sqlite(exception, "cannot write to the warehouse");
  }
}

void Warehouse::give_back_log() {
  {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [this] { return !writing_; });
    writing_ = true;
  }
  sqlite3_wal_checkpoint_v2(writer_->raw().getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  end_writing();
}

void Warehouse::end_writing() {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
  }
  turn_.notify_all();
}

Warehouse::Writing::~Writing() {
  if (owner_ == nullptr) return;
  // Some failures roll back by themselves (a full disk); then there is nothing to do.
  owner_->writer_->raw().tryExec("ROLLBACK");
  owner_->end_writing();
}

Result<void> Warehouse::Writing::commit() {
  try {
    database().raw().exec("COMMIT");
    return {};
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, "cannot commit to the warehouse");
  }
}

}  // namespace dropload::service
