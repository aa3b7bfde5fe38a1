#include "daemon/service/loader_survey.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/service/typing_profile.h"
#include "daemon/service/typing_text.h"

namespace dropload::service {
namespace {

// What is looked for in one column: its type, the format of its dates, or nothing.
struct Search {
  std::size_t field = 0;
  std::optional<ColumnProfile> type;
  std::optional<DateProfile> dates;

  void observe(std::string_view text) {
    if (type) type->observe(text);
    if (dates) dates->observe(trimmed(text));
  }
  [[nodiscard]] bool is_open() const { return type || dates; }
  [[nodiscard]] bool can_guess() const { return type ? type->can_guess() : !dates || dates->can_guess(); }
};

bool needs_dates(const PlannedColumn& column) {
  return column.is_typed && column.type == DataType::date && !column.date_format;
}

std::vector<Search> searches(const Plan& plan) {
  std::vector<Search> list;
  for (const PlannedColumn& column : plan.columns) {
    Search search;
    search.field = column.field;
    if (!column.is_typed) search.type.emplace(column.numbers, column.date_format);
    if (needs_dates(column)) search.dates.emplace(column.usual_format);
    list.push_back(std::move(search));
  }
  return list;
}

ColumnRules rules_of(const PlannedColumn& column, const Search& search) {
  if (search.type) return search.type->rules();
  ColumnRules rules{.type = column.type, .numbers = column.numbers};
  if (search.dates) {
    rules = search.dates->rules();
  } else if (column.date_format) {
    rules.has_time = column.date_format->has_time();
    rules.dates = {*column.date_format};
    rules.kept_format = format_to_keep(column.usual_format, *column.date_format);
  }
  rules.has_time = column.has_time.value_or(rules.has_time);
  return rules;
}

// Whether these were all rows.
LoadStep<bool> observe(std::vector<Search>& columns, Records& rows, std::int64_t most_rows,
                       const std::stop_token& stop) {
  for (std::int64_t row = 0; row < most_rows; ++row) {
    if (row % rows_between_stops == 0 && stop.stop_requested()) {
      return error(Errc::unavailable, "the import service is stopping");
    }
    const auto record = rows.next();
    if (!record) return record.error();
    if (!*record) return true;
    const auto fields = (*record)->fields;
    for (Search& column : columns) {
      if (column.field < fields.size()) column.observe(fields[column.field]);
    }
  }
  return false;
}

}  // namespace

LoadStep<Surveyed> survey(const Plan& plan, Records& rows, std::int64_t most_rows, const std::stop_token& stop) {
  std::vector<Search> columns = searches(plan);
  bool is_whole = std::ranges::none_of(columns, &Search::is_open);
  if (!is_whole) {
    const auto observed = observe(columns, rows, most_rows, stop);
    if (!observed) return observed.error();
    is_whole = *observed;
  }
  Surveyed surveyed;
  surveyed.is_usable = is_whole || std::ranges::all_of(columns, &Search::can_guess);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    surveyed.rules.push_back(rules_of(plan.columns[i], columns[i]));
    surveyed.rules.back().is_guess = !is_whole && columns[i].is_open();
  }
  return surveyed;
}

}  // namespace dropload::service
