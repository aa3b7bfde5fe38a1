// What is found in a file before it is sent, by the real daemon against the import service.

#include <gmock/gmock.h>

#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::rest;
using test::some_csv;
using test::World;
using testing::HasSubstr;

// The texts of a submission's warnings, by code.
std::map<std::string, std::string> warnings_of(const nlohmann::json& submission) {
  std::map<std::string, std::string> texts;
  for (const auto& finding : submission.at("findings")) {
    if (finding.at("severity") == "warning") texts[finding.at("code")] = finding.at("text");
  }
  return texts;
}

TEST(PreflightByTheDaemon, AHeaderAloneIsHeldBeforeItClearsTheTableAndClearsItWhenAPersonReleasesIt) {
  World world;
  world.start();
  world.drop("truncateadd", "stock_1.csv", some_csv(5, "full"));
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  EXPECT_EQ(world.rows_in("stock"), 5);

  world.drop("truncateadd", "stock_2.csv", "id,name\n");
  const auto both = world.wait_until_settled(2);
  ASSERT_EQ(both.size(), 2U) << world.daemon().log();
  ASSERT_EQ(both[0].at("state"), "held") << both.dump(2);
  EXPECT_THAT(both[0].at("reason").get<std::string>(), HasSubstr("leaves the table empty"));
  EXPECT_EQ(world.rows_in("stock"), 5);

  const std::int64_t held = both[0].at("id");
  ASSERT_EQ(rest("POST", world.daemon().rest_address(), fmt::format("/v1/submissions/{}/release", held)).status, 200);
  const auto released = world.wait_until_settled(2);
  ASSERT_EQ(released.size(), 2U) << world.daemon().log();
  EXPECT_EQ(released[0].at("state"), "done") << released.dump(2);
  EXPECT_EQ(world.rows_in("stock"), 0);
}

TEST(PreflightByTheDaemon, AnEmptyFileClearsNoTable) {
  World world;
  world.start();
  world.drop("truncateadd", "stock_1.csv", some_csv(5, "full"));
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  EXPECT_NE(
      rest("POST", world.daemon().rest_address(), "/v1/submissions?route=truncateadd&filename=stock_2.csv").status,
      201);
  EXPECT_EQ(world.rows_in("stock"), 5);
}

TEST(PreflightByTheDaemon, AColumnThatTheTableHasNotIsNamedThoughTheServiceLeavesItOutWithoutAnError) {
  World world;
  world.start();
  world.drop("append", "sales_1.csv", "id,region\n1,north\n");
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  world.drop("append", "sales_2.csv", "id,regoin\n2,south\n");
  const auto both = world.wait_until_settled(2);
  ASSERT_EQ(both.size(), 2U) << world.daemon().log();
  EXPECT_EQ(both[0].at("state"), "done") << both.dump(2);
  EXPECT_EQ(both[0].at("warnings"), 2);
  const auto warnings = warnings_of(world.submission(both[0].at("id")));
  ASSERT_TRUE(warnings.contains("unknown_column"));
  EXPECT_THAT(warnings.at("unknown_column"), HasSubstr("`regoin` (did you mean `region`?)"));
  EXPECT_THAT(warnings.at("columns_changed"), HasSubstr("missing `region`"));

  world.drop("updateadd", "sales_3.csv", "id,Region\n3,east\n");
  const auto all = world.wait_until_settled(3);
  ASSERT_EQ(all.size(), 3U) << world.daemon().log();
  EXPECT_EQ(all[0].at("warnings"), 0) << "what one route has taught of a table counts for all";
  world.drop("updateadd", "sales_4.csv", "id,town\n3,x\n");
  ASSERT_EQ(world.wait_until_settled(4).size(), 4U) << world.daemon().log();
  EXPECT_TRUE(warnings_of(world.submission(world.submissions()[0].at("id"))).contains("unknown_column"));
}

}  // namespace
}  // namespace dropload
