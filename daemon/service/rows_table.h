#pragma once

// A row pipe as a table that SQLite reads: INSERT … SELECT from it writes a file's rows without a call in and out of
// SQLite for each value and row, which is what the time of prepared INSERTs goes into (https://sqlite.org/vtab.html).

#include <cstdint>

#include <sqlite3.h>

#include "daemon/service/loader_plan.h"
#include "daemon/service/row_pipe.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// Writes all rows of the pipe into the view's table, within the caller's transaction. The number of rows. Failures of
// SQLite are SQLite::Exception; afterwards the pipe says whether it ended well.
std::int64_t insert_all(db::Database& database, const View& view, const Plan& plan, RowPipe& rows);

}  // namespace dropload::service
