#include <cerrno>
#include <stdexcept>

#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/result.h"

namespace dropload {
namespace {

TEST(Result, TheValueOfAFailureIsAProgrammingErrorThatSaysWhatFailed) {
  const Result<int> failed = error(Errc::no_space, "no room for {}", "x.csv");
  try {
    (void)failed.value();
    FAIL() << "value() of a failure returned";
  } catch (const std::logic_error& e) {
    EXPECT_NE(std::string(e.what()).find("no_space: no room for x.csv"), std::string::npos);
  }
}

TEST(Result, ErrnoKeepsApartWhatCallersDecideOn) {
  EXPECT_EQ(error_from_errno(ENOSPC, "w").code, Errc::no_space);
  EXPECT_EQ(error_from_errno(EDQUOT, "w").code, Errc::no_space);
  EXPECT_EQ(error_from_errno(EXDEV, "w").code, Errc::cross_device);
  EXPECT_EQ(error_from_errno(EEXIST, "w").code, Errc::already_exists);
  EXPECT_EQ(error_from_errno(EACCES, "w").code, Errc::permission_denied);
  EXPECT_EQ(error_from_errno(EIO, "w").code, Errc::io);
}

TEST(Clock, ATimeIsShownInUtcWithMilliseconds) {
  EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339({1'795'415'400'125}), "2026-11-23T06:30:00.125Z");
  EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, ATimeThatWasShownIsReadBack) {
  for (const std::int64_t ms :
       {std::int64_t{0}, std::int64_t{1'795'415'400'125}, std::int64_t{-1}, std::int64_t{1'709'164'800'000}}) {
    EXPECT_EQ(parse_rfc3339(to_rfc3339({ms})).value(), Time{ms});
  }
}

TEST(Clock, WhatIsNotSuchATimeIsRefused) {
  for (const char* text : {"", "2026-11-23", "2026-11-23T06:30:00Z", "2026-02-29T06:30:00.125Z",
                           "2026-11-23T24:30:00.125Z", "2026-11-23T06:30:00.125+01"}) {
    const auto parsed = parse_rfc3339(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
}

TEST(Clock, TheSystemClockNeverGoesBack) {
  const SystemClock clock;
  Time last = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const Time now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Random, NamesAreHexAndDoNotRepeat) {
  SystemRandom random;
  const auto a = random.hex(16);
  EXPECT_EQ(a.size(), 32U);
  EXPECT_EQ(a.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(a, random.hex(16));
}

TEST(Log, AnUnknownLevelIsRefusedWithTheWordsThatAreKnown) {
  const auto set = set_up_log("loud");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().message, "'loud' is not a log level; use debug, info, warn or error");
}

}  // namespace
}  // namespace dropload
