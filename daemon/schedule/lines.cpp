#include "daemon/schedule/lines.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace dropload::schedule {
namespace {

constexpr std::array<std::string_view, 3> words_before{"[Line: ", "line ", "Line "};

std::optional<NamedLine> named_line(std::string_view text) {
  for (const auto words : words_before) {
    const auto found = text.find(words);
    if (found == std::string_view::npos) continue;
    const auto at = found + words.size();
    NamedLine named;
    const auto [end, failure] = std::from_chars(text.data() + at, text.data() + text.size(), named.line);
    if (failure != std::errc{} || named.line < 1) continue;
    named.before = text.substr(0, at);
    named.after = text.substr(static_cast<std::size_t>(end - text.data()));
    return named;
  }
  return std::nullopt;
}

}  // namespace

std::size_t part_with_line(std::span<const JobContext> job, std::int64_t line) {
  const auto behind =
      std::ranges::upper_bound(job, line, {}, [](const JobContext& context) { return context.part.first_line; });
  return behind == job.begin() ? 0 : static_cast<std::size_t>(behind - job.begin()) - 1;
}

std::int64_t own_line(const queue::JobPart& part, std::int64_t line) {
  return line - part.first_line + part.own_line;
}

std::vector<NamedLine> named_lines(const std::string& html) {
  const std::string text = zoho::plain_text(html);
  std::vector<NamedLine> found;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (auto named = named_line(rest.substr(0, end))) found.push_back(std::move(*named));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found;
}

}  // namespace dropload::schedule
