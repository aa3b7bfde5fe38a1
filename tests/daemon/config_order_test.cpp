// What a route says about who goes first, who takes whose place, and who comes twice.

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

class OrderKeys : public test::ConfigTest {};

TEST_F(OrderKeys, ARouteHasAPriorityWithinLimits) {
  EXPECT_EQ(config_below("").routes.front().priority, 0);
  EXPECT_EQ(config_below("priority = -7\n").routes.front().priority, -7);
  EXPECT_EQ(problems_below("priority = 101\n"),
            "8:12: priority: 101 is out of range; write a number from -100 to 100\n");
}

TEST_F(OrderKeys, OnlyAFileThatReplacesTheTableTakesThePlaceOfOthers) {
  EXPECT_FALSE(config_below("").routes.front().supersede);
  EXPECT_TRUE(config_below("supersede = true\nimport_type = \"truncateadd\"\n").routes.front().supersede);
  EXPECT_EQ(
      problems_below("supersede = true\n"),
      "8:13: supersede: only a file that replaces the whole table can take the place of others; write import_type "
      "= \"truncateadd\" or take the line out\n");
}

TEST_F(OrderKeys, WhatIsAppendedIsNotTakenTwiceUnlessTheRouteSaysSo) {
  const auto of = [this](const std::string& lines) { return config_below(lines).routes.front().on_duplicate; };
  EXPECT_EQ(of(""), queue::OnDuplicate::hold);
  EXPECT_EQ(of("duplicates = \"skip\"\n"), queue::OnDuplicate::skip);
  EXPECT_EQ(of("duplicates = \"import\"\n"), queue::OnDuplicate::take);
  EXPECT_EQ(of("import_type = \"truncateadd\"\n"), queue::OnDuplicate::take);
  const std::string updates = "import_type = \"updateadd\"\nmatching_columns = [\"id\"]\n";
  EXPECT_EQ(of(updates), queue::OnDuplicate::take);
  EXPECT_EQ(of(updates + "duplicates = \"hold\"\n"), queue::OnDuplicate::hold);
  EXPECT_EQ(problems_below("duplicates = \"ask\"\n"),
            "8:14: duplicates: \"ask\" is none of \"hold\", \"import\", \"skip\"; write one of them\n");
}

TEST_F(OrderKeys, AFileThatReplacesTheTableIsNoDuplicate) {
  EXPECT_EQ(problems_below("import_type = \"truncateadd\"\nduplicates = \"skip\"\n"),
            "9:14: duplicates: a file that replaces the whole table doubles nothing, and may have to come again after "
            "another one; write duplicates = \"import\" or take the line out\n");
}

TEST_F(OrderKeys, DuplicatesAreLookedForWithinSoManyDays) {
  EXPECT_EQ(config_below("").routes.front().duplicate_days, 30);
  EXPECT_EQ(config_below("duplicates_days = 3650\n").routes.front().duplicate_days, 3650);
  EXPECT_EQ(problems_below("duplicates_days = 0\n"),
            "8:19: duplicates_days: 0 is out of range; write a number from 1 to 3650\n");
}

}  // namespace
}  // namespace dropload
