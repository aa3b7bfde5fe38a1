#include "daemon/intake/preflight_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/base/nearest.h"
#include "common/base/text.h"

namespace dropload::intake {

std::string_view name_of(csv::Encoding encoding) {
  switch (encoding) {
    case csv::Encoding::utf16_le:
      return "UTF-16LE";
    case csv::Encoding::utf16_be:
      return "UTF-16BE";
    case csv::Encoding::latin1:
      return "Latin-1";
    default:
      return "UTF-8";
  }
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::string counted(std::int64_t number, std::string_view one) {
  return fmt::format("{} {}{}", grouped(number), one, number == 1 ? "" : "s");
}

std::string lines_of(const csv::OddLines& lines) {
  std::string text = lines.first.size() == 1 && lines.count == 1 ? "line " : "lines ";
  const bool has_more = lines.count > static_cast<std::int64_t>(lines.first.size());
  for (std::size_t i = 0; i < lines.first.size(); ++i) {
    const bool is_last = i + 1 == lines.first.size() && !has_more;
    if (i > 0) text += is_last ? " and " : ", ";
    text += grouped(lines.first[i]);
  }
  return has_more ? text + " and more" : text;
}

std::string shown_name(std::string_view name) {
  constexpr std::size_t longest = 60;
  std::string text;
  const std::string shown = escaped(name.substr(0, 4 * longest));
  for (std::string_view rest = shown; !rest.empty();) {
    const auto bytes = std::max<std::size_t>(utf8_sequence(rest), 1);
    if (text.size() + bytes > longest) return fmt::format("`{}…`", text);
    text += rest.substr(0, bytes);
    rest.remove_prefix(bytes);
  }
  return fmt::format("`{}`", text);
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 5;
  const auto shown = std::min(names.size(), names.size() == most + 1 ? most + 1 : most);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += shown_name(names[i]);
  }
  return shown == names.size() ? text : fmt::format("{} and {} more", text, names.size() - shown);
}

queue::Finding note(std::string code, std::string text) {
  return {std::move(code), queue::Severity::note, std::move(text), std::nullopt};
}

queue::Finding warning(std::string code, std::string text, std::optional<std::int64_t> line) {
  return {std::move(code), queue::Severity::warning, std::move(text), line};
}

bool has_name(const std::vector<std::string>& names, std::string_view name) {
  // Mostly it is written in the same way, which is found far sooner.
  if (std::ranges::find(names, name) != names.end()) return true;
  return std::ranges::any_of(names, [name](const std::string& other) { return equal_in_any_case(other, name); });
}

std::string meant_by(std::string_view name, const std::vector<std::string>& names) {
  const std::string meant = nearest(name, names);
  return meant.empty() ? "" : fmt::format(" (did you mean {}?)", shown_name(meant));
}

}  // namespace dropload::intake
