#include "common/csv/value_like.h"

#include <algorithm>
#include <array>

#include "common/base/text.h"

namespace dropload::csv {
namespace {

constexpr std::array<std::string_view, 10> truth_values{"true", "false", "yes", "no", "on", "off", "t", "f", "y", "n"};
// Words that stand in dates and numbers: these, and all that begin as a month or a day of the week does.
constexpr std::array<std::string_view, 7> short_words{"am", "pm", "t", "z", "e", "utc", "gmt"};
constexpr std::array<std::string_view, 19> beginnings{"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                                      "aug", "sep", "oct", "nov", "dec", "mon", "tue",
                                                      "wed", "thu", "fri", "sat", "sun"};

bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

bool may_stand_beside_digits(std::string_view word) {
  const auto is_this = [word](std::string_view known) { return equal_in_any_case(word, known); };
  const auto begins = [word](std::string_view known) { return starts_with_in_any_case(word, known); };
  return std::ranges::any_of(short_words, is_this) || std::ranges::any_of(beginnings, begins);
}

std::string_view without_edges(std::string_view field) {
  constexpr std::string_view edges = " \t\"'";
  const auto begin = field.find_first_not_of(edges);
  if (begin == field.npos) return {};
  return field.substr(begin, field.find_last_not_of(edges) - begin + 1);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_address(std::string_view text) {
  if (text.find_first_of(" \t") != text.npos) return false;
  const auto at = text.find('@');
  return text.find("://") != text.npos || (at != text.npos && at > 0 && text.find('.', at) != text.npos);
}

// Signs, separators and currencies around digits; "1 234,50" too.
bool is_number(std::string_view text) {
  constexpr std::string_view parts = "0123456789.,' +-%$\u20ac\u00a3";
  if (text.find_first_not_of(parts) != text.npos || text.find_first_of("+-", 1) != text.npos) return false;
  const auto dots = std::ranges::count(text, '.');
  return dots < 2 || text.size() > 11;  // "24.12.2026"
}

// Two groups of digits, or one beside the name of a month or a day.
bool is_date(std::string_view text) {
  if (text.find_first_of("0123456789") == text.npos || !may_be_a_value(text)) return false;
  int groups = 0;
  bool has_name = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = at == 0 || !is_digit(text[at - 1]);
    if (is_digit(text[at]) && begins) ++groups;
    if (is_letter(text[at]) && at > 0 && (text[at - 1] == ' ' || text[at - 1] == '-')) has_name = true;
  }
  return text.find('_') == text.npos && (groups > 1 || has_name);
}

}  // namespace

ValueKind kind_of_value(std::string_view field) {
  const std::string_view text = without_edges(field);
  if (text.empty()) return ValueKind::nothing;
  if (is_address(text)) return ValueKind::address;
  if (text.find_first_of("0123456789") == text.npos) return ValueKind::text;
  if (is_number(text)) return ValueKind::number;
  return is_date(text) ? ValueKind::date : ValueKind::text;
}

bool may_be_a_value(std::string_view field) {
  const std::string_view text = without_edges(field);
  const auto is_text = [text](std::string_view word) { return equal_in_any_case(text, word); };
  if (std::ranges::any_of(truth_values, is_text)) return true;
  if (text.find('@') != text.npos || text.find("://") != text.npos || starts_with_in_any_case(text, "www.")) {
    return true;
  }
  if (text.find_first_of("0123456789") == text.npos) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto begin = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    if (at > begin && !may_stand_beside_digits(text.substr(begin, at - begin))) return false;
  }
  return true;
}

}  // namespace dropload::csv
