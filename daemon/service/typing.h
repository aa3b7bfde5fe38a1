#pragma once

// The data types of columns (import-api.md, sections 2, 3 and 9) and what is stored for them. Pure.

#include <cstdint>
#include <optional>
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
// The type in CREATE TABLE: "TEXT", "INTEGER", "REAL", "DECIMAL" (whole numbers are stored as such, which keeps all
// their digits), "BOOLEAN" (0 and 1), "DATE" or "DATETIME" (ISO 8601 text).
std::string_view sql_type(DataType type, bool has_time);

// How numbers are written. '\0' as thousand separator: none.
struct NumberFormat {
  char thousand = ',';
  char decimal = '.';
};

// A value that did not fit and is stored as empty (onError setcolumnempty): NULL as well, but it matches nothing.
struct Emptied {
  bool operator==(const Emptied&) const = default;
};

// What is stored. An empty field is nothing (NULL).
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Emptied>;

// What a column's values are checked against.
struct ColumnRules {
  DataType type = DataType::plain;
  bool has_time = false;  // of a date column: values are stored with the time of day
  NumberFormat numbers{};
  std::vector<DateFormat> dates{};  // of a date column: the first that fits a value reads it
  bool dates_must_agree = false;    // a value that two of them read as different dates is refused
  std::string kept_format{};        // of a date column: the pattern to remember for later files, "" when there is none
  // Found from the first rows only. Then a value that fits the type, but with which another one would have been found,
  // does not fit.
  bool is_guess = false;
  std::string_view currency{};  // of a guessed currency column: the sign of all its amounts
};

}  // namespace dropload::service
