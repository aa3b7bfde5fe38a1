#pragma once

// Columns of AUTO_NUMBER: the rows that have no number get one.

#include "common/db/database.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

// Numbers, in the order of the rows, those without a number in each column of this type, on from the highest number of
// the column. Within the caller's transaction; failures are SQLite::Exception.
void number_rows(db::Database& database, const View& view);

}  // namespace dropload::service
