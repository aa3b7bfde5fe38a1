#pragma once

// SQLite, opened as every database of ours is: WAL, synchronous=FULL (a commit is on the disk when it returns), foreign
// keys on, a busy timeout. A thin layer over SQLiteCpp (libsqlitecpp-dev): statements are SQLite::Statement, failures
// SQLite::Exception. The owner of a database (the queue's store, the warehouse) turns those into Errors at its own door
// with error_from_sqlite.
//
// A Database is used by one thread at a time. While one is open, nothing else in the process may open the file (to copy
// it, to hash it, to set its mode): closing such a descriptor drops SQLite's locks, and another program that looks into
// the file then takes the write-ahead log away.

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <SQLiteCpp/SQLiteCpp.h>

#include "common/base/result.h"

namespace dropload::db {

// One step of a schema: migration i brings user_version from i to i + 1. Never edited once released; a new one is
// appended.
struct Migration {
  std::string_view name;  // "first schema"
  std::string_view sql;   // one or more statements
};

struct OpenOptions {
  int busy_timeout_ms = 5000;
  int page_size = 4096;      // taken only when the file is made
  int cache_kib = 8 * 1024;  // SQLite's page cache, its limit of memory
  bool read_only = false;    // the file must be there; its schema is taken as it is
};

class Database {
 public:
  // Opens or makes the file; its directory must be there. Errors: io, permission_denied, no_space, corrupt (not a
  // database), busy, unavailable (a file system on which WAL does not work).
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, const OpenOptions& options = {});

  // Brings the schema up to date, each migration in a transaction of its own. Fails with unavailable when the file's
  // user_version is newer than the last migration: a newer dropload wrote it, and the sentence says so.
  Result<void> migrate(std::span<const Migration> migrations);

  // The cached, reset statement with this text, cleared of bindings: for SQL that runs often; it is kept as long as the
  // database is open, so the text must be a constant. Not for two uses of the same text at once. A statement that still
  // has rows to give keeps its read transaction open until it is reset; Query (query.h) sees to that.
  SQLite::Statement& statement(std::string_view sql);

  SQLite::Database& raw() { return database_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  explicit Database(SQLite::Database database) : database_(std::move(database)) {}
  SQLite::Database database_;
  // After the database: statements have to be gone before it can be closed.
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>, TextHash, std::equal_to<>> statements_;
};

// SQLITE_FULL → no_space, SQLITE_BUSY/LOCKED → busy, CORRUPT/NOTADB → corrupt, CANTOPEN/PERM/READONLY →
// permission_denied, CONSTRAINT → stale, IOERR → io, the rest internal. `what` is what was being done.
[[nodiscard]] Error error_from_sqlite(const SQLite::Exception& exception, std::string_view what);

}  // namespace dropload::db
