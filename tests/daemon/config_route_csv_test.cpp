// [route.csv]: how its files are written.

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

class RouteCsv : public test::ConfigTest {};

TEST_F(RouteCsv, EveryKeyIsRead) {
  const auto options = config_below(R"([route.csv]
auto_identify = false
delimiter = ";"
quote = "double"
comment = "#"
skip_top = 2
thousand_separator = "."
decimal_separator = ","
date_format = "dd.MM.yyyy"
column_date_formats = { ordered = "dd-MMM-yyyy", "ship date" = "yyyy/MM/dd" }
column_types = { zip = "plain", price = "CURRENCY" }
)")
                           .routes.at(0)
                           .options;
  EXPECT_FALSE(options.auto_identify);
  EXPECT_EQ(options.delimiter, 2);
  EXPECT_EQ(options.quoted, 2);
  EXPECT_EQ(options.comment_char, "#");
  EXPECT_EQ(options.skip_top, 2);
  EXPECT_EQ(options.thousand_separator, 1);
  EXPECT_EQ(options.decimal_separator, 1);
  EXPECT_EQ(options.date_format, "dd.MM.yyyy");
  EXPECT_EQ(options.column_date_format,
            (std::map<std::string, std::string>{{"ordered", "dd-MMM-yyyy"}, {"ship date", "yyyy/MM/dd"}}));
  std::map<std::string, std::string> types;
  for (const auto& [column, type] : options.column_data_types) types[column] = type;
  EXPECT_EQ(types, (std::map<std::string, std::string>{{"zip", "PLAIN"}, {"price", "CURRENCY"}}));
}

TEST_F(RouteCsv, WhatIsNotSaidIsLeftToTheService) {
  const auto options = config_below("").routes.at(0).options;
  EXPECT_TRUE(options.auto_identify);
  EXPECT_FALSE(options.delimiter || options.quoted || options.comment_char || options.skip_top ||
               options.thousand_separator || options.decimal_separator || options.date_format);
}

TEST_F(RouteCsv, ADelimiterIsASignOrAWord) {
  const std::vector<std::pair<std::string, int>> ways{{",", 0}, {"comma", 0},     {"\\t", 1}, {"tab", 1},
                                                      {";", 2}, {"semicolon", 2}, {" ", 3},   {"space", 3},
                                                      {"|", 4}, {"pipe", 4}};
  for (const auto& [word, number] : ways) {
    const auto c = config_below("[route.csv]\nauto_identify = false\nquote = \"none\"\ndelimiter = \"" + word + "\"\n");
    EXPECT_EQ(c.routes.at(0).options.delimiter, number) << word;
  }
}

TEST_F(RouteCsv, ADelimiterThatIsNoneIsReportedWithTheWords) {
  EXPECT_EQ(problems_below("[route.csv]\nauto_identify = false\nquote = \"none\"\ndelimiter = \"semikolon\"\n"),
            "11:13: delimiter: \"semikolon\" is none of \",\", \"comma\", \"\\t\", \"tab\", \";\", \"semicolon\", \" "
            "\", \"space\", \"|\", "
            "\"pipe\"; did you mean \"semicolon\"?\n");
}

TEST_F(RouteCsv, DetectionIsForAllOrNothing) {
  EXPECT_EQ(problems_below("[route.csv]\ndelimiter = \";\"\n"),
            "9:13: delimiter: is detected while auto_identify is true; write auto_identify = false too, or take the "
            "line out\n");
  EXPECT_EQ(problems_below("[route.csv]\nauto_identify = false\n"),
            "8:1: [route.csv] needs the key delimiter: write delimiter = \",\", or leave auto_identify out\n"
            "8:1: [route.csv] needs the key quote: write quote = \"double\", or leave auto_identify out\n");
}

TEST_F(RouteCsv, TheTwoSeparatorsMustDiffer) {
  EXPECT_EQ(problems_below("[route.csv]\ndecimal_separator = \",\"\n"),
            "9:21: decimal_separator: a comma separates thousands too; write thousand_separator = \".\" or \"none\" as "
            "well\n");
  EXPECT_EQ(problems_below("[route.csv]\nthousand_separator = \"dot\"\n"),
            "9:22: thousand_separator: a dot separates decimals too; write decimal_separator = \",\" as well\n");
}

TEST_F(RouteCsv, WrongValuesAreReportedWhereTheyStand) {
  EXPECT_EQ(
      problems_below(R"([route.csv]
comment = "//"
skip_top = -1
date_format = "jjjj-MM-tt"
column_date_formats = { a = "yyyy", b = 3, c = "T" }

[route.csv.column_types]
zip = "PLAIN"
price = "CURENCY"
)"),
      "9:11: comment: \"//\" is not one ASCII character; write the one that begins a comment, such as \"#\"\n"
      "10:12: skip_top: -1 is out of range; write a number from 0 to 1000000\n"
      "11:15: date_format: \"jjjj-MM-tt\" is no date pattern: the letter j means nothing in one; write something like "
      "\"yyyy-MM-dd "
      "HH:mm:ss\", other text in single quotes\n"
      "12:29: column_date_formats: column \"a\": \"yyyy\" is no date pattern: it has no year, month and day; write "
      "something like \"yyyy-MM-dd\"\n"
      "12:41: column_date_formats: what stands for \"b\" is not text; put it in quotes\n"
      "12:48: column_date_formats: column \"c\": \"T\" is no date pattern: the letter T means nothing in one; write "
      "something like "
      "\"yyyy-MM-dd HH:mm:ss\", other text in single quotes\n"
      "16:9: column_types: column \"price\": \"CURENCY\" is none of \"PLAIN\", \"MULTI_LINE\", \"EMAIL\", \"NUMBER\", "
      "\"POSITIVE_NUMBER\", \"DECIMAL_NUMBER\", \"CURRENCY\", \"PERCENT\", \"DATE\", \"BOOLEAN\", \"URL\", "
      "\"AUTO_NUMBER\", "
      "\"GEO\"; did you mean \"CURRENCY\"?\n");
}

}  // namespace
}  // namespace dropload
