#include "daemon/config_expect.h"

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

using namespace std::chrono_literals;
using config::parse_expectation;

std::string days_of(std::string_view text) {
  const auto parsed = parse_expectation(text);
  if (!parsed) return parsed.error().message;
  std::string days;
  for (std::size_t day = 0; day < queue::days_of_a_week; ++day) days += parsed->days.test(day) ? 'x' : '-';
  return days;
}

TEST(ConfigExpect, ANameATimeAndDaysAreRead) {
  const auto parsed = parse_expectation("orders_*.csv by 06:30 Mon-Fri").value();
  EXPECT_EQ(parsed.text, "orders_*.csv by 06:30 Mon-Fri");
  EXPECT_EQ(parsed.pattern, "orders_*.csv");
  EXPECT_EQ(parsed.by, 6h + 30min);
  EXPECT_EQ(parsed.least_bytes, 0U);
  EXPECT_EQ(days_of("orders_*.csv by 06:30 Mon-Fri"), "xxxxx--");
}

TEST(ConfigExpect, DaysAreRangesListsOrAllOfThem) {
  EXPECT_EQ(days_of("a by 6:30"), "xxxxxxx");
  EXPECT_EQ(days_of("a by 6:30 mon,Thursday"), "x--x---");
  EXPECT_EQ(days_of("a by 6:30 Fri-Mon"), "x---xxx");
  EXPECT_EQ(days_of("a by 6:30 Mon-Tue,SUN"), "xx----x");
}

TEST(ConfigExpect, ASizeThatItMustHaveIsRead) {
  const auto parsed = parse_expectation("by by day.csv by 23:59 Sun at least 2MB").value();
  EXPECT_EQ(parsed.pattern, "by by day.csv");
  EXPECT_EQ(parsed.by, 23h + 59min);
  EXPECT_EQ(parsed.least_bytes, 2U << 20);
  EXPECT_EQ(days_of("a by 6:30 at least 1KB"), "xxxxxxx");
}

TEST(ConfigExpect, WhatIsWrongIsSaidWithWhatToWrite) {
  EXPECT_EQ(days_of("orders_*.csv"),
            R"("orders_*.csv" does not say by when; write something like "orders_*.csv by 06:30 Mon-Fri")");
  EXPECT_NE(days_of(" by 06:30").find("names no file"), std::string::npos);
  EXPECT_NE(days_of("a/b by 06:30").find("has a slash"), std::string::npos);
  for (const char* time : {"24:00", "6", "06:60", "6:3", "noon", "006:30", "-1:30"}) {
    EXPECT_NE(days_of("a by " + std::string(time)).find("no time of day"), std::string::npos) << time;
  }
  for (const char* days : {"Mo", "Mon-", "Mon-Fre", "weekdays", ",Mon"}) {
    EXPECT_NE(days_of("a by 06:30 " + std::string(days)).find("other words behind the time"), std::string::npos)
        << days;
  }
  EXPECT_NE(days_of("a by 06:30 at least much").find("much"), std::string::npos);
}

class Expectations : public test::ConfigTest {};

TEST_F(Expectations, ARouteMayExpectOneFileOrSeveral) {
  const std::string route = "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n";
  EXPECT_EQ(config(route + "expect = \"a by 06:30\"\n").routes.at(0).expected.size(), 1U);
  EXPECT_EQ(config(route + "expect = [\"a by 06:30\", \"b by 07:00\"]\n").routes.at(0).expected.size(), 2U);
}

}  // namespace
}  // namespace dropload
