// The settings of CONFIG that say how a CSV file is written: each value of each, and the table that comes of it.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

class CsvOptionsContract : public WireTest {
 protected:
  // The first row of the new table that comes of this.
  std::vector<std::string> first_row(const std::string& file, const Json& more) {
    const std::string name = fresh_name();
    made(name, file, more);
    const Rows rows = exported(name);
    return rows.size() > 1 ? rows.at(1) : std::vector<std::string>{"no row"};
  }
};

using Row = std::vector<std::string>;

TEST_F(CsvOptionsContract, DelimiterIsOneOfFiveCharacters) {
  const std::string characters = ",\t; |";
  for (int i = 0; i < 5; ++i) {
    const std::string c(1, characters[static_cast<std::size_t>(i)]);
    const std::string name = fresh_name();
    made(name, "a" + c + "b\n1" + c + "x.y:z\n", told(i, 2));
    EXPECT_EQ(exported(name), (Rows{{"a", "b"}, {"1", "x.y:z"}})) << i;
    // Those that were not told are characters like others.
    std::string others = characters;
    std::erase(others, c[0]);
    EXPECT_EQ(first_row("a" + c + "b\n1" + c + others + "\n", told(i, 2)), (Row{"1", others})) << i;
  }
}

TEST_F(CsvOptionsContract, QuotedIsNoneSingleOrDouble) {
  const std::string file = "a,b\n'x,1',\"y\"\n";
  EXPECT_EQ(first_row("a,b,c\n'x,\"y\",z'\n", told(0, 0)), (Row{"'x", "\"y\"", "z'"}));
  EXPECT_EQ(first_row(file, told(0, 1)), (Row{"x,1", "\"y\""}));
  EXPECT_EQ(first_row("a,b\n'x',\"y,'1\"\n", told(0, 2)), (Row{"'x'", "y,'1"}));
}

TEST_F(CsvOptionsContract, AQuoteInsideQuotesIsDoubled) {
  EXPECT_EQ(first_row("a,b\n'it''s',x\n", told(0, 1)), (Row{"it's", "x"}));
  EXPECT_EQ(first_row("a,b\n\"5\"\" disk\",x\n", told(0, 2)), (Row{"5\" disk", "x"}));
}

TEST_F(CsvOptionsContract, CommentCharSkipsTheLinesThatBeginWithIt) {
  for (const std::string c : {"#", "!", ";", "/"}) {
    const std::string name = fresh_name();
    made(name, c + " made on Monday\na,b\n" + c + "1,x\n2," + c + "y\n", {{"commentChar", c}});
    EXPECT_EQ(exported(name), (Rows{{"a", "b"}, {"2", c + "y"}})) << c;
  }
  Json all = told(0, 2);
  all["commentChar"] = "#";
  EXPECT_EQ(first_row("a,b\n#1,x\n2,y\n", all), (Row{"2", "y"})) << "without autoIdentify, too";
}

TEST_F(CsvOptionsContract, WithoutCommentCharNoLineIsAComment) {
  EXPECT_EQ(first_row("a,b\n#1,x\n", Json::object()), (Row{"#1", "x"}));
}

TEST_F(CsvOptionsContract, SkipTopDropsLinesBeforeTheHeader) {
  const std::string file = "Report; of \"May\n\na,b\n1,x\n";
  for (const Json& lines : {Json(2), Json("2")}) {
    const std::string name = fresh_name();
    made(name, file, {{"skipTop", lines}});
    EXPECT_EQ(exported(name), (Rows{{"a", "b"}, {"1", "x"}}));
  }
  made("none", "a,b\n1,x\n", {{"skipTop", 0}});
  EXPECT_EQ(exported("none"), (Rows{{"a", "b"}, {"1", "x"}}));
}

TEST_F(CsvOptionsContract, SkipTopOfAllLinesLeavesAnEmptyFile) {
  EXPECT_EQ(failed("", new_table("t", {{"skipTop", 5}}), "a,b\n1,x\n"), 7203);
}

TEST_F(CsvOptionsContract, AutoIdentifyFindsDelimiterQuoteTypesAndDateFormats) {
  const Json info = loaded("", new_table("t"),
                           "day;what;amount;rate;mail;ok;site\n31/12/2026;'a;b';1;5%;a@b.de;yes;http://x.de\n"
                           "01/02/2027;'c';22.50;7.5%;c@d.de;no;http://y.de\n");
  EXPECT_EQ(info.at("columnDetails"), Json({{"day", "Date"},
                                            {"what", "Plain Text"},
                                            {"amount", "Decimal Number"},
                                            {"rate", "Percent"},
                                            {"mail", "E-Mail"},
                                            {"ok", "True/False"},
                                            {"site", "URL"}}));
  EXPECT_EQ(exported("t"), (Rows{{"day", "what", "amount", "rate", "mail", "ok", "site"},
                                 {"2026-12-31", "a;b", "1", "5", "a@b.de", "true", "http://x.de"},
                                 {"2027-02-01", "c", "22.5", "7.5", "c@d.de", "false", "http://y.de"}}))
      << "the month of the second date is found out by the first";
}

TEST_F(CsvOptionsContract, AutoIdentifyIsABooleanOrAText) {
  const std::string file = "a;b\n'1,2';x\n";
  for (const Json& yes : {Json(true), Json("true"), Json("TRUE"), Json("True")}) {
    EXPECT_EQ(first_row(file, {{"autoIdentify", yes}}), (Row{"1,2", "x"})) << yes;
  }
  for (const Json& no : {Json(false), Json("false"), Json("FALSE"), Json("False")}) {
    const Json config{{"autoIdentify", no}, {"delimiter", 0}, {"quoted", 2}};
    EXPECT_EQ(first_row("a;b,c\n'1,2'\n", config), (Row{"'1", "2'"})) << no << ": nothing is found out";
  }
}

TEST_F(CsvOptionsContract, AutoIdentifyLeavesAloneWhatIsGiven) {
  made("t", "a;b,c\n1;2,3\n", {{"delimiter", 0}});
  EXPECT_EQ(exported("t"), (Rows{{"a;b", "c"}, {"1;2", "3"}}));
  EXPECT_EQ(first_row("a,b\n'x',\"y\"\n", {{"quoted", 0}}), (Row{"'x'", "\"y\""}));
}

}  // namespace
}  // namespace dropload::test
