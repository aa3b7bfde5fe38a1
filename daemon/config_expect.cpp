#include "daemon/config_expect.h"

#include <array>
#include <cctype>

#include "daemon/config_values.h"

namespace dropload::config {
namespace {

constexpr std::string_view example = "\"orders_*.csv by 06:30 Mon-Fri\"";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// What stands before the first `at`; `rest` becomes what stands behind it.
std::string_view split_off(std::string_view& rest, std::string_view at) {
  const auto found = rest.find(at);
  const auto part = trimmed(rest.substr(0, found));
  rest = found == std::string_view::npos ? std::string_view() : trimmed(rest.substr(found + at.size()));
  return part;
}

// "06:30", "6:30", to 23:59.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  int numbers[2] = {0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == colon) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    int& number = numbers[i > colon ? 1 : 0];
    number = number * 10 + (text[i] - '0');
  }
  if (numbers[0] > 23 || numbers[1] > 59) return std::nullopt;
  return std::chrono::minutes(numbers[0] * 60 + numbers[1]);
}

// "Mon", "monday", "MON"; Monday is 0.
std::optional<std::size_t> parse_day(std::string_view text) {
  constexpr std::array<std::string_view, queue::days_of_a_week> names{"monday", "tuesday",  "wednesday", "thursday",
                                                                      "friday", "saturday", "sunday"};
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (std::size_t day = 0; day < names.size(); ++day) {
    if (lower.size() >= 3 && names.at(day).starts_with(lower)) return day;
  }
  return std::nullopt;
}

// "Mon-Fri,Sun"; a range may go over the end of the week.
std::optional<std::bitset<queue::days_of_a_week>> parse_days(std::string_view text) {
  std::bitset<queue::days_of_a_week> days;
  while (!text.empty()) {
    std::string_view range = split_off(text, ",");
    const bool is_one = range.find('-') == std::string_view::npos;
    const auto first = parse_day(split_off(range, "-"));
    const auto last = is_one ? first : parse_day(range);
    if (!first || !last) return std::nullopt;
    for (std::size_t day = *first;; day = (day + 1) % days.size()) {
      days.set(day);
      if (day == *last) break;
    }
  }
  return days;
}

Error refusal(std::string_view text, std::string_view why) {
  return error(Errc::invalid_argument, "\"{}\" {}; write something like {}", text, why, example);
}

}  // namespace

Result<queue::Expectation> parse_expectation(std::string_view text) {
  queue::Expectation made;
  made.text = text;
  const auto by = text.rfind(" by ");
  if (by == std::string_view::npos) return refusal(text, "does not say by when");
  made.pattern = trimmed(text.substr(0, by));
  if (made.pattern.empty()) return refusal(text, "names no file");
  if (made.pattern.find('/') != std::string::npos)
    return refusal(text, "has a slash, and is about the file name alone");
  std::string_view rest = text.substr(by + 4);
  std::string_view when = split_off(rest, " at least ");
  if (!rest.empty()) {
    const auto size = parse_size(rest);
    if (!size) return size.error();
    made.least_bytes = *size;
  }
  const auto time = parse_time_of_day(split_off(when, " "));
  if (!time) return refusal(text, "has no time of day from 00:00 to 23:59 behind \"by\"");
  made.by = *time;
  made.days.set();
  if (when.empty()) return made;
  const auto days = parse_days(when);
  if (!days || days->none()) return refusal(text, "has other words behind the time than days");
  made.days = *days;
  return made;
}

void read_expectations(TableReader& table, queue::Route& route) {
  std::vector<std::string> texts;
  const auto* node = table.find("expect");
  if (node == nullptr) return;
  if (node->is_string()) {
    texts.emplace_back();
    if (!table.read("expect", texts.front())) return;
  } else if (!table.read("expect", texts, most_expectations)) {
    return;
  }
  for (const std::string& text : texts) {
    auto parsed = parse_expectation(text);
    if (!parsed) {
      table.problem("expect", parsed.error().message);
    } else {
      route.expected.push_back(std::move(*parsed));
    }
  }
}

}  // namespace dropload::config
