#include "daemon/service/auto_numbers.h"

#include <fmt/format.h>

#include "daemon/service/warehouse_catalogue.h"

namespace dropload::service {

void number_rows(db::Database& database, const View& view) {
  const std::string_view row = row_number_name(view);
  // Where all three names are taken, rows cannot be told apart.
  if (row.empty()) return;
  for (const Column& column : view.columns) {
    if (column.type != DataType::auto_number) continue;
    database.raw().exec(
        fmt::format("UPDATE {0} SET {1} = dropload_added.highest + dropload_added.place FROM "
                    "(SELECT {2} AS row, row_number() OVER (ORDER BY {2}) AS place, "
                    "(SELECT coalesce(max({1}), 0) FROM {0}) AS highest FROM {0} WHERE {1} IS NULL) AS dropload_added "
                    "WHERE {0}.{2} = dropload_added.row",
                    quoted_name(view.table), quoted_name(column.name), row));
  }
}

}  // namespace dropload::service
