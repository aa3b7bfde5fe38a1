#pragma once

// Rows into a table that may hold them already, by prepared statements. Within the caller's transaction; failures are
// SQLite::Exception.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "common/db/database.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/typing.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

class RowWriter {
 public:
  // Rows whose matching columns all have the new row's values are changed instead of added; an index over these
  // columns is made when there is none. Empty values match nothing, or with `match_nulls` each other; a value that did
  // not fit (Emptied) matches nothing.
  RowWriter(db::Database& database, const View& view, const Plan& plan, bool match_nulls);

  // The values of the plan's columns. Their texts must stay where they are until this returns.
  void write(std::span<const Value> values);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  Statement prepare(const std::string& sql);
  // The number of rows that were changed.
  int run(const Statement& statement, std::span<const Value> values);

  sqlite3* connection_;
  Statement insert_;
  Statement update_;
  std::vector<std::size_t> matching_;  // the plan's columns that match
};

// Removes all rows.
void truncate(db::Database& database, const View& view);

}  // namespace dropload::service
