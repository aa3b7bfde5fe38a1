#include "daemon/service/warehouse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "daemon/service/warehouse_catalogue.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

using test::FakeClock;
using test::TemporaryDirectory;
using ::testing::HasSubstr;

struct WarehouseTest : ::testing::Test {
  TemporaryDirectory directory;
  FakeClock clock;
  std::unique_ptr<Warehouse> warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();

  // The id of a committed new view.
  std::string make(const std::string& workspace, const std::string& name) {
    auto writing = warehouse->begin_writing({}).value();
    const std::vector<Column> columns{{"", "Id", DataType::number, false, 0}, {"", "At", DataType::date, true, 0}};
    const View view = make_view(writing.database(), {workspace + "-id", workspace, name, columns}, writing.now());
    writing.commit().value();
    return view.id;
  }
  std::string table_of(const std::string& workspace, const std::string& id) {
    return warehouse->find_view(workspace + "-id", id).value()->table;
  }
  // One value, asked as a person with sqlite3 would.
  std::string ask(const std::string& sql) {
    SQLite::Database database(directory.path() / "warehouse.db", SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getString();
  }
};

TEST_F(WarehouseTest, AViewIsATableOfItsNameWithReadableTypes) {
  make("Main", "sales \"2026\"");
  EXPECT_EQ(ask("SELECT count(*) FROM \"sales \"\"2026\"\"\""), "0");
  EXPECT_THAT(ask("SELECT sql FROM sqlite_schema WHERE name LIKE 'sales%'"),
              HasSubstr("(\"Id\" INTEGER, \"At\" DATETIME)"));
}

TEST_F(WarehouseTest, ASecondViewOfTheNameIsCalledAfterItsWorkspace) {
  EXPECT_EQ(table_of("Main", make("Main", "sales")), "sales");
  EXPECT_EQ(table_of("EU", make("EU", "SALES")), "EU.SALES");
  const std::string third = make("eu", "sales");
  EXPECT_EQ(table_of("eu", third), "eu.sales." + third);
}

TEST_F(WarehouseTest, NamesOfTheCatalogueAndOfSqliteAreNotTaken) {
  EXPECT_EQ(table_of("Main", make("Main", "dropload_view")), "Main.dropload_view");
  EXPECT_EQ(table_of("Main", make("Main", "SQLite_stat")), "Main.SQLite_stat");
}

TEST_F(WarehouseTest, ANameMayHoldAnything) {
  const std::string name("a\0b'\"; DROP TABLE dropload_view; --", 35);
  EXPECT_EQ(table_of("Main", make("Main", name)), "a_b" + name.substr(3));
  EXPECT_EQ(warehouse->find_view_by_name("Main-id", name).value()->name, name);
}

TEST_F(WarehouseTest, ViewsAreFoundByIdAndByNameInAnyCaseWithinTheirWorkspace) {
  const std::string id = make("Main", "Sales");
  EXPECT_EQ(id.size(), 19u);
  EXPECT_EQ(warehouse->find_view_by_name("Main-id", "sALES").value()->id, id);
  EXPECT_FALSE(warehouse->find_view_by_name("EU-id", "Sales").value());
  EXPECT_FALSE(warehouse->find_view("EU-id", id).value());
  EXPECT_FALSE(warehouse->find_view("Main-id", "no number").value());
  const View view = *warehouse->find_view("Main-id", id).value();
  EXPECT_EQ(view.name, "Sales");
  EXPECT_EQ(view.created, clock.now());
  ASSERT_EQ(view.columns.size(), 2u);
  EXPECT_EQ(view.columns[1].name, "At");
  EXPECT_EQ(view.columns[1].type, DataType::date);
  EXPECT_TRUE(view.columns[1].has_time);
  EXPECT_EQ(view.columns[1].index, 1);
  EXPECT_EQ(view.columns[1].id.size(), 19u);
}

TEST_F(WarehouseTest, ViewsAreListedOldestFirst) {
  make("Main", "b");
  make("Main", "a");
  make("EU", "c");
  const auto views = warehouse->views("Main-id").value();
  ASSERT_EQ(views.size(), 2u);
  EXPECT_EQ(views[0].name, "b");
  EXPECT_EQ(views[1].name, "a");
  EXPECT_EQ(views[1].columns.size(), 2u);
}

TEST_F(WarehouseTest, WhatIsNotCommittedLeavesNoTrace) {
  {
    auto writing = warehouse->begin_writing({}).value();
    make_view(writing.database(), {"Main-id", "Main", "gone", {{"", "a", DataType::plain, false, 0}}}, clock.now());
  }
  EXPECT_TRUE(warehouse->views("Main-id").value().empty());
  EXPECT_EQ(ask("SELECT count(*) FROM sqlite_schema WHERE name = 'gone'"), "0");
}

TEST_F(WarehouseTest, ReadersAreNotBlockedByAWriterAndSeeNothingOfItBeforeTheCommit) {
  auto writing = warehouse->begin_writing({}).value();
  make_view(writing.database(), {"Main-id", "Main", "new", {{"", "a", DataType::plain, false, 0}}}, clock.now());
  EXPECT_TRUE(warehouse->views("Main-id").value().empty());
  writing.commit().value();
  EXPECT_EQ(warehouse->views("Main-id").value().size(), 1u);
}

TEST_F(WarehouseTest, TheSecondWriterWaitsForTheFirst) {
  auto first = std::make_unique<Warehouse::Writing>(warehouse->begin_writing({}).value());
  bool first_is_done = false;
  auto second = std::async(std::launch::async, [&] {
    const auto writing = warehouse->begin_writing({});
    return writing.has_value() && first_is_done;
  });
  first_is_done = true;
  first.reset();
  EXPECT_TRUE(second.get());
}

TEST_F(WarehouseTest, AWriterThatWaitsCanBeStopped) {
  const auto first = warehouse->begin_writing({}).value();
  std::stop_source stop;
  auto second = std::async(std::launch::async, [&] { return warehouse->begin_writing(stop.get_token()).error().code; });
  stop.request_stop();
  EXPECT_EQ(second.get(), Errc::unavailable);
}

TEST_F(WarehouseTest, LoadedJobsAreRememberedAcrossARestartUntilTheyAreForgotten) {
  {
    auto writing = warehouse->begin_writing({}).value();
    write_loaded_job(writing.database(), "7", "{}");
    writing.commit().value();
  }
  warehouse.reset();
  warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  EXPECT_EQ(warehouse->loaded_job("7").value(), "{}");
  const std::vector<std::string> ids{"7", "8"};
  warehouse->forget_jobs(ids).value();
  EXPECT_FALSE(warehouse->loaded_job("7").value());
}

TEST_F(WarehouseTest, AForgottenJobIsForgottenWithItsBatchesAndNoOther) {
  {
    auto writing = warehouse->begin_writing({}).value();
    for (const char* id : {"7", "7.1", "7.100", "70", "70.1", "6.7"}) write_loaded_job(writing.database(), id, "{}");
    writing.commit().value();
  }
  warehouse->forget_jobs(std::vector<std::string>{"7"}).value();
  for (const char* id : {"7", "7.1", "7.100"}) EXPECT_FALSE(warehouse->loaded_job(id).value()) << id;
  for (const char* id : {"70", "70.1", "6.7"}) EXPECT_TRUE(warehouse->loaded_job(id).value()) << id;
}

TEST_F(WarehouseTest, IdsAreNotGivenTwiceAcrossARestart) {
  const std::string first = make("Main", "a");
  warehouse.reset();
  warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  EXPECT_NE(make("Main", "b"), first);
}

TEST_F(WarehouseTest, AFileOfBeforeDateFormatsWereKeptIsBroughtUpToDate) {
  const std::string id = make("Main", "a");
  warehouse.reset();
  {
    SQLite::Database old(directory.path() / "warehouse.db", SQLite::OPEN_READWRITE);
    old.exec("ALTER TABLE dropload_column DROP COLUMN date_format; PRAGMA user_version = 1");
  }
  warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  EXPECT_EQ(warehouse->find_view("Main-id", id).value()->columns[1].date_format, "");
}

}  // namespace
}  // namespace dropload::service
