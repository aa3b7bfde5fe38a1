#include "common/base/local_time.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace dropload {
namespace {

using namespace std::chrono_literals;

// TZ is the process's: each test of this program runs in one of its own.
class LocalTime : public testing::Test {
 protected:
  static void zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~LocalTime() override {
    ::unsetenv("TZ");
    ::tzset();
  }
  static Time utc(std::string_view text) { return parse_rfc3339(text).value(); }
};

// A zone by its rules, so that no database of zones is needed: Berlin's.
constexpr const char* berlin = "CET-1CEST,M3.5.0,M10.5.0/3";

TEST_F(LocalTime, ADayAndAnHourAreThoseOfTheZone) {
  zone(berlin);
  const auto day = local_day(utc("2026-11-23T23:30:00.000Z"));
  EXPECT_EQ(std::chrono::year_month_day(day), std::chrono::year(2026) / 11 / 24);
  EXPECT_EQ(at_local(day, 6h + 30min), utc("2026-11-24T05:30:00.000Z"));
  EXPECT_EQ(to_local_minute(utc("2026-11-24T05:30:59.000Z")), "Tue 2026-11-24 06:30");
}

TEST_F(LocalTime, AnHourStaysTheSameByTheClockOnTheWallWhenTheZoneChanges) {
  zone(berlin);
  const auto before = local_day(utc("2026-10-24T12:00:00.000Z"));
  EXPECT_EQ(at_local(before, 6h), utc("2026-10-24T04:00:00.000Z"));
  EXPECT_EQ(at_local(before + std::chrono::days(1), 6h), utc("2026-10-25T05:00:00.000Z"));
}

TEST_F(LocalTime, AnHourThatIsLeftOutInSpringIsTheOneAfterIt) {
  zone(berlin);
  const auto day = local_day(utc("2026-03-29T12:00:00.000Z"));
  EXPECT_EQ(to_local_minute(at_local(day, 2h + 30min)), "Sun 2026-03-29 03:30");
}

}  // namespace
}  // namespace dropload
