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

struct Surveyed {
  std::vector<ColumnRules> rules;  // of each planned column
  // Were all rows looked at, or is it at least likely that all of them are as the first ones? With a guess every value
  // is checked while it is loaded (ColumnRules::is_guess), so that the outcome is that of a whole survey or none.
  bool is_usable = true;
};

// Looks at the first `most_rows` rows; at none when nothing is open. Errors: 7248, unavailable.
LoadStep<Surveyed> survey(const Plan& plan, Records& rows, std::int64_t most_rows, const std::stop_token& stop);

}  // namespace dropload::service
