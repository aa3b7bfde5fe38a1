#include "common/db/database.h"

#include <sqlite3.h>

namespace dropload::db {
namespace {

// What a checkpoint leaves of the write-ahead log's file: a burst does not keep its size for good.
constexpr int wal_kept_bytes = 64 * 1024 * 1024;

std::string text_of(SQLite::Database& database, const std::string& sql) {
  SQLite::Statement statement(database, sql);
  return statement.executeStep() ? statement.getColumn(0).getString() : "";
}

int user_version(SQLite::Database& database) {
  SQLite::Statement statement(database, "PRAGMA user_version");
  statement.executeStep();
  return statement.getColumn(0).getInt();
}

// Whether the file keeps a write-ahead log from now on. The first statement that reads the file, so this is where one
// that is no database is found out.
bool set_up(SQLite::Database& database, const OpenOptions& options) {
  // First: SQLite 3.40 forgets the cache's limit when the size of pages changes after it was set.
  if (!options.read_only) database.exec(fmt::format("PRAGMA page_size = {}", options.page_size));
  database.exec(fmt::format("PRAGMA cache_size = -{}", options.cache_kib));
  database.exec("PRAGMA foreign_keys = ON");
  if (options.read_only) {
    database.exec("PRAGMA schema_version");
    return true;
  }
  if (text_of(database, "PRAGMA journal_mode = WAL") != "wal") return false;
  database.exec("PRAGMA synchronous = FULL");
  database.exec(fmt::format("PRAGMA journal_size_limit = {}", wal_kept_bytes));
  return true;
}

// Brings user_version from `version` to `version` + 1. Destroying a transaction that was not committed rolls it back.
void apply(SQLite::Database& database, const Migration& migration, int version) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (user_version(database) != version) return;
  database.exec(std::string(migration.sql));
  database.exec(fmt::format("PRAGMA user_version = {}", version + 1));
  transaction.commit();
}

Errc code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
      return Errc::no_space;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Errc::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Errc::corrupt;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return Errc::permission_denied;
    case SQLITE_CONSTRAINT:
      return Errc::stale;
    case SQLITE_IOERR:
      return Errc::io;
    default:
      return Errc::internal;
  }
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, const OpenOptions& options) {
  const int access = options.read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
  const int flags = access | SQLite::OPEN_NOMUTEX;  // used by one thread at a time
  try {
    SQLite::Database database(path.string(), flags, options.busy_timeout_ms);
    if (!set_up(database, options)) {
      return error(Errc::unavailable, "cannot keep a write-ahead log at {}: put the database on a local file system",
                   path.string());
    }
    return std::unique_ptr<Database>(new Database(std::move(database)));
  } catch (const SQLite::Exception& exception) {
    return error_from_sqlite(exception, fmt::format("cannot open the database {}", path.string()));
  }
}

Result<void> Database::migrate(std::span<const Migration> migrations) {
  const auto newest = static_cast<int>(migrations.size());
  std::string what = "cannot read the schema's version";
  try {
    int version = user_version(database_);
    if (version > newest) {
      return error(
          Errc::unavailable,
          "{} was written by a newer dropload (its schema is version {}, this one knows up to {}): start the newer "
          "one, or another state directory",
          database_.getFilename(), version, newest);
    }
    for (; version < newest; ++version) {
      const Migration& migration = migrations[static_cast<std::size_t>(version)];
      what = fmt::format("cannot bring {} to schema version {} ({})", database_.getFilename(), version + 1,
                         migration.name);
      apply(database_, migration, version);
    }
  } catch (const SQLite::Exception& exception) {
    return error_from_sqlite(exception, what);
  }
  return {};
}

SQLite::Statement& Database::statement(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    std::string text(sql);
    auto prepared = std::make_unique<SQLite::Statement>(database_, text);
    found = statements_.emplace(std::move(text), std::move(prepared)).first;
  }
  SQLite::Statement& statement = *found->second;
  // A reset repeats the error of the last step, which its caller has heard of.
  statement.tryReset();
  statement.clearBindings();
  return statement;
}

Error error_from_sqlite(const SQLite::Exception& exception, std::string_view what) {
  return error(code_of(exception.getErrorCode()), "{}: {}", what, exception.what());
}

}  // namespace dropload::db
