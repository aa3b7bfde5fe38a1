// What a route says about who goes first, and who takes whose place.

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

}  // namespace
}  // namespace dropload
