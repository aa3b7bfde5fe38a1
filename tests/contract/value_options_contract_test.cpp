// The settings of CONFIG that say how values are written and what type they are: each value of each, and the table that
// comes of it.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;

class ValueOptionsContract : public WireTest {
 protected:
  // What `text` becomes in a column of decimal numbers, "refused" when it is none.
  std::string number(const std::string& text, const Json& more) {
    Json config = told(2, 2);
    config["columnDataTypes"] = Json::array({{{"columnName", "n"}, {"dataType", "DECIMAL_NUMBER"}}});
    config.update(more);
    return only_value("n\n" + text + "\n", config);
  }
  std::string date(const std::string& text, const Json& more) {
    Json config = told(2, 2);
    config["columnDataTypes"] = Json::array({{{"columnName", "d"}, {"dataType", "DATE"}}});
    config.update(more);
    return only_value("d\n" + text + "\n", config);
  }

 private:
  std::string only_value(const std::string& file, const Json& more) {
    const std::string name = fresh_name();
    const Json job = ended(create("", new_table(name, more), file));
    if (job.at("jobCode") != "1004") return "refused";
    return exported(name).at(1).at(0);
  }
};

TEST_F(ValueOptionsContract, ThousandSeparatorIsOneOfFive) {
  EXPECT_EQ(number("1,234,567.5", {{"thousandSeparator", 0}}), "1234567.5");
  EXPECT_EQ(number("1.234.567", {{"thousandSeparator", 1}, {"decimalSeparator", 1}}), "1234567");
  EXPECT_EQ(number("1 234 567.5", {{"thousandSeparator", 2}}), "1234567.5");
  EXPECT_EQ(number("1'234'567.5", {{"thousandSeparator", 3}}), "1234567.5");
  EXPECT_EQ(number("1234567.5", {{"thousandSeparator", 4}}), "1234567.5");
  EXPECT_EQ(number("1234567.5", {{"thousandSeparator", 0}}), "1234567.5") << "it may be left off";
  EXPECT_EQ(number("1 234.5", {{"thousandSeparator", "2"}}), "1234.5") << "as a text";
}

TEST_F(ValueOptionsContract, NoOtherThousandSeparatorIsTaken) {
  const std::vector<std::string> written{"1,234.5", "1.234,5", "1 234.5", "1'234.5"};
  for (int told = 0; told <= 4; ++told) {
    for (int used = 0; used < 4; ++used) {
      if (used == told) continue;
      const std::string value = number(written[static_cast<std::size_t>(used)], {{"thousandSeparator", told}});
      EXPECT_EQ(value, "refused") << written[static_cast<std::size_t>(used)] << " with " << told;
    }
  }
}

TEST_F(ValueOptionsContract, DecimalSeparatorIsADotOrAComma) {
  EXPECT_EQ(number("1234.5", {{"decimalSeparator", 0}}), "1234.5");
  EXPECT_EQ(number("1234,5", {{"decimalSeparator", 1}}), "1234.5");
  EXPECT_EQ(number("1.234,5", {{"decimalSeparator", "1"}}), "1234.5") << "the thousands then have the other";
  EXPECT_EQ(number("1'234,5", {{"decimalSeparator", 1}, {"thousandSeparator", 3}}), "1234.5");
  EXPECT_EQ(number("1234,5", {{"decimalSeparator", 0}}), "refused");
  EXPECT_EQ(number("1234.5", {{"decimalSeparator", 1}}), "refused");
}

TEST_F(ValueOptionsContract, SeparatorsHoldForATableThatExistsToo) {
  const std::string view = made("t", "n\n1.5\n");
  loaded(view, existing("append", {{"thousandSeparator", 1}, {"decimalSeparator", 1}, {"delimiter", 2}}),
         "n\n1.234,5\n");
  EXPECT_EQ(exported("t"), (Rows{{"n"}, {"1.5"}, {"1234.5"}}));
  EXPECT_EQ(failed(view, existing("append", {{"thousandSeparator", 4}}), "n\n\"1,234.5\"\n"), 7232);
}

TEST_F(ValueOptionsContract, ColumnSeparatorsWinForTheirColumn) {
  for (const Json& pair : {Json{1, 1}, Json{"1", "1"}}) {
    const std::string name = fresh_name();
    made(name, "a;b\n1.234,5;1,234.5\n", {{"columnSeparators", {{"A", pair}}}, {"decimalSeparator", 0}});
    EXPECT_EQ(exported(name), (Rows{{"a", "b"}, {"1234.5", "1234.5"}}));
  }
  made("many", "a;b;c\n1 234,5;1'234.5;1234.5\n",
       {{"columnSeparators", {{"a", {2, 1}}, {"b", {3, 0}}, {"c", {4, 0}}}}});
  EXPECT_EQ(exported("many").at(1), (std::vector<std::string>{"1234.5", "1234.5", "1234.5"}));
}

TEST_F(ValueOptionsContract, DateFormatIsAJavaPattern) {
  EXPECT_EQ(date("03-Nov-2026", {{"dateFormat", "dd-MMM-yyyy"}}), "2026-11-03");
  EXPECT_EQ(date("03-Nov-2026", {{"dateFormat", "dd-MMM-YYYY"}}), "2026-11-03") << "the API's own example";
  EXPECT_EQ(date("11/03/2026", {{"dateFormat", "MM/dd/yyyy"}}), "2026-11-03");
  EXPECT_EQ(date("3.11.26", {{"dateFormat", "d.M.yy"}}), "2026-11-03");
  EXPECT_EQ(date("20261103", {{"dateFormat", "yyyyMMdd"}}), "2026-11-03");
  EXPECT_EQ(date("03 November 2026", {{"dateFormat", "dd MMMM yyyy"}}), "2026-11-03");
  EXPECT_EQ(date("2026-11-03T16:05:09", {{"dateFormat", "yyyy-MM-dd'T'HH:mm:ss"}}), "2026-11-03 16:05:09");
  EXPECT_EQ(date("02/03/2026 01:05 PM", {{"dateFormat", "MM/dd/yyyy hh:mm a"}}), "2026-02-03 13:05:00");
}

TEST_F(ValueOptionsContract, WhatIsNotWrittenInTheDateFormatIsNoDate) {
  EXPECT_EQ(date("2026-11-03", {{"dateFormat", "dd-MMM-yyyy"}}), "refused");
  EXPECT_EQ(date("31/02/2026", {{"dateFormat", "dd/MM/yyyy"}}), "refused");
  EXPECT_EQ(date("soon", Json::object()), "refused");
}

TEST_F(ValueOptionsContract, ColumnDateFormatWinsForItsColumn) {
  made("t", "a,b\n02.03.2026,02.03.2026\n",
       {{"dateFormat", "dd.MM.yyyy"}, {"columnDateFormat", {{"B", "MM.dd.yyyy"}}}});
  EXPECT_EQ(exported("t"), (Rows{{"a", "b"}, {"2026-03-02", "2026-02-03"}}));
  EXPECT_EQ(date("02.03.2026", {{"columnDateFormat", {{"d", "MM.dd.yyyy"}}}}), "2026-02-03") << "with no other";
}

struct TypeCase {
  const char* word;       // of columnDataTypes
  const char* display;    // of columnDetails, and dataTypeName of the metadata
  const char* metadata;   // dataType of the metadata
  std::string written;    // in the file
  std::string read_back;  // from the table
  const char* wrong;      // a value that does not fit; "" when every text does
};

class DataTypesContract : public ValueOptionsContract, public testing::WithParamInterface<TypeCase> {};

TEST_P(DataTypesContract, ColumnDataTypesDecideWhatAColumnTakesAndGivesBack) {
  const TypeCase& type = GetParam();
  Json config = told(0, 2);
  config["columnDataTypes"] = Json::array({{{"columnName", "V"}, {"dataType", type.word}}});
  const Json info = loaded("", new_table("t", config), "id,v\n1," + type.written + "\n2,\n");
  EXPECT_EQ(info.at("columnDetails").at("v"), type.display);
  const bool is_numbered = std::string_view(type.word) == "AUTO_NUMBER";
  const std::string without_a_value = is_numbered ? std::to_string(std::stoi(type.read_back) + 1) : "";
  EXPECT_EQ(exported("t"), (Rows{{"id", "v"}, {"1", type.read_back}, {"2", without_a_value}}));
  const Json column = service_.get(view_path(info.at("viewId")) + "/metadata").json().at("data").at("columns").at(1);
  EXPECT_EQ(column.at("dataTypeName"), type.display);
  EXPECT_EQ(column.at("dataType"), type.metadata);
  if (*type.wrong == '\0') return;
  const std::string bad = std::string("id,v\n3,") + type.wrong + "\n";
  const Json job = ended(create(info.at("viewId"), existing("append", told(0, 2)), bad));
  EXPECT_EQ(job.at("jobCode"), "1003");
  EXPECT_EQ(job.at("jobInfo").value("errorCode", 0), 7232);
  EXPECT_THAT(job.at("jobInfo").value("errorMessage", ""),
              HasSubstr(std::string("[Line: 2 Field: 2] (") + type.wrong + ") -ERROR: "));
}

std::string word_of(const testing::TestParamInfo<TypeCase>& type) {
  return type.param.word;
}

INSTANTIATE_TEST_SUITE_P(
    Types, DataTypesContract,
    testing::Values(TypeCase{"PLAIN", "Plain Text", "PLAIN", "007", "007", ""},
                    TypeCase{"MULTI_LINE", "Multi Line Text", "MULTI_LINE", "\"x\ny\"", "x\ny", ""},
                    TypeCase{"EMAIL", "E-Mail", "EMAIL", "ann@example.com", "ann@example.com", "ann"},
                    TypeCase{"NUMBER", "Number", "NUMBER", "\"-1,234\"", "-1234", "1.5"},
                    TypeCase{"POSITIVE_NUMBER", "Positive Number", "POSITIVE_NUMBER", "12", "12", "-1"},
                    TypeCase{"DECIMAL_NUMBER", "Decimal Number", "DECIMAL_NUMBER", "2.50", "2.5", "two"},
                    TypeCase{"CURRENCY", "Currency", "CURRENCY", "$5.20", "5.2", "dear"},
                    TypeCase{"PERCENT", "Percent", "PERCENT", "7.5%", "7.5", "half"},
                    TypeCase{"DATE", "Date", "DATE_AS_DATE", "2026-11-03", "2026-11-03", "2026-13-01"},
                    TypeCase{"BOOLEAN", "True/False", "BOOLEAN", "yes", "true", "perhaps"},
                    TypeCase{"URL", "URL", "URL", "http://example.com/a", "http://example.com/a", "a b"},
                    TypeCase{"AUTO_NUMBER", "Auto Number", "AUTO_NUMBER", "7", "7", "-7"},
                    TypeCase{"GEO", "Geo", "GEO", "Ulm", "Ulm", ""}),
    word_of);

TEST_F(ValueOptionsContract, ColumnDataTypesComeInAnyCaseAndWithAGeoRole) {
  const Json types = Json::array({{{"columnName", "a"}, {"dataType", "currency"}},
                                  {{"columnName", "b"}, {"dataType", "Geo"}, {"geoRole", "CITY"}},
                                  {{"columnName", "c"}, {"dataType", "GEO"}, {"geoRole", 1}},
                                  {{"columnName", "nobody"}, {"dataType", "DATE"}}});
  const Json info = loaded("", new_table("t", {{"columnDataTypes", types}}), "a,b,c\n5,Ulm,Bonn\n");
  EXPECT_EQ(info.at("columnDetails"), Json({{"a", "Currency"}, {"b", "Geo"}, {"c", "Geo"}}));
}

TEST_F(ValueOptionsContract, ColumnDataTypesAreIgnoredForColumnsThatExist) {
  const std::string view = made("t", "a,b\nx,5\n");
  const Json number = Json::array({{{"columnName", "a"}, {"dataType", "NUMBER"}}});
  const Json info = loaded(view, existing("append", {{"columnDataTypes", number}}), "a,b\ny,6\n");
  EXPECT_EQ(info.at("columnDetails").at("a"), "Plain Text");
  EXPECT_EQ(exported("t"), (Rows{{"a", "b"}, {"x", "5"}, {"y", "6"}}));
}

}  // namespace
}  // namespace dropload::test
