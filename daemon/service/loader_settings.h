#pragma once

// CONFIG's options as the CSV reader and the types understand them (import-api.md, section 2). Pure.

#include <optional>
#include <string>
#include <string_view>

#include "common/csv/dialect.h"
#include "common/zoho/config.h"
#include "daemon/service/typing.h"

namespace dropload::service {

// What CONFIG does not say is found out from the sample, the beginning of the file.
csv::Dialect dialect_of(const zoho::ImportOptions& options, std::string_view sample);

// The column's own separators, else the general ones. Where only one of the two is given and it is the other's default,
// the other becomes what it usually is then: "1.234,5".
NumberFormat numbers_of(const zoho::ImportOptions& options, std::string_view column);

// The column's own date pattern, else the general one.
std::optional<std::string> date_pattern_of(const zoho::ImportOptions& options, std::string_view column);

}  // namespace dropload::service
