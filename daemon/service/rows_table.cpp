#include "daemon/service/rows_table.h"

#include <fmt/format.h>

#include "daemon/service/warehouse_catalogue.h"

namespace dropload::service {
namespace {

constexpr const char* module_name = "dropload_rows";

// What the module's functions are given by SQLite: the pipe, and how wide its rows are.
struct Source {
  RowPipe& rows;
  std::size_t columns;
};

struct Table : sqlite3_vtab {
  Source* source = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
  std::optional<std::span<const Value>> row;
  std::int64_t number = 0;
};

RowPipe& rows_of(sqlite3_vtab_cursor* cursor) {
  return static_cast<Table*>(cursor->pVtab)->source->rows;
}

int connect(sqlite3* connection, void* source, int, const char* const*, sqlite3_vtab** table, char**) {
  std::string columns;
  for (std::size_t i = 0; i < static_cast<Source*>(source)->columns; ++i) {
    columns += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  }
  const int code = sqlite3_declare_vtab(connection, fmt::format("CREATE TABLE x ({})", columns).c_str());
  if (code != SQLITE_OK) return code;
  auto made = std::make_unique<Table>();
  made->source = static_cast<Source*>(source);
  *table = made.release();
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

// There is one way to read a pipe.
int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  info->estimatedCost = 1;
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = std::make_unique<Cursor>().release();
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* base) {
  auto* const cursor = static_cast<Cursor*>(base);
  cursor->row = rows_of(base).next();
  ++cursor->number;
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  return next(cursor);
}

int eof(sqlite3_vtab_cursor* cursor) {
  return static_cast<Cursor*>(cursor)->row ? 0 : 1;
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* result, int index) {
  const Value& value = (*static_cast<Cursor*>(cursor)->row)[static_cast<std::size_t>(index)];
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    // Stays where it is until the row has been written.
    sqlite3_result_text64(result, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    sqlite3_result_int64(result, *whole);
  } else if (const auto* decimal = std::get_if<double>(&value)) {
    sqlite3_result_double(result, *decimal);
  }
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<Cursor*>(cursor)->number;
  return SQLITE_OK;
}

sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect;  // and no xCreate: the table is there by itself, and can be made by nobody
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = eof;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}

// The table is there for as long as this is.
class Registered {
 public:
  Registered(sqlite3* connection, Source& source) : connection_(connection) {
    static const sqlite3_module module = make_module();
    const int code = sqlite3_create_module_v2(connection, module_name, &module, &source, nullptr);
    if (code != SQLITE_OK) throw SQLite::Exception(connection, code);
  }
  ~Registered() { sqlite3_create_module_v2(connection_, module_name, nullptr, nullptr, nullptr); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  sqlite3* connection_;
};

}  // namespace

std::int64_t insert_all(db::Database& database, const View& view, const Plan& plan, RowPipe& rows) {
  Source source{rows, plan.columns.size()};
  const Registered registered(database.raw().getHandle(), source);
  std::string into;
  std::string from;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    into += (i == 0 ? "" : ", ") + quoted_name(plan.columns[i].name);
    from += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  }
  const std::string sql =
      fmt::format("INSERT INTO {} ({}) SELECT {} FROM {}", quoted_name(view.table), into, from, module_name);
  return database.raw().exec(sql);
}

}  // namespace dropload::service
