#include "daemon/intake/routing.h"

#include <gtest/gtest.h>

namespace dropload::intake {
namespace {

queue::Route route_of(const std::string& table, const std::string& pattern = "", bool from_directory = false) {
  queue::Route route;
  route.name = "r";
  route.organization = "main";
  route.workspace = "Demo";
  route.table = table;
  route.table_pattern = pattern;
  route.table_from_directory = from_directory;
  route.drop.emplace();
  route.drop->directory = "/srv/drop";
  return route;
}

std::string refusal(const queue::Route& route, const std::string& name, const std::string& subdirectory = "") {
  const auto table = table_of(route, name, subdirectory);
  if (table) return "went to " + table->table;
  EXPECT_EQ(table.error().code, Errc::invalid_argument);
  return table.error().message;
}

TEST(Matches, AnyOfThePatternsAndCaseCounts) {
  queue::DropSettings drop;
  drop.patterns = {"*.csv", "orders_[0-9]*.txt"};
  EXPECT_TRUE(matches(drop, "a.csv"));
  EXPECT_TRUE(matches(drop, "orders_1.txt"));
  EXPECT_FALSE(matches(drop, "a.CSV"));
  EXPECT_FALSE(matches(drop, "orders_x.txt"));
}

TEST(Matches, ANameThatIsNotUtf8IsMatchedByItsBytes) {
  queue::DropSettings drop;
  drop.patterns = {"*.csv"};
  EXPECT_TRUE(matches(drop, "\xff\xfe.csv"));
}

TEST(TableOf, AFixedTableIsTheTable) {
  EXPECT_EQ(table_of(route_of("Orders"), "whatever.csv", "north").value(), (queue::TableKey{"main", "Demo", "Orders"}));
}

TEST(TableOf, ThePatternFindsItInTheName) {
  EXPECT_EQ(table_of(route_of("", "(?<table>[a-z]+)_.*"), "sales_2026-11-23.csv", "").value().table, "sales");
}

TEST(TableOf, ANameThatDoesNotFitIsRefusedWithAnExample) {
  EXPECT_EQ(refusal(route_of("", "(?<table>[a-z]+)_[0-9-]+.csv"), "2026.csv"),
            "no table for 2026.csv: the file name does not fit the table pattern '(?<table>[a-z]+)_[0-9-]+.csv'; a "
            "name that fits: "
            "sales_2026-11-23.csv");
}

TEST(TableOf, WhereNoUsualNameFitsThereIsNoExample) {
  EXPECT_EQ(refusal(route_of("", "x{40}(?<table>y)"), "2026.csv"),
            "no table for 2026.csv: the file name does not fit the table pattern 'x{40}(?<table>y)'");
}

TEST(TableOf, TheDirectoryThatTheFileLiesInNamesIt) {
  EXPECT_EQ(table_of(route_of("", "", true), "1.csv", "sales").value().table, "sales");
  EXPECT_EQ(table_of(route_of("", "", true), "1.csv", "north/sales").value().table, "sales");
}

TEST(TableOf, AtTheTopThereIsNoDirectoryThatNamesIt) {
  EXPECT_EQ(refusal(route_of("", "", true), "1.csv"),
            "no table for 1.csv: in this route the subdirectory names the table; put it into one, such as "
            "/srv/drop/sales/1.csv");
}

TEST(TableOf, ATableWhoseNameIsNotUtf8IsRefused) {
  EXPECT_EQ(refusal(route_of("", "", true), "1.csv", "sal\xff"),
            "no table for 1.csv: 'sal\\xff' is not UTF-8, so it cannot be the name of a table; rename it");
}

}  // namespace
}  // namespace dropload::intake
