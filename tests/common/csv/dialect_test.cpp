#include "common/csv/dialect.h"

#include <gtest/gtest.h>

#include <string>

namespace dropload::csv {
namespace {

TEST(Sniff, TheDelimiterIsTheOneThatCutsMostRecordsAlike) {
  EXPECT_EQ(sniff("a,b\n1,2\n").delimiter, ',');
  EXPECT_EQ(sniff("a\tb\n1,5\t2,5\n").delimiter, '\t');
  EXPECT_EQ(sniff("name;price\nbread;1,50\nmilk;0,99\n").delimiter, ';');
  EXPECT_EQ(sniff("a|b|c\n1|2|x, y\n").delimiter, '|');
}

TEST(Sniff, DelimitersInQuotedFieldsDoNotCount) {
  EXPECT_EQ(sniff("a;b\n\"1,2,3\";x\n\"4,5,6\";y\n").delimiter, ';');
}

TEST(Sniff, OneColumnIsReadWithComma) {
  EXPECT_EQ(sniff("name\nAnn\nBob\n").delimiter, ',');
  EXPECT_EQ(sniff("").delimiter, ',');
}

TEST(Sniff, ALastRecordThatMayBeCutIsNotLookedAt) {
  EXPECT_EQ(sniff("a;b\n1;2\n3;\"4,5,6").delimiter, ';');
}

TEST(Sniff, TheQuoteIsTheOneThatFieldsAreWrappedIn) {
  EXPECT_EQ(sniff("a,b\n'1,2','x'\n").quote, '\'');
  EXPECT_EQ(sniff("a,b\n\"1,2\",\"x\"\n").quote, '"');
  EXPECT_EQ(sniff("a,b\nit's,don't\n").quote, '"');
}

TEST(Sniff, TheTopAndCommentsThatAreKnownAreNotJudged) {
  Dialect known;
  known.skip_top = 1;
  known.comment = '#';
  const Dialect found = sniff("x;y;z\n#a;b\n#c;d\na,b\n1,2\n", known);
  EXPECT_EQ(found.delimiter, ',');
  EXPECT_EQ(found.skip_top, 1);
  EXPECT_EQ(found.comment, '#');
}

TEST(Sniff, ApostrophesInDifferentFieldsAreNoQuotes) {
  EXPECT_EQ(sniff("title,artist\n'90s music,x\ny,The Jones'\n").quote, '"');
  EXPECT_EQ(sniff("title,artist\n'90s music,The Jones'\n'80s hits,The Smiths'\n").quote, '"');
  EXPECT_EQ(sniff("title;artist\n'90s music;'quoted'\n").quote, '"');
  EXPECT_EQ(sniff("title\n'tis so\n'quoted'\n").quote, '"');
  EXPECT_EQ(sniff("title,artist\n'Rock' 'n' roll,x\n").quote, '"');
}

TEST(Sniff, FieldsThatOpenAndCloseWithAnApostropheAreQuoted) {
  EXPECT_EQ(sniff("name\n'Ann'\n'Bob'\n").quote, '\'');
  EXPECT_EQ(sniff("'a';'b'\n'it''s, this';''\n").quote, '\'');
  EXPECT_EQ(sniff("'a';'b'\n'1,2';'3'\n").delimiter, ';');
  EXPECT_EQ(sniff("a,b\n'1','2'\n3,'cut off").quote, '\'');
  EXPECT_EQ(sniff("a,b\r\n'1,2','x'\r\n").quote, '\'');
  EXPECT_EQ(sniff("a,b\n\"'x'\",\"y\"\n").quote, '"');
}

TEST(Sniff, ABlankThatCutsNumbersIsADelimiterWhereNoOtherIsThere) {
  EXPECT_EQ(sniff("a b c\n1 2 3\n4 5 6").delimiter, ' ');
  EXPECT_EQ(sniff("x y z w\n-1.5 2 3 0\n4 5 6.25 7\n").delimiter, ' ');
  for (const char* text : {"date of birth\n01 Jan 2020\n02 Feb 2021\n", "all net sales\n1 234 567\n2 345 678\n",
                           "first second\n1 2\n3 4\n", "a b c\n1 2 3\n4 5\n", "a b,c\n1 2,3\n4 5,6\n", "a b c\n1 2 3\n",
                           "the three words\nof a text\nare a text\n"}) {
    EXPECT_EQ(sniff(text).delimiter, ',') << text;
  }
}

TEST(Sniff, ABlankIsNeverTakenForADelimiter) {
  EXPECT_EQ(sniff("a b\n1 2\n").delimiter, ',');
  EXPECT_EQ(sniff("name\nAnn Lee\nBob Ray\nCy Dee\n").delimiter, ',');
  EXPECT_EQ(sniff("created at\n2026-11-23 10:00\n2026-11-23 11:00\n").delimiter, ',');
  EXPECT_EQ(sniff("full name\nAnn Lee\n").delimiter, ',');
  EXPECT_EQ(sniff("created at UTC\n2026-11-23 10:00 UTC\n").delimiter, ',');
}

}  // namespace
}  // namespace dropload::csv
