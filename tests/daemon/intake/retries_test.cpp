#include "daemon/intake/retries.h"

#include <gtest/gtest.h>

namespace dropload::intake {
namespace {

using Names = std::vector<std::string>;

TEST(Retries, WaitsDoubleUpToAMinute) {
  Retries retries;
  Time now{1'000'000};
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    retries.failed("a", now);
    std::set<std::string> names{"a", "b"};
    EXPECT_EQ(retries.take_ready(names, now + Milliseconds{seconds * 1'000 - 1}), Names{"b"});
    EXPECT_EQ(retries.next(names), now + Milliseconds{seconds * 1'000});
    now = now + Milliseconds{seconds * 1'000};
    EXPECT_EQ(retries.take_ready(names, now), Names{"a"});
    EXPECT_EQ(retries.next(names), std::nullopt);
  }
}

TEST(Retries, WhatIsForgottenNeedNotWait) {
  Retries retries;
  for (const auto* name : {"a", "b", "c"}) retries.failed(name, Time{5});
  retries.forget("a");
  retries.keep_only({"a", "c"});
  std::set<std::string> names{"a", "b", "c"};
  EXPECT_EQ(retries.take_ready(names, Time{5}), (Names{"a", "b"}));
}

}  // namespace
}  // namespace dropload::intake
