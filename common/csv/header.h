#pragma once

// The names in a header line. Pure.

#include <string>
#include <vector>

#include "common/csv/survey.h"

namespace dropload::csv {

// The fields of the surveyed file's header as UTF-8, unquoted, without blanks around them; as many as header_fields.
// What is in them is as it stands: names may be empty, equal, or hold anything.
std::vector<std::string> header_names(const Survey& survey);

}  // namespace dropload::csv
