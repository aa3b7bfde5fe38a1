#include "common/csv/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/common/csv/pieces.h"

namespace dropload::csv {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using test::owned;
using test::pieces_of;
using test::Rows;
using test::whole;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Rows read(std::string text, Dialect dialect = {}) {
  Reader reader(whole(std::move(text)), dialect);
  Rows rows;
  for (;;) {
    const auto record = reader.next().value();
    if (!record) return rows;
    rows.push_back(owned(*record));
  }
}

Error failure_of(std::string text, ReaderLimits limits = {}) {
  Reader reader(whole(std::move(text)), {}, limits);
  for (;;) {
    const auto record = reader.next();
    if (!record) return record.error();
    if (!*record) return {Errc::internal, "the text was read to its end"};
  }
}

TEST(Reader, LinesEndWithAnyLineBreakAndTheLastNeedsNone) {
  EXPECT_EQ(read("a,b\n1,2\r\n3,4\r5,6"), (Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}, {"5", "6"}}));
}

TEST(Reader, EmptyTextHasNoRecords) {
  EXPECT_EQ(read(""), Rows{});
}

TEST(Reader, EmptyLinesAreSkippedButAQuotedNothingIsARecord) {
  EXPECT_EQ(read("a\n\n\r\n\"\"\n\nb\n"), (Rows{{"a"}, {""}, {"b"}}));
}

TEST(Reader, ADelimiterAtTheEndMakesAnEmptyLastField) {
  EXPECT_EQ(read("a,b,\n1,2,"), (Rows{{"a", "b", ""}, {"1", "2", ""}}));
}

TEST(Reader, QuotedFieldsHoldDelimitersLineBreaksAndDoubledQuotes) {
  EXPECT_EQ(read("\"a,b\",\"x\ny\r\nz\",\"say \"\"hi\"\"\"\n"), (Rows{{"a,b", "x\ny\r\nz", "say \"hi\""}}));
}

TEST(Reader, AQuoteInsideAnUnquotedFieldIsAnOrdinaryCharacter) {
  EXPECT_EQ(read("5\" disk,it\"\"s,a \"b\"\n"), (Rows{{"5\" disk", "it\"\"s", "a \"b\""}}));
}

TEST(Reader, TextBehindTheClosingQuoteBelongsToTheField) {
  EXPECT_EQ(read("\"a\"b,\"c\"\"d\" \"e\"\n"), (Rows{{"ab", "c\"d \"e\""}}));
}

TEST(Reader, WithoutAQuoteCharacterQuotesAreKept) {
  Dialect dialect;
  dialect.quote.reset();
  EXPECT_EQ(read("\"a,b\"\n", dialect), (Rows{{"\"a", "b\""}}));
}

TEST(Reader, LinesThatBeginWithTheCommentCharacterAreSkipped) {
  Dialect dialect;
  dialect.comment = '#';
  EXPECT_EQ(read("# one, \"open\na,b\n#two\n1,#2\n", dialect), (Rows{{"a", "b"}, {"1", "#2"}}));
}

TEST(Reader, TheTopIsSkippedByLinesWhateverTheyHold) {
  Dialect dialect;
  dialect.skip_top = 3;
  EXPECT_EQ(read("Report \"of\r\n\nmade today\na,b\n", dialect), (Rows{{"a", "b"}}));
}

TEST(Reader, SkippingMoreLinesThanThereAreLeavesNothing) {
  Dialect dialect;
  dialect.skip_top = 9;
  EXPECT_EQ(read("a\nb", dialect), Rows{});
}

TEST(Reader, NulBytesAreCharacters) {
  EXPECT_EQ(read("a\0b,c\n"s), (Rows{{"a\0b"s, "c"}}));
}

TEST(Reader, ARecordKnowsItsLineAndItsFirstByte) {
  Reader reader(whole("a,b\r\n\"x\ny\",\"p\rq\"\n\nlast\n"), {});
  std::vector<std::pair<std::int64_t, std::uint64_t>> places;
  for (auto record = reader.next().value(); record; record = reader.next().value()) {
    places.emplace_back(record->line, record->offset);
  }
  EXPECT_THAT(places, ElementsAre(std::pair(1, 0), std::pair(2, 5), std::pair(6, 18)));
}

TEST(Reader, AQuoteThatIsNeverClosedIsAnErrorThatNamesItsLine) {
  const Error error = failure_of("a,b\n1,2\n3,\"open\n4,5\n");
  EXPECT_EQ(error.code, Errc::invalid_argument);
  EXPECT_THAT(error.message, HasSubstr("line 3"));
}

TEST(Reader, ARecordLongerThanTheLimitIsTooLarge) {
  const Error error = failure_of("a\n" + std::string(5000, 'x') + "\n", {.max_record_bytes = 1000});
  EXPECT_EQ(error.code, Errc::too_large);
  EXPECT_THAT(error.message, HasSubstr("line 2"));
}

// What is read of it is what is held in memory.
TEST(Reader, AQuoteThatIsNeverClosedIsReadOnForNoMoreThan16MiB) {
  std::uint64_t given = 0;
  Reader reader(
      [&given](std::span<char> buffer) -> Result<std::size_t> {
        std::ranges::fill(buffer, 'x');
        if (given == 0) std::ranges::copy("a\n\""sv, buffer.begin());
        given += buffer.size();
        return buffer.size();
      },
      {});
  EXPECT_TRUE(reader.next().has_value());
  const auto record = reader.next();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().code, Errc::too_large);
  EXPECT_EQ(
      record.error().message,
      "the record of line 2 is longer than 16777216 bytes, the most that one may have (is a quote never closed?)");
  EXPECT_LE(given, 16u * 1024 * 1024 + 2);
}

TEST(Reader, ARecordWithMoreFieldsThanTheLimitIsTooLarge) {
  const Error error = failure_of("a,b\na,b,c\n", {.max_fields = 2});
  EXPECT_EQ(error.code, Errc::too_large);
  EXPECT_THAT(error.message, HasSubstr("line 2"));
}

TEST(Reader, ARecordLongerThanTheFirstBufferIsReadWhole) {
  const std::string longest(3'000'000, 'x');
  EXPECT_EQ(read("a,\"" + longest + "\n\"\nb,c\n"), (Rows{{"a", longest + "\n"}, {"b", "c"}}));
}

TEST(Reader, AnErrorOfTheSourceIsHandedOn) {
  Reader reader([](std::span<char>) -> Result<std::size_t> { return error(Errc::io, "the disk is gone"); }, {});
  EXPECT_EQ(reader.next().error().message, "the disk is gone");
}

TEST(Reader, ACrLfThatIsCutByThePieceIsOneLineBreak) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "x\r\n";
  Reader reader(pieces_of(text, [] { return std::size_t{1}; }), {});
  std::int64_t records = 0;
  std::int64_t last_line = 0;
  for (auto record = reader.next().value(); record; record = reader.next().value()) {
    ++records;
    last_line = record->line;
  }
  EXPECT_EQ(records, 200'000);
  EXPECT_EQ(last_line, 200'000);
}

}  // namespace
}  // namespace dropload::csv
