#include "common/zoho/config_words.h"

#include <algorithm>
#include <array>

namespace dropload::zoho {

std::optional<std::string_view> parse_data_type(std::string_view word) {
  constexpr std::array<std::string_view, 13> types{"PLAIN",
                                                   "MULTI_LINE",
                                                   "EMAIL",
                                                   "NUMBER",
                                                   "POSITIVE_NUMBER",
                                                   "DECIMAL_NUMBER",
                                                   "CURRENCY",
                                                   "PERCENT",
                                                   "DATE",
                                                   "BOOLEAN",
                                                   "URL",
                                                   "AUTO_NUMBER",
                                                   "GEO"};
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  for (const auto type : types) {
    if (std::equal(word.begin(), word.end(), type.begin(), type.end(), [&](char a, char b) { return upper(a) == b; })) {
      return type;
    }
  }
  return std::nullopt;
}

}  // namespace dropload::zoho
