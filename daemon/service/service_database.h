#pragma once

// service.db: organizations, clients, workspaces, access tokens, jobs and what is counted against limits. The io
// thread's alone. It holds the secrets of clients of our own making, so only its owner may read it (0600).

#include <filesystem>
#include <memory>
#include <string_view>

#include "common/base/result.h"
#include "common/db/database.h"

namespace dropload::service {

// Opens or makes the file and brings its schema up to date. Errors: those of db::Database::open and migrate.
Result<std::unique_ptr<db::Database>> open_service_database(const std::filesystem::path& file);

// Brings the log's pages into the file, so that the next commits go into the log's room from its beginning on: where
// the disk is full it could not grow. What cannot be done stays undone.
void reuse_log(db::Database& database);

// Runs work() -> Result<T>; a failure of SQLite becomes its error, with what was being done.
template <typename Work>
auto guarded(std::string_view what, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return db::error_from_sqlite(exception, what);
  }
}

}  // namespace dropload::service
