#include "common/csv/oddities.h"

#include <gmock/gmock.h>

#include "common/csv/header.h"
#include "tests/common/csv/pieces.h"

namespace dropload::csv {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Survey looked_over(std::string text, const KnownDialect& known = {}) {
  return survey_as_far_as_it_goes(test::whole(std::move(text)), known).value();
}

TEST(Oddities, RecordsWithOtherThanTheHeadersFieldsAreCountedWithTheirFirstLines) {
  const auto odd = looked_over("a,b\n1,2\n1\n\n\"x\ny\",2\n1,2,3\n1\n").odd;
  EXPECT_EQ(odd.short_records.count, 2);
  EXPECT_THAT(odd.short_records.first, ElementsAre(3, 8));
  EXPECT_EQ(odd.long_records.count, 1);
  EXPECT_THAT(odd.long_records.first, ElementsAre(7));
}

TEST(Oddities, OnlyTheFirstLinesAreKeptButAllAreCounted) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1000; ++i) text += "1\n";
  const auto odd = looked_over(text).odd;
  EXPECT_EQ(odd.short_records.count, 1000);
  EXPECT_THAT(odd.short_records.first, ElementsAre(2, 3, 4, 5, 6));
}

TEST(Oddities, AFileInOrderHasNone) {
  const auto odd = looked_over("a,b\n1,\xC3\xA9\n").odd;
  EXPECT_EQ(odd.short_records.count + odd.long_records.count, 0);
  EXPECT_FALSE(odd.nul_line);
  EXPECT_FALSE(odd.not_utf8_line);
}

TEST(Oddities, ANulByteIsFoundOnItsLineInTheHeaderToo) {
  EXPECT_EQ(looked_over("a,b\n1,2\n1,x\0y\n1,\0\n"s).odd.nul_line, 3);
  EXPECT_EQ(looked_over("a,b\0c\n1,2\n"s).odd.nul_line, 1);
}

TEST(Oddities, TheNulBytesOfUtf16AreNone) {
  const auto found = looked_over("\xFF\xFEi\0,\0b\0\n\0001\0,\0002\0"s);
  EXPECT_EQ(found.encoding, Encoding::utf16_le);
  EXPECT_FALSE(found.odd.nul_line);
  EXPECT_FALSE(found.odd.not_utf8_line);
}

// The encoding is found out by the beginning: what comes behind it may still be something else.
TEST(Oddities, AByteThatIsNoUtf8IsFoundFarBehindTheBeginning) {
  std::string text = "id,name\n";
  for (int i = 0; i < 50'000; ++i) text += "1,\xC3\xA9\n";
  const auto found = looked_over(text + "2,caf\xE9\n3,x\n");
  EXPECT_EQ(found.encoding, Encoding::utf8);
  EXPECT_EQ(found.odd.not_utf8_line, 50'002);
}

TEST(Oddities, AFileThatIsLatin1FromTheBeginningIsSaidToBe) {
  const auto found = looked_over("id,name\n1,caf\xE9\n");
  EXPECT_EQ(found.encoding, Encoding::latin1);
  EXPECT_FALSE(found.odd.not_utf8_line);
}

TEST(Oddities, AQuoteThatIsNeverClosedIsNamedWithItsOwnLineAndWhatCameBeforeIsTold) {
  const auto found = looked_over("a,b\n1,2\n\"x\ny\",\"z\n3,4\n");
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->how, Broken::How::open_quote);
  EXPECT_EQ(found.broken->line, 4);
  EXPECT_EQ(found.header, "a,b");
  EXPECT_EQ(found.records, 1);
}

TEST(Oddities, AFileOfEmptyLinesIsBrokenForItHasNoHeader) {
  const auto found = looked_over("\n\n");
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->how, Broken::How::no_header);
}

TEST(Oddities, ARecordOverTheLimitsBreaksTheFile) {
  const auto found = looked_over("a,b\n1,\"" + std::string(17u << 20, 'x'));
  ASSERT_TRUE(found.broken);
  EXPECT_EQ(found.broken->how, Broken::How::over_the_limits);
  EXPECT_EQ(found.broken->line, 2);
}

TEST(HeaderNames, AreUnquotedWithoutBlanksAndAsUtf8) {
  EXPECT_THAT(header_names(looked_over("id, \"a \"\"b\"\"\" ,\"c\nd\"\n1,2,3\n")),
              ElementsAre("id", "\"a \"\"b\"\"\"", "c\nd"))
      << "a quote that is not a field's first byte is an ordinary character";
  EXPECT_THAT(header_names(looked_over("id;\"a \"\"b\"\"\";\n1;2;\n")), ElementsAre("id", "a \"b\"", ""));
  EXPECT_THAT(header_names(looked_over("id,caf\xE9\n1,2\n")), ElementsAre("id", "caf\xC3\xA9"));
  EXPECT_THAT(header_names(looked_over("\xFF\xFEi\0,\0b\0\n\0001\0,\0002\0"s)), ElementsAre("i", "b"));
  EXPECT_THAT(header_names(looked_over("\n\n")), IsEmpty());
}

TEST(HeaderNames, LinesBeforeTheHeaderAreNotTakenForIt) {
  EXPECT_THAT(header_names(looked_over("report\n#x\nid,b\n1,2\n", {.comment = '#', .skip_top = 1})),
              ElementsAre("id", "b"));
}

}  // namespace
}  // namespace dropload::csv
