#pragma once

// The answer of importdetails (import-api.md, sections 7 and 9): the last import of a table. It is what can settle a
// job whose answer was lost. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace dropload::zoho {

struct ImportDetails {
  // When it ended, by the service's clock, to the second; nothing when its zone is not known, or means several.
  std::optional<Time> at;
  std::string at_text;     // as it came
  std::string status;      // "Success", "Partial Success" or "Failed"
  std::int64_t total = 0;  // rows
  std::int64_t success = 0;
  std::int64_t warnings = 0;
  std::string errors;             // HTML fragment
  std::vector<Time> may_be_at{};  // it ended at one of these, when its zone means several
};

// Nothing for a table that was never imported into ({}). protocol when it has none of the members that are told.
Result<std::optional<ImportDetails>> decode_import_details(std::string_view data_json);

// "14 November, 2023 10:13:20 PM GMT": `dd MMMM, yyyy hh:mm:ss a z`. Zones: GMT and UTC, with an offset too
// ("GMT+05:30"), and names, of which some mean several ("IST" is India's, Israel's and Ireland's). All times that it
// can be; none for anything else.
std::vector<Time> possible_import_times(std::string_view text);
// The time when it can be one only.
std::optional<Time> parse_import_time(std::string_view text);

}  // namespace dropload::zoho
