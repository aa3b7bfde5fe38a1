// What a person finds in failed/.

#include <gmock/gmock.h>

#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::World;
using testing::HasSubstr;

TEST(ReasonFile, ItHasTheLinesOfTheBadRowsAndTheCommandThatRetries) {
  World world;
  world.start();
  world.drop("append", "sales_1.csv", "id,amount\n1,10\n2,20\n");
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  world.drop("append", "sales_2.csv", "id,amount\n3,30\n4,forty\n5,50\n6,sixty\n");
  const auto all = world.wait_until_settled(2);
  ASSERT_EQ(all.size(), 2U) << world.daemon().log();
  ASSERT_EQ(all[0].at("state"), "failed") << all.dump(2);
  const std::int64_t id = all[0].at("id");
  const auto text = test::contents(all[0].at("retired_to").get<std::string>() + ".error.txt");
  EXPECT_THAT(text, HasSubstr("sales_2.csv was not imported."));
  EXPECT_THAT(text, HasSubstr("nothing of it was written"));
  EXPECT_THAT(text, HasSubstr("\n[Line: 3 Field: 2] (forty)")) << "in the service's words";
  EXPECT_THAT(text, HasSubstr(fmt::format("`dropload retry {}`", id)));
}

}  // namespace
}  // namespace dropload
