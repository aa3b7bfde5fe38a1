#include "daemon/queue/table_pattern.h"

#include <gtest/gtest.h>

namespace dropload::queue {
namespace {

std::string table_in(const std::string& expression, const std::string& file_name) {
  const auto pattern = TablePattern::compile(expression);
  if (!pattern) return "not compiled: " + pattern.error().message;
  const auto table = pattern->table_in(file_name);
  return table ? *table : "no table: " + table.error().message;
}

TEST(TablePattern, TheGroupNamedTableIsTheTable) {
  EXPECT_EQ(table_in("(?<table>[a-z]+)_.*", "sales_2026-11-23.csv"), "sales");
  EXPECT_EQ(table_in(R"(\d{4}-(?<region>[a-z]+)-(?<table>[A-Za-z ]+)\.csv)", "2026-eu-Open orders.csv"), "Open orders");
}

TEST(TablePattern, EitherOfTwoGroupsOfThatNameMayTakePart) {
  const std::string either = R"((?<table>[a-z]+)\.csv|[0-9]+_(?<table>[a-z]+)\.txt)";
  EXPECT_EQ(table_in(either, "sales.csv"), "sales");
  EXPECT_EQ(table_in(either, "12_stock.txt"), "stock");
}

TEST(TablePattern, ANameOfUtf8IsKeptByteForByte) {
  EXPECT_EQ(table_in("(?<table>[^_]+)_.*", "Größen_1.csv"), "Größen");
}

TEST(TablePattern, TheWholeNameMustFit) {
  const auto pattern = TablePattern::compile("(?<table>[a-z]+)_[0-9]+");
  ASSERT_TRUE(pattern);
  const auto table = pattern->table_in("sales_2026.csv");
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, Errc::invalid_argument);
  EXPECT_EQ(table.error().message, "the file name does not fit the table pattern '(?<table>[a-z]+)_[0-9]+'");
}

TEST(TablePattern, AGroupThatTookNothingIsNoTable) {
  EXPECT_EQ(table_in("(?<table>[a-z]*)_.*", "_1.csv"),
            "no table: the group table of the pattern '(?<table>[a-z]*)_.*' is empty for this file name");
  EXPECT_EQ(table_in("x|(?<table>y)", "x"),
            "no table: the group table of the pattern 'x|(?<table>y)' is empty for this file name");
}

TEST(TablePattern, AnExpressionThatExplodesIsGivenUpWithASentence) {
  const auto pattern = TablePattern::compile("(?<table>(a+)+)b");
  ASSERT_TRUE(pattern);
  const auto table = pattern->table_in(std::string(255, 'a'));
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().message,
            "the table pattern '(?<table>(a+)+)b' has too many ways to fit this file name; make it simpler");
}

TEST(TablePattern, AnExpressionWithoutTheGroupIsRefused) {
  for (const std::string expression : {"([a-z]+)_.*", "(?<tables>[a-z]+)_.*", R"(\(?<table>x)", "[(?<table>]+"}) {
    const auto pattern = TablePattern::compile(expression);
    ASSERT_FALSE(pattern) << expression;
    EXPECT_EQ(pattern.error().code, Errc::invalid_argument);
    EXPECT_EQ(pattern.error().message,
              "'" + expression +
                  "' has no group named table; write the part of the name that is the table as (?<table>[a-z]+)");
  }
}

TEST(TablePattern, ABrokenExpressionIsRefusedWithThePlace) {
  const auto open = TablePattern::compile("(?<table>[a-z]+_.*");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, Errc::invalid_argument);
  EXPECT_EQ(open.error().message,
            "'(?<table>[a-z]+_.*' is not a regular expression: Unmatched marking parenthesis ( or \\(, seen after "
            "'(?<table>[a-z]+_.*'");
  const auto repeat = TablePattern::compile("(?<table>a)_**.csv");
  ASSERT_FALSE(repeat);
  EXPECT_NE(repeat.error().message.find("seen after '(?<table>a)_*"), std::string::npos) << repeat.error().message;
}

}  // namespace
}  // namespace dropload::queue
