#pragma once

// The first of two passes over a file: what the columns are that nobody typed, and how dates are written.

#include <stop_token>
#include <vector>

#include "daemon/service/import_file.h"
#include "daemon/service/loader_failure.h"
#include "daemon/service/loader_plan.h"
#include "daemon/service/typing.h"

namespace dropload::service {

// Rows between two looks at a stop token.
inline constexpr int rows_between_stops = 4096;

// The rules of each planned column. `rows` are not read when nothing is open. Errors: 7248,
// unavailable.
LoadStep<std::vector<ColumnRules>> survey(const Plan& plan, Records& rows, const std::stop_token& stop);

}  // namespace dropload::service
