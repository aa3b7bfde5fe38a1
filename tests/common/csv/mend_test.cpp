#include "common/csv/mend.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "common/csv/survey.h"
#include "tests/common/csv/pieces.h"

namespace dropload::csv {
namespace {

using test::owned;
using test::Rows;
using test::whole;

// Where a file's lines are in the text they were put together to.
struct Place {
  std::int64_t first_line = 1;
  std::int64_t own_line = 1;
  std::int64_t records = 0;
};
struct Together {
  std::string text;
  std::vector<Place> places;
};

Together put_together(const std::vector<std::string>& files, const Dialect& dialect = {}) {
  Together made;
  Mender mender([&](std::string_view bytes) -> Result<void> {
    made.text += bytes;
    return {};
  });
  for (std::size_t i = 0; i < files.size(); ++i) {
    Reader reader(whole(files[i]), dialect, {.as_it_stands = true});
    Place place{mender.next_line(), 1, 0};
    if (i > 0) {
      const KnownDialect known{dialect.delimiter, dialect.quote, dialect.comment, dialect.skip_top};
      place.own_line = survey(whole(files[i]), known).value().data_line;
      EXPECT_TRUE(reader.next().value());
    }
    place.records = mender.append(reader, place.own_line).value() - (i == 0 ? 1 : 0);
    made.places.push_back(place);
  }
  EXPECT_TRUE(mender.flush());
  EXPECT_EQ(mender.size(), made.text.size());
  return made;
}

TEST(Mender, AMissingLastLineBreakIsAdded) {
  EXPECT_EQ(put_together({"a,b\n1,2", "a,b\n3,4", "a,b"}).text, "a,b\n1,2\n3,4\n");
}

TEST(Mender, LineBreaksOutsideOfQuotesBecomeOneKindAndThoseInQuotesStay) {
  EXPECT_EQ(put_together({"a,b\r\n1,\"x\r\ny\rz\"\r\n", "a,b\r2,\"\"\"\n\"\"\"\r"}).text,
            "a,b\n1,\"x\r\ny\rz\"\n2,\"\"\"\n\"\"\"\n");
}

TEST(Mender, EmptyLinesStaySoThatLinesCanBeTold) {
  const auto made = put_together({"a,b\n\n1,2\n", "\na,b\n\n\n3,4\n"});
  EXPECT_EQ(made.text, "a,b\n\n1,2\n\n\n3,4\n");
  EXPECT_EQ(made.places[1].first_line, 4);
  EXPECT_EQ(made.places[1].own_line, 3);
}

TEST(Mender, CommentsBecomeEmptyLinesAndLinesBeforeTheHeaderToo) {
  EXPECT_EQ(put_together({"top\n#c\na,b\n1,2\n", "other top\na,b\n#d\n3,4\n"}, {.comment = '#', .skip_top = 1}).text,
            "\n\na,b\n1,2\n\n3,4\n");
}

TEST(Mender, ManyRecordsGoThroughInPieces) {
  std::string text = "a,b\n";
  for (int i = 0; i < 100'000; ++i) text += "12345,abcdef\n";
  EXPECT_EQ(put_together({text, text}).text, text + text.substr(4));
}

// Random texts of the characters that matter: what is put together reads as the files one by one, and each record's
// line leads back to where it was.
TEST(Mender, WhatIsPutTogetherReadsAsTheFilesDo) {
  std::mt19937 random(7);
  const std::string alphabet = "a,\"\"\n\r\n1";
  for (int round = 0; round < 3'000; ++round) {
    std::vector<std::string> files;
    while (files.size() < 3) {
      std::string text = "h,i\n";
      for (std::size_t n = random() % 25; n > 0; --n) text += alphabet[random() % alphabet.size()];
      if (survey(whole(text), {.delimiter = ',', .quote = '"'})) files.push_back(text);
    }
    const auto made = put_together(files);
    Reader together(whole(made.text), {});
    EXPECT_EQ(owned(*together.next().value()), (std::vector<std::string>{"h", "i"}));
    for (std::size_t i = 0; i < files.size(); ++i) {
      Reader own(whole(files[i]), {});
      EXPECT_TRUE(own.next().value());
      const auto& place = made.places[i];
      for (std::int64_t n = 0; n < place.records; ++n) {
        const auto was = own.next().value();
        const auto is = together.next().value();
        ASSERT_TRUE(was && is) << files[i];
        EXPECT_EQ(owned(*is), owned(*was)) << made.text;
        EXPECT_EQ(is->line - place.first_line + place.own_line, was->line) << made.text;
      }
      EXPECT_FALSE(own.next().value()) << files[i];
    }
    EXPECT_FALSE(together.next().value()) << made.text;
  }
}

}  // namespace
}  // namespace dropload::csv
