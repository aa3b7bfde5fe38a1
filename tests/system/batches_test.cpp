#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

// Notes with line breaks, quotes and delimiters in them.
std::string notes_csv(int from, int count, const std::string& word) {
  std::string text = "id,name\n";
  for (int i = from; i < from + count; ++i) text += fmt::format("{},\"{}, \"\"{}\"\"\nand more\"\n", i, word, i);
  return text;
}

std::int64_t count(World& world, const std::string& condition) {
  SQLite::Database database(world.path() / "service" / "warehouse.db", SQLite::OPEN_READONLY, 5000);
  SQLite::Statement query(database, "SELECT count(*) FROM sales WHERE " + condition);
  query.executeStep();
  return query.getColumn(0).getInt64();
}

nlohmann::json import_all(World& world, const std::string& route, const std::string& name, const std::string& text,
                          std::size_t number) {
  world.drop(route, name, text);
  const auto all = world.wait_until_settled(number);
  EXPECT_EQ(all.size(), number) << world.daemon().log();
  if (all.empty()) return {};
  EXPECT_EQ(all[0].at("state"), "done") << all[0].dump(2);
  return all[0];
}

TEST(Batches, RowsOfLargeFilesAreTheSameAsThoseOfSmallOnesHoweverTheyAreImported) {
  World world({.more_schedule = "batch_size = \"1KB\"\n"});
  world.start();
  const auto made = import_all(world, "append", "sales_1.csv", notes_csv(0, 300, "new"), 1);
  EXPECT_EQ(made.at("rows").at("success"), 300);
  EXPECT_EQ(world.rows_in("sales"), 300);
  EXPECT_EQ(count(world, "name = 'new, \"' || id || '\"' || char(10) || 'and more'"), 300);

  import_all(world, "append", "sales_2.csv", notes_csv(300, 100, "more"), 2);
  EXPECT_EQ(world.rows_in("sales"), 400);

  import_all(world, "updateadd", "sales_3.csv", notes_csv(200, 400, "updated"), 3);
  EXPECT_EQ(world.rows_in("sales"), 600);
  EXPECT_EQ(count(world, "name LIKE 'updated%' AND id BETWEEN 200 AND 599"), 400);

  import_all(world, "truncateadd", "sales_4.csv", notes_csv(0, 250, "all"), 4);
  EXPECT_EQ(world.rows_in("sales"), 250);
  EXPECT_EQ(count(world, "name LIKE 'all%'"), 250);

  const auto shown = world.submission(1);
  EXPECT_EQ(shown.at("jobs").size(), 1U) << "one job however many batches";
}

TEST(Batches, ABadValueInALaterBatchOfAnAppendHoldsItAndTheReasonSaysWhatStays) {
  World world({.more_schedule = "batch_size = \"1KB\"\n"});
  world.start();
  std::string text = "id,name\n";
  for (int i = 0; i < 400; ++i) text += i == 300 ? "none,x\n" : fmt::format("{},x\n", i);
  world.drop("append", "sales_1.csv", text);
  const auto all = world.wait_until_settled(1);
  ASSERT_EQ(all.size(), 1U) << world.daemon().log();
  EXPECT_EQ(all[0].at("state"), "held");
  EXPECT_GT(world.rows_in("sales"), 0);
  const std::string reason = all[0].at("reason");
  EXPECT_NE(reason.find("Batch "), std::string::npos) << reason;
  EXPECT_NE(reason.find("stay in the table"), std::string::npos) << reason;
}

TEST(Batches, WhatNoBatchesCouldHoldIsRefusedOverRestAndFailsInADropDirectory) {
  World world({.more_schedule = "batch_size = \"50B\"\n"});
  world.start();
  const std::string text = some_csv(500, "word");
  const auto answer =
      test::rest("POST", world.daemon().rest_address(), "/v1/submissions?route=append&filename=sales_1.csv", text);
  EXPECT_EQ(answer.status, 413);
  EXPECT_NE(answer.body.find("at most 5000 bytes can be imported as one file, in 100 batches"), std::string::npos)
      << answer.body;
  world.drop("append", "sales_1.csv", text);
  const auto all = world.wait_until_settled(1);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("state"), "failed");
  EXPECT_NE(all[0].at("retired_to").get<std::string>().find("/failed/"), std::string::npos);
  EXPECT_EQ(world.rows_in("sales"), -1);
}

}  // namespace
}  // namespace dropload
