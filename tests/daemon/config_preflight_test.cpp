// What a route says of files that pre-flight has something to say of.

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

class PreflightKeys : public test::ConfigTest {};

TEST_F(PreflightKeys, ARouteWarnsUnlessItIsToHoldOrToLookForNothing) {
  EXPECT_EQ(config_below("").routes.front().on_finding, queue::OnFinding::warn);
  EXPECT_EQ(config_below("preflight = \"hold\"\n").routes.front().on_finding, queue::OnFinding::hold);
  EXPECT_EQ(config_below("preflight = \"off\"\n").routes.front().on_finding, queue::OnFinding::off);
  EXPECT_EQ(problems_below("preflight = \"on\"\n"),
            "8:13: preflight: \"on\" is none of \"warn\", \"hold\", \"off\"; write one of them\n");
}

TEST_F(PreflightKeys, AHeaderAloneMayClearATableOnlyWhereTheRouteSaysSoAndReplacesIt) {
  const std::string replaces = "import_type = \"truncateadd\"\n";
  EXPECT_FALSE(config_below(replaces).routes.front().may_clear_table);
  EXPECT_FALSE(config_below(replaces + "header_only = \"hold\"\n").routes.front().may_clear_table);
  EXPECT_TRUE(config_below(replaces + "header_only = \"import\"\n").routes.front().may_clear_table);
  const std::string why =
      "header_only: only a CSV file that replaces the whole table can clear it; write import_type = \"truncateadd\" or "
      "take the line out\n";
  EXPECT_EQ(problems_below("header_only = \"import\"\n"), "8:15: " + why);
  EXPECT_EQ(problems_below(replaces + "file_type = \"json\"\nheader_only = \"import\"\n"), "10:15: " + why);
}

TEST_F(PreflightKeys, AnEmptyFileHasNoKeyThatWouldLetItClearATable) {
  EXPECT_NE(problems_below("import_type = \"truncateadd\"\nempty_file = \"clear\"\n"), "");
}

}  // namespace
}  // namespace dropload
