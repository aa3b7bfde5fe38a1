#include "common/csv/survey.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/common/csv/pieces.h"

namespace dropload::csv {
namespace {

using namespace std::string_literals;
using test::whole;
using ::testing::HasSubstr;

Survey surveyed(std::string text, const KnownDialect& known = {}) {
  return survey(whole(std::move(text)), known).value();
}

TEST(Survey, CountsRecordsBehindTheHeaderAndNotEmptyLines) {
  const auto found = surveyed("id,name\n\n1,a\n2,\"b\nc\"\n\n");
  EXPECT_EQ(found.records, 2);
  EXPECT_EQ(found.header, "id,name");
  EXPECT_EQ(found.header_fields, 2U);
  EXPECT_EQ(found.data_line, 2);
  EXPECT_EQ(found.data_offset, 8U);
  EXPECT_TRUE(found.ends_in_break);
}

TEST(Survey, TellsTheLineBreaksOutsideOfQuotesAndWhetherTheLastIsMissing) {
  EXPECT_EQ(surveyed("a,b\r\n1,\"x\ny\"\r\n").breaks, (LineBreaks{.crlf = true}));
  EXPECT_EQ(surveyed("a,b\n1,2\r3,4\r\n").breaks, (LineBreaks{.lf = true, .crlf = true, .cr = true}));
  EXPECT_FALSE(surveyed("a,b\n1,2").ends_in_break);
  EXPECT_FALSE(surveyed("a,b").ends_in_break);
}

TEST(Survey, ABomIsNoPartOfTheHeaderButOfItsOffset) {
  const auto found = surveyed("\xEF\xBB\xBFid;b\r\n1;2\r\n");
  EXPECT_EQ(found.bom_bytes, 3);
  EXPECT_EQ(found.header, "id;b");
  EXPECT_EQ(found.data_offset, 9U);
  EXPECT_EQ(found.dialect.delimiter, ';');
}

TEST(Survey, AHeaderOfSeveralLinesIsOne) {
  const auto found = surveyed("\"a\nb\",c\n1,2\n");
  EXPECT_EQ(found.header, "\"a\nb\",c");
  EXPECT_EQ(found.data_line, 3);
  EXPECT_EQ(found.records, 1);
}

TEST(Survey, TopLinesAndCommentsAreNoRecords) {
  const auto found = surveyed("exported by x\n# a\nid,b\n1,2\n# c\n3,4\n", {.comment = '#', .skip_top = 1});
  EXPECT_EQ(found.header, "id,b");
  EXPECT_EQ(found.records, 2);
  EXPECT_EQ(found.data_line, 4);
}

TEST(Survey, WhatIsKnownOfTheDialectIsNotFoundOut) {
  const KnownDialect known{.delimiter = '|', .quote = std::optional<char>()};
  const auto found = surveyed("a|b,c,d\n\"1|2,3,4\n", known);
  EXPECT_EQ(found.header_fields, 2U);
  EXPECT_EQ(found.records, 1);
}

TEST(Survey, Utf16IsCountedAsWell) {
  const auto found = surveyed("\xFF\xFEi\0d\0\n\0001\0\n\0002\0"s);
  EXPECT_EQ(found.encoding, Encoding::utf16_le);
  EXPECT_EQ(found.header, "id");
  EXPECT_EQ(found.records, 2);
}

TEST(Survey, ARecordLongerThanTheBeginningIsCounted) {
  const auto found = surveyed("a,b\n1,\"" + std::string(700'000, 'x') + "\"\n2,y\n");
  EXPECT_EQ(found.records, 2);
}

TEST(Survey, FailsForAnOpenQuoteWithItsLine) {
  const auto found = survey(whole("a,b\n1,2\n3,\"x\n"), {});
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("line 3"));
}

TEST(Survey, FailsWithoutAHeader) {
  EXPECT_EQ(survey(whole(""), {}).error().code, Errc::invalid_argument);
  EXPECT_EQ(survey(whole("\xEF\xBB\xBF\r\n\n"), {}).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace dropload::csv
