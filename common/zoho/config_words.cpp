#include "common/zoho/config_words.h"

#include <algorithm>
#include <array>

namespace dropload::zoho {

bool is_date_pattern(std::string_view pattern) {
  constexpr std::string_view letters = "GyYMLwWDdFEuaHkKhmsSzZX";
  bool quoted = false;
  bool stands_for_something = false;
  for (const char c : pattern) {
    if (c == '\'') {
      quoted = !quoted;
      continue;
    }
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (quoted || !is_letter) continue;
    if (letters.find(c) == std::string_view::npos) return false;
    stands_for_something = true;
  }
  return stands_for_something && !quoted;
}

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
