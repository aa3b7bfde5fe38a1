#pragma once

// What import options say of how a CSV file is written (import-api.md, section 2). Pure.

#include "common/csv/dialect.h"
#include "common/zoho/config.h"

namespace dropload::zoho {

// A number outside the API's lists says nothing.
csv::KnownDialect known_dialect(const ImportOptions& options);

}  // namespace dropload::zoho
