#pragma once

// Which field of the file goes into which column of the table. Pure.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/zoho/config.h"
#include "daemon/service/loader_failure.h"
#include "daemon/service/typing.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// The most columns a table can have (selectedColumns takes as many).
inline constexpr std::size_t max_columns = 300;

struct PlannedColumn {
  std::size_t field = 0;  // 0 is the file's first
  std::string name;       // of the table's column
  bool is_typed = false;  // by the table or by CONFIG; else the values tell
  DataType type = DataType::plain;
  std::optional<bool> has_time;  // of a date column that exists
  NumberFormat numbers;
  std::optional<DateFormat> date_format;   // CONFIG's
  std::optional<DateFormat> usual_format;  // of a date column that exists: how its dates were written so far
  bool matches = false;                    // one of matchingColumns, with updateadd
};

struct Plan {
  std::vector<PlannedColumn> columns;
  std::size_t header_fields = 0;
};

// The columns' names by the header line, all different (loader.h).
std::vector<std::string> column_names(std::span<const std::string_view> header);

// The longest name of a column, in bytes; of a file without a header line the first record would make longer ones.
inline constexpr std::size_t max_column_name_bytes = 1000;
// 7248 when one is longer.
LoadStep<void> check_names(std::span<const std::string_view> header);

// 7478 when a table cannot have so many columns.
LoadStep<void> check_width(std::size_t columns);

// `view`: the table that exists; nullptr: a new one. Fails with 7107, 7478, 7512, 8046 or 8516.
LoadStep<Plan> make_plan(std::span<const std::string> names, const View* view, const zoho::ImportOptions& options);

}  // namespace dropload::service
