#include "common/zoho/date_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace dropload::zoho {
namespace {

std::string wrong(std::string_view pattern) {
  const auto checked = check_date_pattern(pattern);
  return checked ? "" : checked.error().message;
}

TEST(DatePattern, JavaPatternsAreFine) {
  for (const std::string_view text : {"dd-MMM-yyyy", "dd-MMM-YYYY", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
                                      "d 'o''clock' h a M y", "EEE, MMM d, ''yy", "yyyyMMdd", "uuuu-MM-dd"}) {
    EXPECT_EQ(wrong(text), "") << text;
  }
}

TEST(DatePattern, WhatIsWrongIsNamed) {
  EXPECT_EQ(wrong("YYYY-mm-DD"),
            "\"YYYY-mm-DD\" is no date pattern: the letter D means nothing in one; write something like \"yyyy-MM-dd "
            "HH:mm:ss\", other text in single quotes");
  EXPECT_EQ(wrong("yyyy 'at"), "\"yyyy 'at\" is no date pattern: a single quote is not closed; add the second one");
  EXPECT_EQ(wrong("%1-%2"), "\"%1-%2\" is no date pattern; write something like \"yyyy-MM-dd\"");
  EXPECT_EQ(wrong("HH:mm"),
            "\"HH:mm\" is no date pattern: it has no year, month and day; write something like \"yyyy-MM-dd\"");
}

TEST(DatePattern, YearMonthAndDayAreAllNeeded) {
  for (const std::string_view text : {"yyyy-MM", "dd.MM.", "yyyy 'M' dd", ""}) EXPECT_NE(wrong(text), "") << text;
}

}  // namespace
}  // namespace dropload::zoho
