#include "common/csv/cut.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/files.h"
#include "tests/support/temporary_directory.h"

namespace dropload::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Fields = std::vector<std::string>;

class CutTest : public testing::Test {
 protected:
  std::vector<Fields> records_of(const std::string& text, Dialect dialect) {
    std::vector<Fields> records;
    Reader reader(as_utf8(bytes_of_file(open(text).get())), dialect);
    for (;;) {
      const auto record = reader.next();
      EXPECT_TRUE(record) << record.error().message;
      if (!record || !*record) return records;
      records.emplace_back((*record)->fields.begin(), (*record)->fields.end());
    }
  }

  UniqueFd& open(const std::string& text) {
    opened_.push_back(SystemFiles().open_for_reading(directory_.write(fmt::format("f{}", ++files_), text)).value());
    return opened_.back();
  }
  CutSheet sheet_of(const std::string& text, const KnownDialect& known = {}) {
    return read_cut_sheet(open(text).get(), text.size(), known).value();
  }

  // Every piece by a cutter of its own, as they are sent; and that one cutter that goes on finds the same.
  std::vector<std::string> cut(const std::string& text, std::uint64_t most, const KnownDialect& known = {}) {
    const auto sheet = sheet_of(text, known);
    std::vector<std::string> pieces;
    Cutter goes_on(sheet, 0, most);
    for (std::uint64_t from = 0;;) {
      const auto cut = Cutter(sheet, from, most).next();
      const auto same = goes_on.next();
      EXPECT_TRUE(cut) << cut.error().message;
      if (!cut || !same) return pieces;
      EXPECT_EQ(cut->offset, same->offset);
      EXPECT_EQ(cut->length, same->length);
      EXPECT_EQ(cut->next, same->next);
      EXPECT_EQ(cut->is_last, same->is_last);
      EXPECT_LE(sheet.lead.size() + cut->length, most);
      pieces.push_back(sheet.lead + text.substr(cut->offset, cut->length));
      if (cut->is_last) return pieces;
      EXPECT_GT(cut->next, from);
      from = cut->next;
    }
  }
  std::string problem_of(const std::string& text, std::uint64_t most) {
    Cutter cutter(sheet_of(text), 0, most);
    for (;;) {
      const auto cut = cutter.next();
      if (!cut) return cut.error().message;
      if (cut->is_last) return "";
    }
  }

  test::TemporaryDirectory directory_;
  std::deque<UniqueFd> opened_;
  int files_ = 0;
};

TEST_F(CutTest, APieceIsTheHeaderAndAsManyRecordsAsFit) {
  EXPECT_THAT(cut("a,b\n1,x\n2,y\n3,z\n", 12), ElementsAre("a,b\n1,x\n2,y\n", "a,b\n3,z\n"));
  EXPECT_THAT(cut("a,b\n1,x\n2,y\n3,z\n", 11), ElementsAre("a,b\n1,x\n", "a,b\n2,y\n", "a,b\n3,z\n"));
  EXPECT_THAT(cut("a,b\n1,x\n2,y\n3,z", 1000), ElementsAre("a,b\n1,x\n2,y\n3,z"));
}

TEST_F(CutTest, NoCutIsInAQuotedField) {
  EXPECT_THAT(cut("a,b\n1,\"x\n2,y\n\"\n3,z\n", 16), ElementsAre("a,b\n1,\"x\n2,y\n\"\n", "a,b\n3,z\n"));
}

TEST_F(CutTest, LineBreaksStayWhatTheyAre) {
  EXPECT_THAT(cut("a,b\r\n1,x\r\n2,y\r\n", 10), ElementsAre("a,b\r\n1,x\r\n", "a,b\r\n2,y\r\n"));
  EXPECT_THAT(cut("a,b\r1,x\r2,y\r", 8), ElementsAre("a,b\r1,x\r", "a,b\r2,y\r"));
}

TEST_F(CutTest, ABomIsInFrontOfEveryPiece) {
  const std::string bom = "\xEF\xBB\xBF";
  EXPECT_THAT(cut(bom + "a,b\n1,x\n2,y\n", 11), ElementsAre(bom + "a,b\n1,x\n", bom + "a,b\n2,y\n"));
}

TEST_F(CutTest, LinesAboveTheHeaderGoIntoNoPieceAndCommentsOnlyBetweenRecords) {
  KnownDialect known;
  known.skip_top = 2;
  known.comment = '#';
  EXPECT_THAT(cut("made today\n\"by me\n# says so\na,b\n# one\n1,x\n# two\n2,y\n3,z\n# end\n", 18, known),
              ElementsAre("a,b\n1,x\n# two\n2,y\n", "a,b\n3,z\n"));
}

TEST_F(CutTest, Utf16IsCutAtItsUnitsAndEveryPieceHasABom) {
  const auto wide = [](std::string_view text, bool little) {
    std::string bytes;
    for (const char c : text) {
      const char pair[] = {little ? c : '\0', little ? '\0' : c};
      bytes.append(pair, 2);
    }
    return bytes;
  };
  for (const bool little : {true, false}) {
    const std::string bom = little ? "\xFF\xFE" : "\xFE\xFF";
    // U+0A0D and U+2C22 have the bytes of line breaks, of a comma and of a quote.
    const std::string odd = little ? std::string("\x0D\x0A\x22\x2C", 4) : std::string("\x0A\x0D\x2C\x22", 4);
    const std::string one = wide("1,", little) + odd + wide("\n", little);
    const std::string two = wide("2,\"\n\"\n", little);
    const std::string header = wide("a,b\n", little);
    const std::string expected_lead = bom + header;
    for (const auto& start : {bom, std::string()}) {
      const std::string more = wide("33,zzzzzzzzzzz\n", little);
      EXPECT_THAT(cut(start + header + one + two + more, 10 + more.size()),
                  ElementsAre(expected_lead + one + two, expected_lead + more));
    }
  }
}

TEST_F(CutTest, AFileWithoutRecordsIsOneEmptyPiece) {
  EXPECT_THAT(cut("a,b\n", 10), ElementsAre("a,b\n"));
  EXPECT_THAT(cut("a,b", 10), ElementsAre("a,b"));
  EXPECT_THAT(cut("a,b\n\n\n\n\n\n\n", 10), ElementsAre("a,b\n"));
}

TEST_F(CutTest, WhatCannotBeCutIsSaidWithItsLine) {
  EXPECT_THAT(problem_of("a,b\n1,x\n2,yyyyyyyyyyyy\n", 12),
              testing::AllOf(HasSubstr("line 3"), HasSubstr("room for 8 bytes")));
  EXPECT_THAT(problem_of("a,b\n1,x\n2,\"" + std::string(50, 'y') + "\n", 30), HasSubstr("line 3"));
  EXPECT_THAT(problem_of("a,b\n1,x\n2,\"y\n", 30), HasSubstr("never closed"));
  EXPECT_THAT(problem_of("a,b\n1,x\n", 4), HasSubstr("room for 0 bytes"));
}

TEST_F(CutTest, ARecordLongerThanTheReaderTakesIsSaidWithItsLine) {
  const std::string value(ReaderLimits().max_record_bytes + 1024, 'y');
  EXPECT_THAT(problem_of("a,b\n1,x\n2," + value + "\n3,z\n", 64 * 1024 * 1024), HasSubstr("line 3"));
}

// Random records, cut with random sizes: what all pieces hold together is what the file holds.
TEST_F(CutTest, PiecesTogetherHaveTheRecordsOfTheFile) {
  std::mt19937 random(11);
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  const std::array<std::string, 3> breaks{"\n", "\r\n", "\r"};
  const std::array<std::string, 8> parts{"a", "\"\"", ",", "\n", "\r\n", "\r", "\xC3\xA4", "#"};
  for (int round = 0; round < 400; ++round) {
    const std::string ending = breaks[below(3)];
    std::string text = below(3) == 0 ? "\xEF\xBB\xBF" : "";
    text += "id,\"na\nme\",c" + ending;
    std::size_t longest = 0;
    const std::size_t records = below(30);
    for (std::size_t r = 0; r < records; ++r) {
      std::string record = fmt::format("{}", r);
      for (int f = 0; f < 2; ++f) {
        std::string field;
        for (std::size_t n = below(6); n > 0; --n) field += parts[below(parts.size())];
        record += ",\"" + field + "\"";
      }
      if (r + 1 < records || below(2) == 0) record += ending;
      longest = std::max(longest, record.size());
      text += record;
      if (below(8) == 0 && r + 1 < records) text += "#,\"" + ending + ending;
    }
    KnownDialect known{',', std::optional('"'), '#', 0};
    const auto sheet = sheet_of(text, known);
    const auto pieces = cut(text, sheet.lead.size() + std::max<std::size_t>(longest, 1) + below(200), known);
    std::vector<Fields> together;
    for (const auto& piece : pieces) {
      auto found = records_of(piece, sheet.dialect);
      ASSERT_FALSE(found.empty());
      ASSERT_EQ(found.front(), (Fields{"id", "na\nme", "c"}));
      together.insert(together.end(), found.begin() + 1, found.end());
    }
    auto whole = records_of(text, sheet.dialect);
    whole.erase(whole.begin());
    ASSERT_EQ(together, whole) << text;
  }
}

}  // namespace
}  // namespace dropload::csv
