#include "daemon/service/loader_plan.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "common/base/text.h"
#include "common/zoho/answers.h"
#include "daemon/service/loader_settings.h"
#include "daemon/service/typing_text.h"

namespace dropload::service {
namespace {

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::ranges::any_of(names, [&](const std::string& other) { return same_name(other, name); });
}

const Column* find_column(const View& view, std::string_view name) {
  const auto found =
      std::ranges::find_if(view.columns, [&](const Column& column) { return same_name(column.name, name); });
  return found == view.columns.end() ? nullptr : &*found;
}

// A NUL would end the statement that makes the table.
std::string cleaned(std::string_view name) {
  std::string text(trimmed(name));
  std::ranges::replace(text, '\0', '_');
  return text;
}

LoadStep<void> set_type(PlannedColumn& planned, const Column* column, const zoho::ImportOptions& options) {
  if (column != nullptr) {
    planned.is_typed = true;
    planned.type = column->type;
    planned.has_time = column->has_time;
    if (!column->date_format.empty()) planned.usual_format = DateFormat::remembered(column->date_format);
    return {};
  }
  for (const zoho::ColumnType& wanted : options.column_data_types) {
    if (!same_name(wanted.column, planned.name)) continue;
    const auto type = parse_data_type(wanted.type);
    if (!type) {
      return LoadFailure(8516, fmt::format("columnDataTypes: '{}' is not a data type (column '{}').",
                                           zoho::escape_html(wanted.type), zoho::escape_html(planned.name)));
    }
    planned.is_typed = true;
    planned.type = *type;
  }
  return {};
}

LoadStep<void> set_formats(PlannedColumn& planned, const zoho::ImportOptions& options) {
  planned.numbers = numbers_of(options, planned.name);
  const auto pattern = date_pattern_of(options, planned.name);
  if (!pattern) return {};
  planned.date_format = DateFormat::from_java(*pattern);
  if (planned.date_format) return {};
  return LoadFailure(7512, fmt::format("'{}' is not a date format (column '{}').", zoho::escape_html(*pattern),
                                       zoho::escape_html(planned.name)));
}

LoadStep<void> check_selected(std::span<const std::string> names, const View* view,
                              const zoho::ImportOptions& options) {
  for (const std::string& name : options.selected_columns) {
    const bool in_table = view == nullptr || find_column(*view, name) != nullptr;
    if (contains(names, name) && in_table) continue;
    return LoadFailure(8046, fmt::format("The selected column '{}' is not in the {}.", zoho::escape_html(name),
                                         in_table ? "file" : "table"));
  }
  return {};
}

// A format for a column that is nobody's is a mistyped name. One of the table may be missing in this file.
LoadStep<void> check_formatted(std::span<const std::string> names, const View* view,
                               const zoho::ImportOptions& options) {
  const auto is_somewhere = [&](const auto& entry) {
    return contains(names, entry.first) || (view != nullptr && find_column(*view, entry.first) != nullptr);
  };
  const auto refusal = [view](std::string_view key, const std::string& name) {
    return LoadFailure(8046, fmt::format("{} names the column '{}', which is not in the file{}.", key,
                                         zoho::escape_html(name), view == nullptr ? "" : ", nor in the table"));
  };
  for (const auto& entry : options.column_date_format) {
    if (!is_somewhere(entry)) return refusal("columnDateFormat", entry.first);
  }
  for (const auto& entry : options.column_separators) {
    if (!is_somewhere(entry)) return refusal("columnSeparators", entry.first);
  }
  return {};
}

LoadStep<void> set_matching(Plan& plan, const zoho::ImportOptions& options) {
  for (const std::string& name : options.matching_columns) {
    const auto found =
        std::ranges::find_if(plan.columns, [&](const PlannedColumn& column) { return same_name(column.name, name); });
    if (found == plan.columns.end()) {
      return LoadFailure(7107, fmt::format("The matching column '{}' is not both in the table and among the file's "
                                           "columns that are imported.",
                                           zoho::escape_html(name)));
    }
    found->matches = true;
  }
  return {};
}

}  // namespace

std::vector<std::string> column_names(std::span<const std::string_view> header) {
  std::vector<std::string> names;
  std::unordered_set<std::string> taken;             // in lower case, as these:
  std::unordered_map<std::string, int> next_suffix;  // of a name that came before
  for (const std::string_view field : header) {
    std::string name = cleaned(field);
    if (name.empty()) name = fmt::format("Column {}", names.size() + 1);
    const std::string first = name;
    while (!taken.insert(lower(name)).second) {
      int& suffix = next_suffix.try_emplace(lower(first), 2).first->second;
      name = fmt::format("{}_{}", first, suffix++);
    }
    names.push_back(std::move(name));
  }
  return names;
}

LoadStep<void> check_names(std::span<const std::string_view> header) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].size() <= max_column_name_bytes) continue;
    return LoadFailure(7248, fmt::format("The name of column {} is longer than {} bytes. Does the file begin with a "
                                         "header line?",
                                         i + 1, max_column_name_bytes));
  }
  return {};
}

LoadStep<void> check_width(std::size_t columns) {
  if (columns <= max_columns) return {};
  return LoadFailure(7478, fmt::format("The file has {} columns; a table can have {}.", columns, max_columns));
}

LoadStep<Plan> make_plan(std::span<const std::string> names, const View* view, const zoho::ImportOptions& options) {
  Plan plan;
  plan.header_fields = names.size();
  if (auto selected = check_selected(names, view, options); !selected) return selected.error();
  if (auto formatted = check_formatted(names, view, options); !formatted) return formatted.error();
  for (std::size_t field = 0; field < names.size(); ++field) {
    const Column* column = view == nullptr ? nullptr : find_column(*view, names[field]);
    if (view != nullptr && column == nullptr) continue;
    if (!options.selected_columns.empty() && !contains(options.selected_columns, names[field])) continue;
    PlannedColumn planned;
    planned.field = field;
    planned.name = column == nullptr ? names[field] : column->name;
    if (auto typed = set_type(planned, column, options); !typed) return typed.error();
    if (auto set = set_formats(planned, options); !set) return set.error();
    plan.columns.push_back(std::move(planned));
  }
  if (plan.columns.empty()) return LoadFailure(7107, "None of the file's columns is a column of the table.");
  if (auto checked = check_width(plan.columns.size()); !checked) return checked.error();
  if (view != nullptr && options.import_type == zoho::ImportType::updateadd) {
    if (auto matching = set_matching(plan, options); !matching) return matching.error();
  }
  return plan;
}

}  // namespace dropload::service
