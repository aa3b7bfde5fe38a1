#include "common/zoho/limits.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

struct Call {
  CallKind kind;
  Time at;
};

// What RequestWindow says it does, in the plainest words: every moment is tried.
class Model {
 public:
  explicit Model(RequestLimits limits) : limits_(limits) {}

  void add(CallKind kind, Time at) { calls_.push_back({kind, at}); }
  int used(CallKind kind, Time now) const {
    return static_cast<int>(std::count_if(calls_.begin(), calls_.end(), [&](const Call& call) {
      return call.kind == kind && call.at <= now && now < call.at + limits_.window;
    }));
  }
  bool fits(const RequestCost& cost, Time now) const {
    const int bulk_cost = std::min(cost.bulk, limits_.bulk);
    const int metadata_cost = std::min(cost.metadata, limits_.metadata);
    const int total_cost = std::min(bulk_cost + metadata_cost, limits_.overall);
    const int bulk = used(CallKind::bulk, now);
    const int metadata = used(CallKind::metadata, now);
    return (cost.bulk == 0 || bulk + bulk_cost <= limits_.bulk) &&
           (cost.metadata == 0 || metadata + metadata_cost <= limits_.metadata) &&
           (total_cost == 0 || bulk + metadata + total_cost <= limits_.overall);
  }
  Time first_fit(const RequestCost& cost, Time now) const {
    while (!fits(cost, now)) now = now + Milliseconds{1};
    return now;
  }

 private:
  RequestLimits limits_;
  std::vector<Call> calls_;
};

TEST(RequestWindow, AgreesWithAModelThatTriesEveryMoment) {
  std::mt19937 random(20'261'123);
  const auto up_to = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  for (int round = 0; round < 400; ++round) {
    const RequestLimits limits{1 + up_to(4), 1 + up_to(5), 1 + up_to(7), Milliseconds{1 + up_to(40)}};
    RequestWindow window(limits);
    Model model(limits);
    for (int step = 0; step < 30; ++step) {
      const Time now{1'000 + up_to(120)};
      const auto kind = up_to(1) == 0 ? CallKind::bulk : CallKind::metadata;
      if (up_to(2) != 0) {
        window.add(kind, now);
        model.add(kind, now);
      }
      const RequestCost cost{up_to(6), up_to(6)};
      ASSERT_EQ(window.used(kind, now), model.used(kind, now));
      ASSERT_EQ(window.wait_until(cost, now).value_or(now), model.first_fit(cost, now))
          << "round " << round << ", step " << step;
    }
  }
}

TEST(RequestWindow, ForgettingWhatNoLongerCountsChangesNoAnswer) {
  std::mt19937 random(7);
  const auto up_to = [&](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  RequestWindow all(RequestLimits{3, 4, 6, Milliseconds{50}});
  RequestWindow pruned = all;
  Time now{0};
  for (int step = 0; step < 2'000; ++step) {
    now = now + Milliseconds{up_to(15)};
    const RequestCost cost{up_to(2), up_to(2)};
    pruned.forget_before(now);
    const auto wait = all.wait_until(cost, now);
    ASSERT_EQ(pruned.wait_until(cost, now), wait);
    if (!wait) {
      all.add(cost, now);
      pruned.add(cost, now);
      ASSERT_LE(all.used(CallKind::bulk, now), 3);
      ASSERT_LE(all.used(CallKind::metadata, now), 4);
    }
  }
}

TEST(RequestWindow, ACallCountsUntilItsWindowIsOver) {
  RequestWindow window(RequestLimits{1, 60, 100, Milliseconds{60'000}});
  window.add(CallKind::bulk, Time{5});
  EXPECT_EQ(window.wait_until({1, 0}, Time{5}), Time{60'005});
  EXPECT_EQ(window.wait_until({1, 0}, Time{60'004}), Time{60'005});
  EXPECT_EQ(window.wait_until({1, 0}, Time{60'005}), std::nullopt);
}

TEST(RequestWindow, TheOverallLimitHoldsWhenEachKindHasRoom) {
  RequestWindow window;
  window.add({39, 59}, Time{0});
  EXPECT_EQ(window.wait_until({1, 1}, Time{1}), std::nullopt);
  window.add(CallKind::metadata, Time{2});
  EXPECT_EQ(window.wait_until({1, 0}, Time{2}), std::nullopt);
  window.add(CallKind::bulk, Time{3});
  EXPECT_TRUE(window.wait_until({0, 1}, Time{3}));
}

TEST(RequestWindow, ACostOverTheLimitWaitsForAnEmptyWindowAndThenGoes) {
  RequestWindow window(RequestLimits{2, 2, 2, Milliseconds{10}});
  window.add(CallKind::bulk, Time{0});
  EXPECT_EQ(window.wait_until({9, 0}, Time{1}), Time{10});
  EXPECT_EQ(window.wait_until({9, 0}, Time{10}), std::nullopt);
}

TEST(RequestWindow, WhatCostsNothingNeverWaits) {
  RequestWindow window(RequestLimits{1, 1, 1, Milliseconds{10}});
  window.add({3, 3}, Time{0});
  EXPECT_EQ(window.wait_until({0, 0}, Time{0}), std::nullopt);
}

}  // namespace
}  // namespace dropload::zoho
