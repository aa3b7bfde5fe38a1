#include "daemon/intake/expected.h"

#include <gtest/gtest.h>

#include "common/base/local_time.h"

namespace dropload::intake {
namespace {

using namespace std::chrono_literals;

// The file is due at 06:30 of every working day. Day 0 is a Monday.
class ExpectedTest : public testing::Test {
 protected:
  ExpectedTest() {
    expectation.text = "orders_*.csv by 06:30 Mon-Fri";
    expectation.pattern = "orders_*.csv";
    expectation.by = 6h + 30min;
    for (std::size_t day = 0; day < 5; ++day) expectation.days.set(day);
  }
  static Time at(int day, std::chrono::minutes of_day) {
    const std::chrono::local_days monday{std::chrono::year(2026) / 11 / 23};
    return at_local(monday + std::chrono::days(day), of_day);
  }
  void came(Time time, std::uint64_t size = 1000, std::string name = "orders_1.csv") {
    expected().came({++last_id, "sales", std::move(name), time, size, false, false});
  }
  Expected& expected() {
    if (!made) made.emplace(expectation, since);
    return *made;
  }
  Judgement judged(int day, std::chrono::minutes of_day) { return expected().judged(at(day, of_day)); }

  queue::Expectation expectation;
  Time since{};
  std::optional<Expected> made;
  queue::SubmissionId last_id = 0;
};

TEST_F(ExpectedTest, AFileThatCameBeforeItWasDueIsInTime) {
  came(at(1, 6h + 12min));
  const auto seen = judged(1, 7h);
  EXPECT_EQ(seen.arrived, Arrived::in_time) << seen.sentence;
  EXPECT_EQ(seen.due, at(1, 6h + 30min));
  EXPECT_EQ(seen.next_due, at(2, 6h + 30min));
  EXPECT_EQ(seen.submission, 1);
  EXPECT_EQ(seen.sentence, "submission 1 came Tue 2026-11-24 06:12");
}

TEST_F(ExpectedTest, AFileThatDidNotComeIsMissingUntilTheNextOneIsThere) {
  EXPECT_EQ(judged(1, 6h + 30min).arrived, Arrived::missing);
  EXPECT_EQ(judged(1, 20h).sentence, "nothing has come that was due Tue 2026-11-24 06:30");
  came(at(2, 6h));
  EXPECT_EQ(judged(2, 6h + 1min).arrived, Arrived::in_time) << "the next one is there before it was due";
  EXPECT_EQ(judged(2, 6h + 1min).due, at(2, 6h + 30min));
}

TEST_F(ExpectedTest, AFileThatComesAfterItWasDueIsLateAndNotThatOfTheNextDay) {
  came(at(1, 8h));
  const auto seen = judged(1, 9h);
  EXPECT_EQ(seen.arrived, Arrived::late);
  EXPECT_EQ(seen.sentence, "submission 1 came Tue 2026-11-24 08:00, 1 h 30 min late");
  EXPECT_EQ(judged(2, 7h).arrived, Arrived::missing);
}

TEST_F(ExpectedTest, AFileOfTheEveningBeforeIsThatOfTheNextDay) {
  came(at(0, 6h));
  came(at(0, 23h));
  EXPECT_EQ(judged(0, 23h + 1min).due, at(1, 6h + 30min));
  EXPECT_EQ(judged(1, 7h).arrived, Arrived::in_time);
}

TEST_F(ExpectedTest, NothingIsDueOnDaysThatAreNotNamed) {
  came(at(4, 6h));
  const auto saturday = judged(5, 12h);
  EXPECT_EQ(saturday.arrived, Arrived::in_time);
  EXPECT_EQ(saturday.due, at(4, 6h + 30min));
  EXPECT_EQ(saturday.next_due, at(7, 6h + 30min));
}

TEST_F(ExpectedTest, WhatWasDueBeforeAnybodyExpectedItIsNotMissed) {
  since = at(1, 7h);
  const auto seen = judged(1, 8h);
  EXPECT_EQ(seen.arrived, Arrived::waiting);
  EXPECT_EQ(seen.due, std::nullopt);
  EXPECT_EQ(seen.sentence, "due Wed 2026-11-25 06:30");
  EXPECT_EQ(judged(2, 7h).arrived, Arrived::missing);
}

TEST_F(ExpectedTest, OtherNamesRetriesAndSkippedContentsAreNoArrivals) {
  came(at(1, 6h), 1000, "returns_1.csv");
  expected().came({8, "sales", "orders_1.csv", at(1, 6h), 1000, true, false});
  expected().came({9, "sales", "orders_1.csv", at(1, 6h), 1000, false, true});
  EXPECT_EQ(judged(1, 7h).arrived, Arrived::missing);
}

TEST_F(ExpectedTest, AFileThatIsFarSmallerThanUsualIsTooSmall) {
  for (const int day : {-5, -4, -3}) came(at(day, 6h), 100'000);
  came(at(0, 6h), 9'999);
  const auto seen = judged(0, 7h);
  EXPECT_EQ(seen.arrived, Arrived::small);
  EXPECT_EQ(seen.sentence, "submission 4 of Mon 2026-11-23 06:00 has 9999 bytes only; 100000 are usual");
  came(at(0, 6h + 10min), 10'000);
  EXPECT_EQ(judged(0, 7h).arrived, Arrived::in_time) << "one of the day's files is large enough";
}

TEST_F(ExpectedTest, TwoEarlierFilesDoNotSayWhatIsUsual) {
  for (const int day : {-4, -3}) came(at(day, 6h), 100'000);
  came(at(0, 6h), 1);
  EXPECT_EQ(judged(0, 7h).arrived, Arrived::in_time);
}

TEST_F(ExpectedTest, ASizeInTheConfigurationCountsInsteadOfWhatIsUsual) {
  expectation.least_bytes = 500;
  came(at(1, 6h), 499);
  EXPECT_EQ(judged(1, 7h).arrived, Arrived::small);
  EXPECT_EQ(judged(1, 7h).sentence, "submission 1 of Tue 2026-11-24 06:00 has 499 bytes only; 500 are the least");
  EXPECT_EQ(judged(1, 6h + 10min).arrived, Arrived::missing) << "a larger one may still come: Monday's is what is told";
  came(at(1, 7h), 500);
  EXPECT_EQ(judged(1, 8h).arrived, Arrived::late);
}

TEST_F(ExpectedTest, ArrivalsMayBeToldInAnyOrderAndOften) {
  came(at(1, 8h), 1000);
  for (int day = 1; day > -60; --day) came(at(day, 6h), 900);
  EXPECT_EQ(judged(1, 9h).arrived, Arrived::in_time);
  expected().came({1, "sales", "orders_1.csv", at(1, 8h), 1000, false, false});
  EXPECT_EQ(judged(1, 9h).submission, 2) << "the one that was in time";
}

TEST_F(ExpectedTest, ItLooksBackOverAsManyTimesAsTellWhatIsUsual) {
  EXPECT_EQ(expected().looks_back_to(at(1, 7h)), at(-14, 6h + 30min));
  expectation.days.reset();
  expectation.days.set(0);
  made.reset();
  EXPECT_EQ(expected().looks_back_to(at(1, 7h)), at(-77, 6h + 30min));
}

}  // namespace
}  // namespace dropload::intake
