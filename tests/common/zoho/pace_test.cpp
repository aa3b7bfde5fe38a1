#include "common/zoho/pace.h"

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

constexpr Time now{10'000'000};
constexpr Milliseconds window{60'000};
constexpr Milliseconds minute{60'000};

Pace once() {
  return slowed({}, now, now + window, window);
}

TEST(Pace, IsWholeUntilTheServiceSaysThatItIsTooFast) {
  EXPECT_EQ(bounded({}, {}, now).bulk, 40);
  EXPECT_EQ(bounded({}, {}, now).overall, 100);
}

TEST(Pace, HalvesEachLimitAtARefusalAndClosesTheWindow) {
  const auto allowed = bounded({}, once(), now);
  EXPECT_EQ(allowed.bulk, 20);
  EXPECT_EQ(allowed.metadata, 30);
  EXPECT_EQ(allowed.overall, 50);
  EXPECT_EQ(once().closed_until, now + window);
}

TEST(Pace, TakesRefusalsThatFallTogetherForOne) {
  const auto again = slowed(once(), now + Milliseconds{59'999}, now + 2 * window, window);
  EXPECT_EQ(sixteenths_at(again, now + Milliseconds{59'999}), 8);
  EXPECT_EQ(again.closed_until, now + 2 * window);
  EXPECT_EQ(slowed(once(), now, now, window).closed_until, now + window) << "the longer wait stays";
}

TEST(Pace, HalvesWhatHasComeBackAtTheNextRefusalAndNeverEndsAtNothing) {
  auto pace = once();
  Time at = now;
  for (const int expected : {5, 3, 2, 2, 2}) {
    at = at + minute;
    pace = slowed(pace, at, at, window);
    EXPECT_EQ(sixteenths_at(pace, at), expected);
  }
  EXPECT_EQ(bounded({.bulk = 4, .metadata = 4, .overall = 4}, pace, at).bulk, 1);
}

TEST(Pace, GrowsBackAnEighthAMinuteUntilItIsWhole) {
  EXPECT_EQ(sixteenths_at(once(), now + minute - Milliseconds{1}), 8);
  EXPECT_EQ(sixteenths_at(once(), now + minute), 10);
  EXPECT_EQ(sixteenths_at(once(), now + 4 * minute), 16);
  EXPECT_EQ(sixteenths_at(once(), now + 4'000 * minute), 16);
  EXPECT_EQ(sixteenths_at(once(), now - minute), 8) << "a clock that was set back";
}

TEST(RequestWindow, ThatIsClosedLetsNothingThroughUntilItOpens) {
  RequestWindow requests;
  requests.close_until(now + Milliseconds{5'000});
  EXPECT_EQ(requests.wait_until({.bulk = 1}, now), now + Milliseconds{5'000});
  EXPECT_FALSE(requests.wait_until({.bulk = 1}, now + Milliseconds{5'000}));
  requests.add(CallKind::bulk, now, 40);
  EXPECT_EQ(requests.wait_until({.bulk = 1}, now), now + window) << "what was made still counts then";
}

}  // namespace
}  // namespace dropload::zoho
