#include "common/zoho/date_pattern.h"

#include <string>

#include <fmt/format.h>

namespace dropload::zoho {
namespace {

Error no_pattern(std::string_view pattern, std::string_view why) {
  return error(Errc::invalid_argument, "\"{}\" is no date pattern{}", pattern, why);
}

}  // namespace

char letter_of_date(char letter) {
  return letter == 'Y' || letter == 'u' ? 'y' : letter;
}

Result<void> check_date_pattern(std::string_view pattern) {
  constexpr std::string_view letters = "yYuMdHhKkmsSaEzZX";
  bool quoted = false;
  std::string seen;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;  // two of them are one quote and change nothing
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (quoted || !is_letter) continue;
    if (letters.find(c) == std::string_view::npos) {
      return no_pattern(pattern, fmt::format(": the letter {} means nothing in one; write something like \"yyyy-MM-dd "
                                             "HH:mm:ss\", other text in single quotes",
                                             c));
    }
    seen += letter_of_date(c);
  }
  if (quoted) return no_pattern(pattern, ": a single quote is not closed; add the second one");
  if (seen.empty()) return no_pattern(pattern, "; write something like \"yyyy-MM-dd\"");
  for (const char needed : {'y', 'M', 'd'}) {
    if (seen.find(needed) != std::string::npos) continue;
    return no_pattern(pattern, ": it has no year, month and day; write something like \"yyyy-MM-dd\"");
  }
  return {};
}

}  // namespace dropload::zoho
