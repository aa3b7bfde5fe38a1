#pragma once

// Words in CONFIG that only the service looks into. Room-private.

#include <optional>
#include <string_view>

namespace dropload::zoho {

// Is it a pattern of Java's SimpleDateFormat, with at least one letter that stands for something?
bool is_date_pattern(std::string_view pattern);

// A word of columnDataTypes in upper case; any case. Nothing for other words.
std::optional<std::string_view> parse_data_type(std::string_view word);

}  // namespace dropload::zoho
