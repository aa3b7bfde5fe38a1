#include "daemon/service/loader_settings.h"

#include <array>

#include "common/zoho/csv_dialect.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {
namespace {

constexpr std::array thousands{',', '.', ' ', '\'', '\0'};
constexpr std::array decimals{'.', ','};

template <typename Map>
const typename Map::mapped_type* find_column(const Map& map, std::string_view column) {
  for (const auto& [name, value] : map) {
    if (same_name(name, column)) return &value;
  }
  return nullptr;
}

// A number outside the list was refused when CONFIG was read.
template <typename List>
auto chosen(const List& list, std::optional<int> index, typename List::value_type otherwise) {
  const bool is_listed = index && *index >= 0 && static_cast<std::size_t>(*index) < list.size();
  return is_listed ? list[static_cast<std::size_t>(*index)] : otherwise;
}

}  // namespace

csv::Dialect dialect_of(const zoho::ImportOptions& options, std::string_view sample) {
  return csv::find_dialect(sample, zoho::known_dialect(options));
}

NumberFormat numbers_of(const zoho::ImportOptions& options, std::string_view column) {
  std::optional<int> thousand = options.thousand_separator;
  std::optional<int> decimal = options.decimal_separator;
  if (const auto* own = find_column(options.column_separators, column)) {
    thousand = (*own)[0];
    decimal = (*own)[1];
  }
  NumberFormat format;
  format.thousand = chosen(thousands, thousand, format.thousand);
  format.decimal = chosen(decimals, decimal, format.decimal);
  if (format.thousand != format.decimal) return format;
  if (thousand) format.decimal = format.thousand == '.' ? ',' : '.';
  if (!thousand) format.thousand = format.decimal == ',' ? '.' : ',';
  return format;
}

std::optional<std::string> date_pattern_of(const zoho::ImportOptions& options, std::string_view column) {
  if (const auto* own = find_column(options.column_date_format, column)) return *own;
  return options.date_format;
}

}  // namespace dropload::service
