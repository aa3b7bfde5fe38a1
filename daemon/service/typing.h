#pragma once

// The data types of columns (import-api.md, sections 2 and 3), finding the type of a new table's columns, and checking
// values against the type of a column. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/service/dates.h"

namespace dropload::service {

enum class DataType {
  plain = 1,
  multi_line,
  email,
  number,
  positive_number,
  decimal_number,
  currency,
  percent,
  date,
  boolean,
  url,
  auto_number,
  geo
};

// "POSITIVE_NUMBER": the word of columnDataTypes, and the one the catalogue keeps.
std::string_view to_string(DataType type);
// Any case. Nothing for other words.
std::optional<DataType> parse_data_type(std::string_view word);
// "Positive Number": columnDetails of a job and dataTypeName of the metadata call.
std::string_view display_name(DataType type);
// dataType and dataTypeId of the metadata call: "DATE_AS_DATE" and 22 for a date, else the word itself and its place in
// the list above (1, 7 and 22 are in the published examples).
std::string_view metadata_name(DataType type);
int metadata_id(DataType type);

// How numbers are written. 0 as thousand separator: none.
struct NumberFormat {
  char thousand = ',';
  char decimal = '.';
};

// What is stored. Text points into the file's buffer or into the checker's scratch.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view>;

// What a column's values are checked against.
struct ColumnRules {
  DataType type = DataType::plain;
  bool has_time = false;  // of a date column: values are stored with the time of day
  NumberFormat numbers;
  std::vector<DateFormat> dates;  // of a date column: tried in order
};

// Turns the text of fields into values for storing. An empty field (or one of blanks only, but for texts) is null.
class ColumnChecker {
 public:
  explicit ColumnChecker(ColumnRules rules) : rules_(std::move(rules)) {}

  // Nothing when the text is not of the column's type. A text value is valid until the next call or as long as `text`
  // is.
  std::optional<Value> check(std::string_view text);
  // "is not a whole number": what is wrong with a value that check() refused.
  [[nodiscard]] std::string_view complaint() const;
  [[nodiscard]] const ColumnRules& rules() const { return rules_; }

 private:
  std::optional<Value> check_date(std::string_view text);

  ColumnRules rules_;
  std::array<char, 32> scratch_{};
};

// Finds the type of one column from all its values. The type found is one that check() takes every value of, so that
// detection never makes rows fail. Careful where a number would lose something: leading zeros ("00123"), a leading plus
// and whole numbers beyond 64 bits stay text. 0 and 1 are numbers; true/false, yes/no are booleans.
class ColumnProfile {
 public:
  // `format`: CONFIG's date format of this column, tried before the known ones.
  explicit ColumnProfile(NumberFormat numbers, std::optional<DateFormat> format = std::nullopt);

  void observe(std::string_view text);
  // The rules of a column with this profile; a column without any value is plain text.
  [[nodiscard]] ColumnRules rules() const;
  // The rules for a column whose type is given: of a date column, the formats that fitted every value, else the ones
  // that fitted some, best first.
  [[nodiscard]] ColumnRules rules_for(DataType type) const;

 private:
  void observe_date(std::string_view text);
  [[nodiscard]] std::vector<DateFormat> date_formats() const;

  NumberFormat numbers_;
  std::vector<DateFormat> formats_;
  std::vector<std::int64_t> date_hits_;  // how many values each format fitted
  std::uint32_t alive_ = 0;              // types that took every value so far
  std::int64_t values_ = 0;
  std::int64_t values_with_time_ = 0;
  bool has_format_ = false;
};

}  // namespace dropload::service
