#include "daemon/service/warehouse_catalogue.h"

#include <algorithm>
#include <array>

#include "common/db/query.h"

namespace dropload::service {
namespace {

using db::Query;

// Ids have 19 digits as the real service's have; views and columns count from different numbers, so that one is not
// taken for the other.
constexpr std::string_view first_catalogue = R"sql(
CREATE TABLE dropload_view (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  table_name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_ms INTEGER NOT NULL,
  UNIQUE (workspace_id, name)
);
CREATE TABLE dropload_column (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  view_id INTEGER NOT NULL REFERENCES dropload_view ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  data_type TEXT NOT NULL,
  has_time INTEGER NOT NULL,
  UNIQUE (view_id, position),
  UNIQUE (view_id, name)
);
CREATE TABLE dropload_loaded_job (
  job_id TEXT PRIMARY KEY,
  details TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO sqlite_sequence (name, seq) VALUES ('dropload_view', 2000000000000000000);
INSERT INTO sqlite_sequence (name, seq) VALUES ('dropload_column', 3000000000000000000);
)sql";

// '' where it is not known how the dates are written, or the column holds none.
constexpr std::string_view date_formats = R"sql(
ALTER TABLE dropload_column ADD COLUMN date_format TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::array schema_of_the_catalogue{db::Migration{"first schema", first_catalogue},
                                             db::Migration{"date formats of columns", date_formats}};

std::vector<Column> read_columns(db::Database& database, std::string_view view_id) {
  Query query(database,
              "SELECT id, name, data_type, has_time, date_format FROM dropload_column WHERE view_id = ? "
              "ORDER BY position",
              view_id);
  std::vector<Column> columns;
  while (query.step()) {
    const auto type = parse_data_type(query.get<std::string>(2));
    columns.push_back({query.get<std::string>(0), query.get<std::string>(1), type.value_or(DataType::plain),
                       query.get<bool>(3), static_cast<int>(columns.size()), query.get<std::string>(4)});
  }
  return columns;
}

std::vector<View> views_of(db::Database& database, Query& query) {
  std::vector<View> views;
  while (query.step()) {
    views.push_back({query.get<std::string>(0),
                     query.get<std::string>(1),
                     query.get<std::string>(2),
                     query.get<std::string>(3),
                     query.get<Time>(4),
                     {}});
  }
  for (View& view : views) view.columns = read_columns(database, view.id);
  return views;
}

std::optional<View> only(std::vector<View> views) {
  if (views.empty()) return std::nullopt;
  return std::move(views.front());
}

bool is_reserved(std::string_view name) {
  return same_name(name.substr(0, 7), "sqlite_") || same_name(name.substr(0, 9), "dropload_");
}

bool is_free(db::Database& database, std::string_view table) {
  Query query(database, "SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE", table);
  return !is_reserved(table) && !query.step();
}

std::string table_name(db::Database& database, const NewView& wanted, const std::string& view_id) {
  const std::string with_workspace = wanted.workspace_name + "." + wanted.name;
  std::string name;
  for (const std::string& candidate : {wanted.name, with_workspace, with_workspace + "." + view_id}) {
    name = candidate;
    std::ranges::replace(name, '\0', '_');  // a NUL would end the statement that makes the table
    if (is_free(database, name)) break;
  }
  return name;
}

}  // namespace

std::span<const db::Migration> catalogue_migrations() {
  return schema_of_the_catalogue;
}

std::vector<View> read_views(db::Database& database, std::string_view workspace_id) {
  Query query(database,
              "SELECT id, workspace_id, name, table_name, created_ms FROM dropload_view WHERE workspace_id = ? "
              "ORDER BY id",
              workspace_id);
  return views_of(database, query);
}

std::optional<View> read_view(db::Database& database, std::string_view workspace_id, std::string_view view_id) {
  Query query(database,
              "SELECT id, workspace_id, name, table_name, created_ms FROM dropload_view WHERE workspace_id = ? "
              "AND id = ?",
              workspace_id, view_id);
  return only(views_of(database, query));
}

std::optional<View> read_view_by_name(db::Database& database, std::string_view workspace_id, std::string_view name) {
  Query query(database,
              "SELECT id, workspace_id, name, table_name, created_ms FROM dropload_view WHERE workspace_id = ? "
              "AND name = ?",
              workspace_id, name);
  return only(views_of(database, query));
}

View make_view(db::Database& database, const NewView& wanted, Time now) {
  // The table's name may need the id, so the entry is made first, with a name that no table has.
  Query(database,
        "INSERT INTO dropload_view (workspace_id, name, table_name, created_ms) VALUES (?, ?, 'dropload_new', ?)",
        wanted.workspace_id, wanted.name, now)
      .run();
  View view{
      std::to_string(database.raw().getLastInsertRowid()), wanted.workspace_id, wanted.name, "", now, wanted.columns};
  view.table = table_name(database, wanted, view.id);
  Query(database, "UPDATE dropload_view SET table_name = ? WHERE id = ?", view.table, view.id).run();
  std::string sql = "CREATE TABLE " + quoted_name(view.table) + " (";
  for (int index = 0; Column & column : view.columns) {
    column.index = index++;
    Query(database,
          "INSERT INTO dropload_column (view_id, position, name, data_type, has_time, date_format) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          view.id, column.index, column.name, to_string(column.type), column.has_time, column.date_format)
        .run();
    column.id = std::to_string(database.raw().getLastInsertRowid());
    sql += column.index > 0 ? ", " : "";
    sql += quoted_name(column.name) + " " + std::string(sql_type(column.type, column.has_time));
  }
  database.raw().exec(sql + ")");
  return view;
}

void keep_date_format(db::Database& database, std::string_view view_id, std::string_view column,
                      std::string_view pattern) {
  Query(database, "UPDATE dropload_column SET date_format = ? WHERE view_id = ? AND name = ?", pattern, view_id, column)
      .run();
}

void set_column_type(db::Database& database, std::string_view view_id, std::string_view column, DataType type) {
  Query(database, "UPDATE dropload_column SET data_type = ? WHERE view_id = ? AND name = ?", to_string(type), view_id,
        column)
      .run();
}

std::optional<std::string> read_loaded_job(db::Database& database, std::string_view job_id) {
  Query query(database, "SELECT details FROM dropload_loaded_job WHERE job_id = ?", job_id);
  if (!query.step()) return std::nullopt;
  return query.get<std::string>(0);
}

void write_loaded_job(db::Database& database, std::string_view job_id, std::string_view details) {
  Query(database, "INSERT INTO dropload_loaded_job (job_id, details) VALUES (?, ?)", job_id, details).run();
}

void forget_loaded_job(db::Database& database, std::string_view job_id) {
  // "<job>.<number>" is a batch of it; '/' is the character after '.'.
  Query(database, "DELETE FROM dropload_loaded_job WHERE job_id = ?1 OR (job_id > ?1 || '.' AND job_id < ?1 || '/')",
        job_id)
      .run();
}

std::string_view row_number_name(const View& view) {
  for (const std::string_view number : {"rowid", "_rowid_", "oid"}) {
    const auto is_taken = [&](const Column& column) { return same_name(column.name, number); };
    if (std::ranges::none_of(view.columns, is_taken)) return number;
  }
  return {};
}

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace dropload::service
