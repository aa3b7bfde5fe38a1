#include "common/base/text.h"

#include <gtest/gtest.h>

namespace dropload {
namespace {

using namespace std::string_view_literals;

TEST(Escaped, PlainNamesAndUtf8StayAsTheyAre) {
  EXPECT_EQ(escaped("Umsätze – 売上.csv"), "Umsätze – 売上.csv");
}

TEST(Escaped, BytesThatAreNotUtf8AreShownAsHex) {
  EXPECT_EQ(escaped("a\xff.csv"), "a\\xff.csv");
  EXPECT_EQ(escaped("\xc3"), "\\xc3");
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf") << "an overlong slash";
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
}

TEST(Escaped, ControlCharactersCannotForgeALine) {
  EXPECT_EQ(escaped("a\nb\x1b[31m\x7f\0c"sv), "a\\x0ab\\x1b[31m\\x7f\\x00c");
  EXPECT_EQ(escaped("a\xc2\x85"), "a\\xc2\\x85") << "U+0085, next line";
}

TEST(Escaped, TwoNamesNeverLookTheSame) {
  EXPECT_NE(escaped("a\\x0a"), escaped("a\n"));
}

TEST(Readable, ASentenceKeepsItsLineBreaksAndItsBackslashes) {
  EXPECT_EQ(readable("a\\xff.csv:\n\tline 3 – bad"), "a\\xff.csv:\n\tline 3 – bad");
}

TEST(Readable, NothingInItWorksATerminalOrBreaksJson) {
  EXPECT_EQ(readable("\x1b[2J\xff\r"), "\\x1b[2J\\xff\\x0d");
}

TEST(InAnyCase, WordsAreComparedByAsciiLettersOnly) {
  EXPECT_EQ(lower("ÄB-Cd_1"), "Äb-cd_1") << "no byte of UTF-8 is touched";
  EXPECT_TRUE(equal_in_any_case("TruncateAdd", "truncateadd"));
  EXPECT_FALSE(equal_in_any_case("append", "appendx"));
  EXPECT_TRUE(starts_with_in_any_case("TRUE story", "true"));
  EXPECT_FALSE(starts_with_in_any_case("tr", "true"));
}

}  // namespace
}  // namespace dropload
