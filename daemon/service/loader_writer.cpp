#include "daemon/service/loader_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/service/warehouse_catalogue.h"

namespace dropload::service {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

// Parameter i + 1 is the plan's column i, in both statements.
std::string insert_sql(const View& view, const Plan& plan) {
  std::vector<std::string> names;
  std::vector<std::string> parameters;
  for (const PlannedColumn& column : plan.columns) {
    names.push_back(quoted_name(column.name));
    parameters.push_back(fmt::format("?{}", parameters.size() + 1));
  }
  return fmt::format("INSERT INTO {} ({}) VALUES ({})", quoted_name(view.table), joined(names, ", "),
                     joined(parameters, ", "));
}

std::string update_sql(const View& view, const Plan& plan, bool match_nulls) {
  std::vector<std::string> changes;
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const std::string name = quoted_name(plan.columns[i].name);
    if (plan.columns[i].matches) {
      conditions.push_back(fmt::format("{} {} ?{}", name, match_nulls ? "IS" : "=", i + 1));
    } else if (plan.columns[i].type == DataType::auto_number) {
      // A row that is there has its number.
      changes.push_back(fmt::format("{0} = coalesce(?{1}, {0})", name, i + 1));
    } else {
      changes.push_back(fmt::format("{} = ?{}", name, i + 1));
    }
  }
  // When all columns match there is nothing to change, but the row counts as found.
  if (changes.empty()) changes.push_back(fmt::format("{0} = {0}", quoted_name(plan.columns.front().name)));
  return fmt::format("UPDATE {} SET {} WHERE {}", quoted_name(view.table), joined(changes, ", "),
                     joined(conditions, " AND "));
}

// One index for each set of matching columns, named by their positions in the view.
std::string index_sql(const View& view, const Plan& plan) {
  std::string index = "dropload_match_" + view.id;
  std::vector<std::string> names;
  for (const PlannedColumn& planned : plan.columns) {
    for (const Column& column : view.columns) {
      if (!planned.matches || column.name != planned.name) continue;
      index += fmt::format("_{}", column.index);
      names.push_back(quoted_name(column.name));
    }
  }
  return fmt::format("CREATE INDEX IF NOT EXISTS {} ON {} ({})", index, quoted_name(view.table), joined(names, ", "));
}

int bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *whole);
  if (const auto* decimal = std::get_if<double>(&value)) return sqlite3_bind_double(statement, index, *decimal);
  return sqlite3_bind_null(statement, index);
}

}  // namespace

RowWriter::RowWriter(db::Database& database, const View& view, const Plan& plan, bool match_nulls)
    : connection_(database.raw().getHandle()), insert_(prepare(insert_sql(view, plan))) {
  database.raw().exec(index_sql(view, plan));
  update_ = prepare(update_sql(view, plan, match_nulls));
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    if (plan.columns[i].matches) matching_.push_back(i);
  }
}

RowWriter::Statement RowWriter::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) throw SQLite::Exception(connection_, code);
  return Statement(statement);
}

void RowWriter::write(std::span<const Value> values) {
  const auto was_emptied = [&](std::size_t column) { return std::holds_alternative<Emptied>(values[column]); };
  const bool may_match = std::ranges::none_of(matching_, was_emptied);
  if (!may_match || run(update_, values) == 0) run(insert_, values);
}

int RowWriter::run(const Statement& statement, std::span<const Value> values) {
  for (int index = 0; const Value& value : values) {
    const int code = bind(statement.get(), ++index, value);
    if (code != SQLITE_OK) throw SQLite::Exception(connection_, code);
  }
  const int code = sqlite3_step(statement.get());
  if (code != SQLITE_DONE) {
    const SQLite::Exception failure(connection_, code);
    sqlite3_reset(statement.get());
    throw failure;
  }
  sqlite3_reset(statement.get());
  return sqlite3_changes(connection_);
}

void truncate(db::Database& database, const View& view) {
  database.raw().exec("DELETE FROM " + quoted_name(view.table));
}

}  // namespace dropload::service
