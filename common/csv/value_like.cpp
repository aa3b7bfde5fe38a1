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

}  // namespace

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
