#include "daemon/intake/routing.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fnmatch.h>

#include "common/base/text.h"
#include "daemon/intake/packages.h"
#include "daemon/queue/table_pattern.h"

namespace dropload::intake {
namespace {

// Shapes that file names usually have: an example is the first of them that fits the pattern.
constexpr std::array usual_names{"sales.csv",
                                 "sales_2026-11-23.csv",
                                 "sales-2026-11-23.csv",
                                 "sales_20261123.csv",
                                 "sales_1.csv",
                                 "2026-11-23_sales.csv",
                                 "20261123_sales.csv",
                                 "sales.2026-11-23.csv",
                                 "SALES_20261123.CSV",
                                 "Sales_1.csv",
                                 "sales.txt",
                                 "sales_2026-11-23.txt"};

std::string example_for(const queue::TablePattern& pattern) {
  const auto fitting =
      std::ranges::find_if(usual_names, [&](const char* name) { return pattern.table_in(name).has_value(); });
  return fitting == usual_names.end() ? "" : fmt::format("; a name that fits: {}", *fitting);
}

Result<std::string> table_by_pattern(const queue::Route& route, const std::string& file_name) {
  const auto pattern = queue::TablePattern::compile(route.table_pattern);
  if (!pattern) return pattern.error();
  auto table = pattern->table_in(file_name);
  if (table) return table;
  return error(table.error().code, "no table for {}: {}{}", escaped(file_name), table.error().message,
               example_for(*pattern));
}

Result<std::string> table_by_directory(const queue::Route& route, const std::string& file_name,
                                       const std::string& subdirectory) {
  const std::string table = std::filesystem::path(subdirectory).filename().string();
  if (!table.empty()) return table;
  const std::string place = route.drop ? route.drop->directory : "the drop directory";
  return error(Errc::invalid_argument,
               "no table for {}: in this route the subdirectory names the table; put it into one, such as {}/sales/{}",
               escaped(file_name), escaped(place), escaped(file_name));
}

Result<std::string> table_name_of(const queue::Route& route, const std::string& file_name,
                                  const std::string& subdirectory) {
  if (!route.table.empty()) return route.table;
  if (!route.table_pattern.empty()) return table_by_pattern(route, file_name);
  return table_by_directory(route, file_name, subdirectory);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

bool matches(const queue::DropSettings& drop, const std::string& file_name) {
  const auto fits = [&drop](const std::string& name) {
    return std::ranges::any_of(drop.patterns, [&](const std::string& pattern) {
      return pattern == "*" || ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    });
  };
  return fits(file_name) || (drop.unpack && package_kind_of(file_name) && fits(inner_name(file_name)));
}

Result<queue::TableKey> table_of(const queue::Route& route, const std::string& file_name,
                                 const std::string& subdirectory) {
  auto table = table_name_of(route, file_name, subdirectory);
  if (!table) return table.error();
  if (!is_utf8(*table)) {
    return error(Errc::invalid_argument,
                 "no table for {}: '{}' is not UTF-8, so it cannot be the name of a table; rename it",
                 escaped(file_name), escaped(*table));
  }
  return queue::TableKey{route.organization, route.workspace, std::move(*table)};
}

}  // namespace dropload::intake
