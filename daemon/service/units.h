#pragma once

// API units (import-api.md, section 7): what imports cost an organization, counted by day (UTC) in service.db. Every
// 1,000 rows of a file, the last ones rounded up, cost 10 units, with updateadd 15; an import that failed costs none
// but for the batches that it had committed.
// The io thread's.

#include <cstdint>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/db/database.h"
#include "common/zoho/answers.h"

namespace dropload::service {

// Pure.
std::int64_t units_of(const zoho::JobDetails& ended);

// Puts them on the account of the job's organization. In the caller's transaction; failures are SQLite::Exception.
void charge_units(db::Database& database, std::string_view job_id, std::int64_t units, Time now);

// Used on the day of `now`. Errors: those of SQLite.
Result<std::int64_t> units_used(db::Database& database, std::string_view organization_id, Time now);

}  // namespace dropload::service
