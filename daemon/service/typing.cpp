#include "daemon/service/typing.h"

#include <algorithm>
#include <array>

#include "common/base/text.h"

namespace dropload::service {
namespace {

struct TypeNames {
  DataType type;
  std::string_view word;
  std::string_view display;
  std::string_view sql;
};

// In the order of DataType.
constexpr std::array<TypeNames, 13> all_names{
    {{DataType::plain, "PLAIN", "Plain Text", "TEXT"},
     {DataType::multi_line, "MULTI_LINE", "Multi Line Text", "TEXT"},
     {DataType::email, "EMAIL", "E-Mail", "TEXT"},
     {DataType::number, "NUMBER", "Number", "INTEGER"},
     {DataType::positive_number, "POSITIVE_NUMBER", "Positive Number", "INTEGER"},
     {DataType::decimal_number, "DECIMAL_NUMBER", "Decimal Number", "DECIMAL"},
     {DataType::currency, "CURRENCY", "Currency", "REAL"},
     {DataType::percent, "PERCENT", "Percent", "REAL"},
     {DataType::date, "DATE", "Date", "DATE"},
     {DataType::boolean, "BOOLEAN", "True/False", "BOOLEAN"},
     {DataType::url, "URL", "URL", "TEXT"},
     {DataType::auto_number, "AUTO_NUMBER", "Auto Number", "INTEGER"},
     {DataType::geo, "GEO", "Geo", "TEXT"}}};

const TypeNames& names_of(DataType type) {
  return all_names[static_cast<std::size_t>(type) - 1];
}

}  // namespace

std::string_view to_string(DataType type) {
  return names_of(type).word;
}

std::optional<DataType> parse_data_type(std::string_view word) {
  for (const TypeNames& names : all_names) {
    if (equal_in_any_case(word, names.word)) return names.type;
  }
  return std::nullopt;
}

std::string_view display_name(DataType type) {
  return names_of(type).display;
}

std::string_view metadata_name(DataType type) {
  return type == DataType::date ? "DATE_AS_DATE" : to_string(type);
}

int metadata_id(DataType type) {
  return type == DataType::date ? 22 : static_cast<int>(type);
}

std::string_view sql_type(DataType type, bool has_time) {
  return type == DataType::date && has_time ? "DATETIME" : names_of(type).sql;
}

}  // namespace dropload::service
