#include "daemon/schedule/backoff.h"

#include <gtest/gtest.h>

namespace dropload::schedule {
namespace {

constexpr Backoff backoff{Milliseconds{2'000}, Milliseconds{300'000}};

TEST(Backoff, EachRepeatWaitsTwiceAsLongAsTheOneBefore) {
  EXPECT_EQ(wait_before_repeat(backoff, 0, 1.0), Milliseconds{2'000});
  EXPECT_EQ(wait_before_repeat(backoff, 1, 1.0), Milliseconds{4'000});
  EXPECT_EQ(wait_before_repeat(backoff, 5, 1.0), Milliseconds{64'000});
}

TEST(Backoff, NoWaitIsLongerThanTheCap) {
  EXPECT_EQ(wait_before_repeat(backoff, 20, 1.0), Milliseconds{300'000});
  EXPECT_EQ(wait_before_repeat(backoff, 1'000'000, 1.0), Milliseconds{300'000});
}

TEST(Backoff, JitterTakesAtMostHalfAway) {
  EXPECT_EQ(wait_before_repeat(backoff, 2, 0.0), Milliseconds{4'000});
  EXPECT_EQ(wait_before_repeat(backoff, 2, 0.5), Milliseconds{6'000});
}

TEST(Backoff, ANegativeCountIsTheFirstRepeat) {
  EXPECT_EQ(wait_before_repeat(backoff, -3, 1.0), Milliseconds{2'000});
}

}  // namespace
}  // namespace dropload::schedule
