#pragma once

// Words in CONFIG that only the service looks into. Room-private.

#include <optional>
#include <string_view>

namespace dropload::zoho {

// A word of columnDataTypes in upper case; any case. Nothing for other words.
std::optional<std::string_view> parse_data_type(std::string_view word);

}  // namespace dropload::zoho
