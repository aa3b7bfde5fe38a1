#include "common/base/nearest.h"

#include <gtest/gtest.h>

namespace dropload {
namespace {

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> keys{"on_error", "on_unknown", "workspace", "table"};
  EXPECT_EQ(nearest("on_eror", keys), "on_error");
  EXPECT_EQ(nearest("no_error", keys), "on_error");
  EXPECT_EQ(nearest("On-Error", keys), "on_error");
  EXPECT_EQ(nearest("tabel", keys), "table");
  EXPECT_EQ(nearest("work_space", keys), "workspace");
}

TEST(Nearest, FindsNothingForAWordThatIsFarFromAll) {
  const std::vector<std::string> keys{"on_error", "table", "name"};
  EXPECT_EQ(nearest("colour", keys), "");
  EXPECT_EQ(nearest("", keys), "");
  EXPECT_EQ(nearest(std::string(10'000, 'x'), keys), "");
}

}  // namespace
}  // namespace dropload
