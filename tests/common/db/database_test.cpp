#include "common/db/database.h"

#include <array>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "common/db/query.h"
#include "tests/support/temporary_directory.h"

namespace dropload::db {
namespace {

using test::TemporaryDirectory;

std::unique_ptr<Database> open_in(const TemporaryDirectory& directory, const OpenOptions& options = {}) {
  auto opened = Database::open(directory.path() / "test.db", options);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(opened).value();
}

std::string pragma(Database& database, const std::string& name) {
  SQLite::Statement statement(database.raw(), "PRAGMA " + name);
  statement.executeStep();
  return statement.getColumn(0).getString();
}

constexpr std::array first{
    Migration{"first schema", "CREATE TABLE a (x INTEGER) STRICT; CREATE TABLE b (y INTEGER) STRICT;"}};
constexpr std::array both{first[0], Migration{"a second column", "ALTER TABLE a ADD COLUMN z TEXT;"}};

TEST(Database, IsOpenedWithALogSyncedAtEachCommitAndForeignKeysOn) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory, {.page_size = 8192});
  EXPECT_EQ(pragma(*database, "journal_mode"), "wal");
  EXPECT_EQ(pragma(*database, "synchronous"), "2");
  EXPECT_EQ(pragma(*database, "foreign_keys"), "1");
  EXPECT_EQ(pragma(*database, "busy_timeout"), "5000");
  EXPECT_EQ(pragma(*database, "page_size"), "8192");
}

TEST(Database, ATransactionLargerThanTheCacheDoesNotStayInMemory) {
  const TemporaryDirectory directory;
  const auto database = Database::open(directory.path() / "db", {.page_size = 16 * 1024, .cache_kib = 1024}).value();
  database->raw().exec("CREATE TABLE t (text)");
  database->raw().exec("BEGIN");
  for (int i = 0; i < 2000; ++i) Query(*database, "INSERT INTO t VALUES (?)", std::string(10'000, 'x')).run();
  int used = 0;
  int highest = 0;
  ASSERT_EQ(sqlite3_db_status(database->raw().getHandle(), SQLITE_DBSTATUS_CACHE_USED, &used, &highest, 0), SQLITE_OK);
  EXPECT_LT(used, 2 * 1024 * 1024);
}

TEST(Database, AFileThatIsNoDatabaseIsCorrupt) {
  const TemporaryDirectory directory;
  directory.write("test.db", std::string(10'000, 'x'));
  const auto opened = Database::open(directory.path() / "test.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corrupt);
  EXPECT_NE(opened.error().message.find("test.db"), std::string::npos);
}

TEST(Database, ADirectoryThatIsNotThereIsRefused) {
  const auto opened = Database::open("/nowhere/at/all/test.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::permission_denied);
}

TEST(Database, OpenedForReadingItMustBeThereAndTakesNoWrite) {
  const TemporaryDirectory directory;
  EXPECT_FALSE(Database::open(directory.path() / "test.db", {.read_only = true}));
  ASSERT_TRUE(open_in(directory)->migrate(first));
  const auto database = open_in(directory, {.read_only = true});
  EXPECT_THROW(database->raw().exec("INSERT INTO a VALUES (1)"), SQLite::Exception);
}

TEST(Database, MigrationsBringEachFileToTheNewestVersionOnce) {
  const TemporaryDirectory directory;
  {
    const auto database = open_in(directory);
    ASSERT_TRUE(database->migrate(first));
    database->raw().exec("INSERT INTO a VALUES (7)");
  }
  const auto database = open_in(directory);
  ASSERT_TRUE(database->migrate(both));
  ASSERT_TRUE(database->migrate(both));
  EXPECT_EQ(pragma(*database, "user_version"), "2");
  Query query(*database, "SELECT x, z FROM a");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.get<int>(0), 7);
  EXPECT_EQ(query.get<std::optional<std::string>>(1), std::nullopt);
}

TEST(Database, AFileOfANewerProgramIsRefusedWithASentence) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  ASSERT_TRUE(database->migrate(both));
  const auto migrated = database->migrate(first);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.error().code, Errc::unavailable);
  EXPECT_NE(migrated.error().message.find("newer dropload"), std::string::npos);
  EXPECT_NE(migrated.error().message.find("version 2"), std::string::npos);
  EXPECT_EQ(pragma(*database, "user_version"), "2");
}

TEST(Database, AMigrationThatFailsHalfWayLeavesNothingOfItself) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  constexpr std::array broken{first[0],
                              Migration{"a broken one", "CREATE TABLE c (x INTEGER) STRICT; CREATE TABLE a (x);"}};
  const auto migrated = database->migrate(broken);
  ASSERT_FALSE(migrated);
  EXPECT_NE(migrated.error().message.find("a broken one"), std::string::npos);
  EXPECT_EQ(pragma(*database, "user_version"), "1");
  EXPECT_TRUE(database->raw().tableExists("a"));
  EXPECT_FALSE(database->raw().tableExists("c"));
  EXPECT_NE(sqlite3_get_autocommit(database->raw().getHandle()), 0);
}

TEST(Database, ACachedStatementComesBackResetAndWithoutItsBindings) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  auto& statement = database->statement("SELECT ?");
  statement.bind(1, 5);
  ASSERT_TRUE(statement.executeStep());
  auto& again = database->statement("SELECT ?");
  EXPECT_EQ(&again, &statement);
  ASSERT_TRUE(again.executeStep());
  EXPECT_TRUE(again.isColumnNull(0));
}

TEST(Database, AStatementWhoseLastUseFailedCanBeUsedAgain) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  database->raw().exec("CREATE TABLE u (x INTEGER PRIMARY KEY) STRICT");
  constexpr auto insert = "INSERT INTO u VALUES (?)";
  EXPECT_EQ(Query(*database, insert, 1).run(), 1);
  EXPECT_THROW(Query(*database, insert, 1).run(), SQLite::Exception);
  EXPECT_EQ(Query(*database, insert, 2).run(), 1);
}

TEST(Query, EveryKindOfValueComesBackAsItWasBound) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  const std::string bytes("a\xff\0b", 4);
  Query query(*database, "SELECT ?, ?, ?, ?, ?, ?", -5, true, bytes, Time{123}, std::optional<Time>(),
              std::optional<int>(9));
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.get<std::int64_t>(0), -5);
  EXPECT_TRUE(query.get<bool>(1));
  EXPECT_EQ(query.get<std::string>(2), bytes);
  EXPECT_EQ(query.get<Time>(3), Time{123});
  EXPECT_EQ(query.get<std::optional<Time>>(4), std::nullopt);
  EXPECT_EQ(query.get<std::optional<int>>(5), 9);
  EXPECT_FALSE(query.step());
}

TEST(Query, OneThatWasNotReadToItsEndLeavesNoTransactionOpen) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  ASSERT_TRUE(database->migrate(first));
  database->raw().exec("INSERT INTO a VALUES (1), (2)");
  {
    Query query(*database, "SELECT x FROM a");
    ASSERT_TRUE(query.step());
    EXPECT_EQ(sqlite3_txn_state(database->raw().getHandle(), nullptr), SQLITE_TXN_READ);
  }
  EXPECT_EQ(sqlite3_txn_state(database->raw().getHandle(), nullptr), SQLITE_TXN_NONE);
}

TEST(ErrorFromSqlite, EachKindOfFailureHasItsCode) {
  const std::array<std::pair<int, Errc>, 12> expected{{{SQLITE_FULL, Errc::no_space},
                                                       {SQLITE_BUSY, Errc::busy},
                                                       {SQLITE_BUSY_SNAPSHOT, Errc::busy},
                                                       {SQLITE_LOCKED, Errc::busy},
                                                       {SQLITE_CORRUPT, Errc::corrupt},
                                                       {SQLITE_NOTADB, Errc::corrupt},
                                                       {SQLITE_CANTOPEN, Errc::permission_denied},
                                                       {SQLITE_READONLY, Errc::permission_denied},
                                                       {SQLITE_CONSTRAINT, Errc::stale},
                                                       {SQLITE_IOERR_FSYNC, Errc::io},
                                                       {SQLITE_MISUSE, Errc::internal},
                                                       {SQLITE_PERM, Errc::permission_denied}}};
  for (const auto& [sqlite_code, code] : expected) {
    const Error made = error_from_sqlite(SQLite::Exception("it said so", sqlite_code), "cannot do it");
    EXPECT_EQ(made.code, code) << sqlite_code;
    EXPECT_EQ(made.message, "cannot do it: it said so");
  }
}

TEST(Database, ADiskThatIsFullIsNoSpace) {
  const TemporaryDirectory directory;
  const auto database = open_in(directory);
  ASSERT_TRUE(database->migrate(first));
  database->raw().exec("PRAGMA max_page_count = 4");
  try {
    database->raw().exec(
        "INSERT INTO a SELECT value FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n "
        "LIMIT 10000) SELECT value FROM n)");
    FAIL() << "it was written";
  } catch (const SQLite::Exception& exception) {
    EXPECT_EQ(error_from_sqlite(exception, "x").code, Errc::no_space);
  }
}

}  // namespace
}  // namespace dropload::db
