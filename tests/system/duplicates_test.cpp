// The same file twice, by the real daemon against the import service.

#include <gmock/gmock.h>

#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::rest;
using test::some_csv;
using test::World;
using testing::HasSubstr;

TEST(DuplicatesByTheDaemon, AFileThatIsDroppedTwiceGivesItsRowsOnceAndAReleaseImportsItAllTheSame) {
  World world;
  world.start();
  const auto text = some_csv(5, "same");
  world.drop("append", "sales_1.csv", text);
  const auto first = world.wait_until_settled(1);
  ASSERT_EQ(first.size(), 1U) << world.daemon().log();
  const std::int64_t id = first[0].at("id");

  world.drop("append", "sales_1.csv", text);
  const auto both = world.wait_until_settled(2);
  ASSERT_EQ(both.size(), 2U) << world.daemon().log();
  EXPECT_EQ(both[0].at("state"), "held") << both.dump(2);
  EXPECT_EQ(both[0].at("duplicate_of"), id) << both.dump(2);
  EXPECT_THAT(both[0].at("reason").get<std::string>(), HasSubstr("Same content as submission " + std::to_string(id)));
  EXPECT_THAT(both[0].at("reason").get<std::string>(), HasSubstr("which was done when this one came"));
  EXPECT_EQ(world.rows_in("sales"), 5);

  const std::int64_t held = both[0].at("id");
  ASSERT_EQ(rest("POST", world.daemon().rest_address(), fmt::format("/v1/submissions/{}/release", held)).status, 200);
  const auto released = world.wait_until_settled(2);
  ASSERT_EQ(released.size(), 2U) << world.daemon().log();
  EXPECT_EQ(released[0].at("state"), "done") << released.dump(2);
  EXPECT_EQ(world.submission(held).at("duplicate_of"), id);
  EXPECT_EQ(world.rows_in("sales"), 10);
}

TEST(DuplicatesByTheDaemon, AChangedByteIsANewSubmission) {
  World world;
  world.start();
  world.drop("append", "sales_1.csv", "id,name\n1,a\n");
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  world.drop("append", "sales_1.csv", "id,name\n1,b\n");
  const auto both = world.wait_until_settled(2);
  ASSERT_EQ(both.size(), 2U) << world.daemon().log();
  EXPECT_EQ(both[0].at("state"), "done") << both.dump(2);
  EXPECT_EQ(world.rows_in("sales"), 2);
}

TEST(DuplicatesByTheDaemon, TheSameTableTwiceIsReplacedTwice) {
  World world;
  world.start();
  for (std::size_t count : {1U, 2U}) {
    world.drop("truncateadd", "stock_1.csv", some_csv(5, "same"));
    const auto all = world.wait_until_settled(count);
    ASSERT_EQ(all.size(), count) << world.daemon().log();
    EXPECT_EQ(all[0].at("state"), "done") << all.dump(2);
  }
  EXPECT_EQ(world.rows_in("stock"), 5);
}

}  // namespace
}  // namespace dropload
