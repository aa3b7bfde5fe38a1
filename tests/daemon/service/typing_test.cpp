#include "daemon/service/typing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "daemon/service/typing_checker.h"
#include "daemon/service/typing_profile.h"

namespace dropload::service {
namespace {

std::string shown(const std::optional<Value>& value) {
  if (!value) return "refused";
  if (const auto* text = std::get_if<std::string_view>(&*value)) return std::string(*text);
  if (const auto* whole = std::get_if<std::int64_t>(&*value)) return "int " + std::to_string(*whole);
  if (const auto* decimal = std::get_if<double>(&*value)) return fmt::format("real {}", *decimal);
  return "null";
}

std::string checked(DataType type, std::string_view text, NumberFormat numbers = {}) {
  const auto known = DateFormat::known();
  ColumnChecker checker({type, false, numbers, {known.begin(), known.end()}});
  return shown(checker.check(text));
}

ColumnRules found(std::initializer_list<std::string_view> values, NumberFormat numbers = {},
                  std::optional<DateFormat> format = std::nullopt) {
  ColumnProfile profile(numbers, std::move(format));
  for (const std::string_view value : values) profile.observe(value);
  return profile.rules();
}

DataType type_of(std::initializer_list<std::string_view> values) {
  return found(values).type;
}

TEST(Typing, EveryTypeIsFoundByItsWordInAnyCase) {
  for (int i = 1; i <= static_cast<int>(DataType::geo); ++i) {
    const auto type = static_cast<DataType>(i);
    EXPECT_EQ(parse_data_type(to_string(type)), type);
    EXPECT_FALSE(display_name(type).empty());
  }
  EXPECT_EQ(parse_data_type("positive_Number"), DataType::positive_number);
  EXPECT_EQ(parse_data_type("VARCHAR"), std::nullopt);
}

TEST(Typing, TheNamesAreThoseOfTheApi) {
  EXPECT_EQ(display_name(DataType::plain), "Plain Text");
  EXPECT_EQ(display_name(DataType::boolean), "True/False");
  EXPECT_EQ(metadata_name(DataType::date), "DATE_AS_DATE");
  EXPECT_EQ(metadata_id(DataType::date), 22);
  EXPECT_EQ(metadata_id(DataType::currency), 7);
  EXPECT_EQ(sql_type(DataType::date, true), "DATETIME");
  EXPECT_EQ(sql_type(DataType::date, false), "DATE");
}

TEST(Typing, EmptyIsNullInEveryTypeAndBlanksAreTextOnly) {
  EXPECT_EQ(checked(DataType::plain, ""), "null");
  EXPECT_EQ(checked(DataType::plain, "  "), "  ");
  EXPECT_EQ(checked(DataType::number, "  "), "null");
  EXPECT_EQ(checked(DataType::date, ""), "null");
}

TEST(Typing, WholeNumbers) {
  EXPECT_EQ(checked(DataType::number, " 42 "), "int 42");
  EXPECT_EQ(checked(DataType::number, "-1,234,567"), "int -1234567");
  EXPECT_EQ(checked(DataType::number, "+007"), "int 7");
  EXPECT_EQ(checked(DataType::number, "12.00"), "int 12");
  EXPECT_EQ(checked(DataType::number, "9223372036854775807"), "int 9223372036854775807");
  for (const std::string_view text :
       {"9223372036854775808", "12.5", "1,23", "12a", "1e3", "-", "1,2345", ",123", "0x1F"}) {
    EXPECT_EQ(checked(DataType::number, text), "refused") << text;
  }
  EXPECT_EQ(checked(DataType::positive_number, "0"), "int 0");
  EXPECT_EQ(checked(DataType::positive_number, "-1"), "refused");
}

TEST(Typing, DecimalNumbersInTheirSeparators) {
  EXPECT_EQ(checked(DataType::decimal_number, "1,234.5"), "real 1234.5");
  EXPECT_EQ(checked(DataType::decimal_number, ".5"), "real 0.5");
  EXPECT_EQ(checked(DataType::decimal_number, "5."), "real 5");
  EXPECT_EQ(checked(DataType::decimal_number, "-1.5e-3"), "real -0.0015");
  EXPECT_EQ(checked(DataType::decimal_number, "1.234,5", {'.', ','}), "real 1234.5");
  EXPECT_EQ(checked(DataType::decimal_number, "1 234.5", {' ', '.'}), "real 1234.5");
  EXPECT_EQ(checked(DataType::decimal_number, "1,234", {'\0', '.'}), "refused");
  for (const std::string_view text : {".", "1.2.3", "1e", "nan", "inf", "1e999", "abc"}) {
    EXPECT_EQ(checked(DataType::decimal_number, text), "refused") << text;
  }
  EXPECT_EQ(checked(DataType::decimal_number, std::string(100, '1')), "refused");
}

TEST(Typing, MoneyAndPercentWithAndWithoutTheirSigns) {
  EXPECT_EQ(checked(DataType::currency, "$1,234.50"), "real 1234.5");
  EXPECT_EQ(checked(DataType::currency, "-$5"), "real -5");
  EXPECT_EQ(checked(DataType::currency, "12 €"), "real 12");
  EXPECT_EQ(checked(DataType::currency, "12.5"), "real 12.5");
  EXPECT_EQ(checked(DataType::currency, "$"), "refused");
  EXPECT_EQ(checked(DataType::currency, "--5$"), "refused");
  EXPECT_EQ(checked(DataType::percent, "12.5 %"), "real 12.5");
  EXPECT_EQ(checked(DataType::percent, "12"), "real 12");
  EXPECT_EQ(checked(DataType::percent, "%"), "refused");
}

TEST(Typing, BooleansAddressesAndUrls) {
  EXPECT_EQ(checked(DataType::boolean, "Yes"), "int 1");
  EXPECT_EQ(checked(DataType::boolean, "0"), "int 0");
  EXPECT_EQ(checked(DataType::boolean, "maybe"), "refused");
  EXPECT_EQ(checked(DataType::email, "a.b@example.com"), "a.b@example.com");
  EXPECT_EQ(checked(DataType::email, "a@b@c"), "refused");
  EXPECT_EQ(checked(DataType::email, "@x"), "refused");
  EXPECT_EQ(checked(DataType::url, "HTTPS://example.com/a?b"), "HTTPS://example.com/a?b");
  EXPECT_EQ(checked(DataType::url, "http://"), "refused");
  EXPECT_EQ(checked(DataType::url, "example"), "refused");
}

TEST(Typing, DatesAreStoredAsIsoText) {
  EXPECT_EQ(checked(DataType::date, "23/11/2026"), "2026-11-23");
  EXPECT_EQ(checked(DataType::date, "soon"), "refused");
}

TEST(Profile, TypesAreFoundFromAllValues) {
  EXPECT_EQ(type_of({"1", "-20", "1,234"}), DataType::number);
  EXPECT_EQ(type_of({"1", "2.5", "1.5e-3"}), DataType::decimal_number);
  EXPECT_EQ(type_of({"true", "No"}), DataType::boolean);
  EXPECT_EQ(type_of({"$5", "$1,000.50"}), DataType::currency);
  EXPECT_EQ(type_of({"5%", "12.5 %"}), DataType::percent);
  EXPECT_EQ(type_of({"a@b.c", "d@e.f"}), DataType::email);
  EXPECT_EQ(type_of({"http://a", "www.b.c"}), DataType::url);
  EXPECT_EQ(type_of({"one", "two\nlines"}), DataType::multi_line);
  EXPECT_EQ(type_of({"1", "x"}), DataType::plain);
}

TEST(Profile, EmptyValuesSayNothing) {
  EXPECT_EQ(type_of({"", "1", " "}), DataType::number);
  EXPECT_EQ(type_of({"", " "}), DataType::plain);
}

TEST(Profile, NumbersThatWouldLoseSomethingStayText) {
  EXPECT_EQ(type_of({"00123"}), DataType::plain);
  EXPECT_EQ(type_of({"+4912345"}), DataType::plain);
  EXPECT_EQ(type_of({"12345678901234567890"}), DataType::plain);
  EXPECT_EQ(type_of({"12e5"}), DataType::plain);
  EXPECT_EQ(type_of({"0", "0.5"}), DataType::decimal_number);
}

TEST(Profile, DayAndMonthAreToldApartByAllValues) {
  EXPECT_EQ(shown(ColumnChecker(found({"03/04/2026", "04/23/2026"})).check("03/04/2026")), "2026-03-04");
  EXPECT_EQ(shown(ColumnChecker(found({"03/04/2026", "23/04/2026"})).check("03/04/2026")), "2026-04-03");
  EXPECT_EQ(shown(ColumnChecker(found({"03/04/2026"})).check("03/04/2026")), "2026-04-03");
  EXPECT_EQ(type_of({"23/04/2026", "04/23/2026"}), DataType::plain);
}

TEST(Profile, AColumnWithAnyTimeHasTimes) {
  EXPECT_FALSE(found({"2026-11-23"}).has_time);
  EXPECT_TRUE(found({"2026-11-23", "2026-11-23 06:30"}).has_time);
}

TEST(Profile, AGivenDateFormatWinsWhereItFits) {
  const auto format = DateFormat::from_java("yyyyMMdd");
  EXPECT_EQ(found({"20261123", "20261124"}, {}, format).type, DataType::date);
  EXPECT_EQ(found({"20261123", "7"}, {}, format).type, DataType::number);
  EXPECT_EQ(shown(ColumnChecker(found({"01/02/2026"}, {}, DateFormat::from_java("MM/dd/yyyy"))).check("01/02/2026")),
            "2026-01-02");
}

TEST(Profile, WhatWasObservedIsNeverRefused) {
  const std::vector<std::vector<std::string_view>> columns{
      {"1", "2.5", "-3"}, {"23.11.2026", "01.02.2026 10:00"}, {"$1", "£2"},     {"5%"}, {"yes", "FALSE"},
      {"a@b", "x"},       {"Nov 3, 2026", "3 Nov 2026"},      {"1,000", "1000"}};
  for (const auto& values : columns) {
    ColumnProfile profile({});
    for (const std::string_view value : values) profile.observe(value);
    ColumnChecker checker(profile.rules());
    for (const std::string_view value : values) EXPECT_NE(shown(checker.check(value)), "refused") << value;
  }
}

TEST(Profile, AValueThatNoFormatReadsSaysNothingAboutTheOthers) {
  DateProfile dates;
  for (const std::string_view value : {"03/04/2026", "n/a", "04/23/2026"}) dates.observe(value);
  ColumnChecker checker(dates.rules());
  EXPECT_EQ(shown(checker.check("03/04/2026")), "2026-03-04");
  EXPECT_EQ(shown(checker.check("n/a")), "refused");
}

TEST(Profile, WhereDatesContradictEachOtherOnlyThoseThatReadOneWayAreTaken) {
  DateProfile dates;
  for (const std::string_view value : {"03/04/2026", "23/04/2026", "04/23/2026"}) dates.observe(value);
  ColumnChecker checker(dates.rules());
  EXPECT_EQ(shown(checker.check("23/04/2026")), "2026-04-23");
  EXPECT_EQ(shown(checker.check("04/23/2026")), "2026-04-23");
  EXPECT_EQ(shown(checker.check("04/04/2026")), "2026-04-04");
  EXPECT_EQ(shown(checker.check("03/04/2026")), "refused");
  EXPECT_EQ(checker.complaint(), "Day and month cannot be told apart, the file's dates are written in several ways");
  EXPECT_EQ(shown(checker.check("soon")), "refused");
  EXPECT_EQ(checker.complaint(), "Not a date in a known format");
}

TEST(Profile, TheUsualFormatOfAColumnDecidesWhereItReadsEveryDate) {
  const auto usual = DateFormat::remembered("MM/dd/yyyy");
  DateProfile fitting(usual);
  for (const std::string_view value : {"03/04/2026", "n/a", "03/05/2026 10:00"}) fitting.observe(value);
  EXPECT_EQ(shown(ColumnChecker(fitting.rules()).check("03/04/2026")), "2026-03-04 00:00:00");
  DateProfile changed(usual);
  for (const std::string_view value : {"03/04/2026", "23/04/2026"}) changed.observe(value);
  EXPECT_EQ(shown(ColumnChecker(changed.rules()).check("03/04/2026")), "2026-04-03");
  DateProfile unknown(DateFormat::remembered("yyyyMMdd"));
  unknown.observe("20260304");
  EXPECT_EQ(shown(ColumnChecker(unknown.rules()).check("20260304")), "2026-03-04");
}

TEST(Profile, AFormatIsKeptWhenTheDatesLeaveNoOther) {
  const auto kept = [](std::string_view usual, std::initializer_list<std::string_view> values) {
    DateProfile dates(DateFormat::remembered(usual));
    for (const std::string_view value : values) dates.observe(value);
    return dates.rules().kept_format;
  };
  EXPECT_EQ(kept("", {"04/23/2026", "n/a"}), "MM/dd/yyyy");
  EXPECT_EQ(kept("", {"04/03/2026"}), "");
  EXPECT_EQ(kept("", {"n/a"}), "");
  EXPECT_EQ(kept("", {"04/23/2026", "23/04/2026"}), "");
  EXPECT_EQ(kept("", {"2026-04-23"}), "yyyy-MM-dd");
  EXPECT_EQ(kept("MM/dd/yyyy", {"04/03/2026"}), "MM/dd/yyyy");
  EXPECT_EQ(kept("MM/dd/yyyy", {"23/04/2026"}), "dd/MM/yyyy");
  EXPECT_EQ(kept("MM/dd/yyyy", {"2026-04-23"}), "MM/dd/yyyy");  // says nothing about day and month
  EXPECT_EQ(kept("yyyy-MM-dd", {"04/23/2026"}), "MM/dd/yyyy");
  EXPECT_EQ(found({"04/23/2026"}).kept_format, "MM/dd/yyyy");
  EXPECT_EQ(found({"04/03/2026"}, {}, DateFormat::from_java("MM/dd/yyyy")).kept_format, "MM/dd/yyyy");
  EXPECT_EQ(found({"7"}).kept_format, "");
}

TEST(Profile, MoneyInSeveralCurrenciesStaysText) {
  EXPECT_EQ(type_of({"$5", "€7"}), DataType::plain);
  EXPECT_EQ(type_of({"$5", "7 $"}), DataType::currency);
  EXPECT_EQ(type_of({"$5", "", "-$7"}), DataType::currency);
}

TEST(Profile, VersionsStayText) {
  EXPECT_EQ(type_of({"1.2.10", "3.4.15"}), DataType::plain);
  EXPECT_EQ(type_of({"23.11.26", "01.02.26"}), DataType::date);
}

TEST(Profile, DecimalsThatWouldLoseDigitsStayText) {
  EXPECT_EQ(type_of({"9007199254740993", "1.5"}), DataType::plain);
  EXPECT_EQ(type_of({"1.5", "9007199254740993"}), DataType::plain);
  EXPECT_EQ(type_of({"9007199254740993", "15"}), DataType::number);
  EXPECT_EQ(type_of({"9007199254740992.5"}), DataType::plain);
  EXPECT_EQ(type_of({"$90071992547409.931"}), DataType::plain);
  EXPECT_EQ(type_of({"9007199254740993%"}), DataType::plain);
  EXPECT_EQ(type_of({"1.50000000000000000000", "0.000000000000000000015", "1500000000000000000000.0"}),
            DataType::decimal_number);
  // What programs write for 0.1 + 0.2: it comes out as it went in.
  EXPECT_EQ(type_of({"0.30000000000000004", "-1.7976931348623157e308"}), DataType::decimal_number);
}

}  // namespace
}  // namespace dropload::service
