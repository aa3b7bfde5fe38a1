#include "daemon/service/dates.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace dropload::service {
namespace {

std::string iso(const std::optional<Moment>& moment, bool with_time = false) {
  std::array<char, 32> buffer{};
  return moment ? std::string(write_iso(*moment, with_time, buffer)) : "no date";
}

std::string read(std::string_view pattern, std::string_view text) {
  const auto format = DateFormat::from_java(pattern);
  return format ? iso(format->parse(text)) : "no pattern";
}

// What the known forms make of it, the first that fits.
std::string recognised(std::string_view text) {
  for (const DateFormat& format : DateFormat::known()) {
    if (const auto moment = format.parse(text)) return iso(moment);
  }
  return "no date";
}

TEST(Dates, JavaPatternsAreRead) {
  EXPECT_EQ(read("yyyy-MM-dd", "2026-11-23"), "2026-11-23");
  EXPECT_EQ(read("d/M/y", "3/4/2026"), "2026-04-03");
  EXPECT_EQ(read("dd-MMM-yyyy", "03-Nov-2026"), "2026-11-03");
  EXPECT_EQ(read("dd-MMM-YYYY", "03-Nov-2026"), "2026-11-03") << "the API's own example";
  EXPECT_EQ(read("dd MMMM, yyyy", "03 november, 2026"), "2026-11-03");
  EXPECT_EQ(read("EEE, d MMM yyyy HH:mm:ss", "Mon, 23 Nov 2026 06:30:05"), "2026-11-23 06:30:05");
  EXPECT_EQ(read("yyyyMMdd", "20261123"), "2026-11-23");
  EXPECT_EQ(read("yyMMdd", "261123"), "2026-11-23");
  EXPECT_EQ(read("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-11-23T06:30:00.125"), "2026-11-23 06:30:00.125");
  EXPECT_EQ(read("dd 'o''clock' MM yyyy", "23 o'clock 11 2026"), "2026-11-23");
}

TEST(Dates, TheHalfOfTheDayAndTheOffsetAreApplied) {
  EXPECT_EQ(read("yyyy-MM-dd hh:mm a", "2026-11-23 12:15 AM"), "2026-11-23 00:15:00");
  EXPECT_EQ(read("yyyy-MM-dd hh:mm a", "2026-11-23 12:15 pm"), "2026-11-23 12:15:00");
  EXPECT_EQ(read("yyyy-MM-dd hh:mm a", "2026-11-23 07:15 PM"), "2026-11-23 19:15:00");
  EXPECT_EQ(read("yyyy-MM-dd kk:mm", "2026-11-23 24:15"), "2026-11-23 00:15:00");
  EXPECT_EQ(read("yyyy-MM-dd HH:mm Z", "2026-01-01 01:30 +0200"), "2025-12-31 23:30:00");
  EXPECT_EQ(read("yyyy-MM-dd HH:mmX", "2026-12-31 22:30-05:00"), "2027-01-01 03:30:00");
  EXPECT_EQ(read("yyyy-MM-dd HH:mm z", "2026-12-31 22:30 GMT"), "2026-12-31 22:30:00");
}

TEST(Dates, YearsOfTwoDigitsAreNear) {
  EXPECT_EQ(read("dd.MM.yy", "01.02.69"), "2069-02-01");
  EXPECT_EQ(read("dd.MM.yy", "01.02.70"), "1970-02-01");
  EXPECT_EQ(read("dd.MM.yy", "01.02.2026"), "no date");
  EXPECT_EQ(read("dd.MM.yyyy", "01.02.26"), "no date");
}

TEST(Dates, ImpossibleDatesAndLeftoversDoNotFit) {
  EXPECT_EQ(read("yyyy-MM-dd", "2026-02-29"), "no date");
  EXPECT_EQ(read("yyyy-MM-dd", "2024-02-29"), "2024-02-29");
  EXPECT_EQ(read("yyyy-MM-dd", "2026-13-01"), "no date");
  EXPECT_EQ(read("yyyy-MM-dd", "2026-11-23x"), "no date");
  EXPECT_EQ(read("yyyy-MM-dd", "2026-11-"), "no date");
  EXPECT_EQ(read("yyyy-MM-dd HH:mm", "2026-11-23 24:00"), "no date");
  EXPECT_EQ(read("yyyy-MM-dd HH:mm Z", "0000-01-01 00:00 +02:00"), "no date");
  EXPECT_EQ(read("yyyy-MM-dd", ""), "no date");
}

TEST(Dates, WhatIsNoPatternIsRefused) {
  for (const std::string_view pattern : {"", "yyyy-MM", "HH:mm", "yyyy-MM-dd Q", "yyyy-MM-dd 'open", "hello"}) {
    EXPECT_FALSE(DateFormat::from_java(pattern)) << pattern;
  }
}

TEST(Dates, APatternKnowsWhetherItHoldsATime) {
  EXPECT_FALSE(DateFormat::from_java("dd/MM/yyyy")->has_time());
  EXPECT_TRUE(DateFormat::from_java("dd/MM/yyyy HH:mm")->has_time());
  EXPECT_FALSE(DateFormat::from_java("dd/MM/yyyy 'at' ")->has_time());
}

TEST(Dates, UsualFormsAreRecognisedWithAndWithoutATime) {
  EXPECT_EQ(recognised("2026-11-23"), "2026-11-23");
  EXPECT_EQ(recognised("2026-11-23 06:30"), "2026-11-23 06:30:00");
  EXPECT_EQ(recognised("2026-11-23T06:30:00.5Z"), "2026-11-23 06:30:00.500");
  EXPECT_EQ(recognised("2026-11-23T06:30:00+02:00"), "2026-11-23 04:30:00");
  EXPECT_EQ(recognised("2026/1/5"), "2026-01-05");
  EXPECT_EQ(recognised("23/11/2026"), "2026-11-23");
  EXPECT_EQ(recognised("23.11.2026 6:30 pm"), "2026-11-23 18:30:00");
  EXPECT_EQ(recognised("11/23/2026"), "2026-11-23");
  EXPECT_EQ(recognised("23-Nov-2026"), "2026-11-23");
  EXPECT_EQ(recognised("Nov 23, 2026"), "2026-11-23");
  EXPECT_EQ(recognised("23 November, 2026 06:30:00"), "2026-11-23 06:30:00");
  EXPECT_EQ(recognised("23/11/26"), "2026-11-23");
}

TEST(Dates, NumbersVersionsAndWordsAreNoDates) {
  for (const std::string_view text : {"20261123", "1.2.3", "12-34", "November", "2026", "2026-11-23 at noon", "1/2"}) {
    EXPECT_EQ(recognised(text), "no date") << text;
  }
}

TEST(Dates, MidnightIsWrittenOnlyWhereTheColumnHasTimes) {
  const Moment midnight{2026, 11, 23, 0, 0, 0, 0};
  EXPECT_EQ(iso(midnight, false), "2026-11-23");
  EXPECT_EQ(iso(midnight, true), "2026-11-23 00:00:00");
}

TEST(Dates, TwoDigitsEachAreNeededWhereDotsAndAShortYearCouldBeAVersion) {
  EXPECT_EQ(recognised("1.2.10"), "no date");
  EXPECT_EQ(recognised("01.2.10"), "no date");
  EXPECT_EQ(recognised("01.02.10"), "2010-02-01");
  EXPECT_EQ(recognised("1.2.2010"), "2010-02-01");
  EXPECT_EQ(recognised("1/2/10"), "2010-02-01");
}

}  // namespace
}  // namespace dropload::service
