#include "common/zoho/import_details.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "common/zoho/json.h"

namespace dropload::zoho {
namespace {

constexpr std::array<std::string_view, 12> month_names{"January",   "February", "March",    "April",
                                                       "May",       "June",     "July",     "August",
                                                       "September", "October",  "November", "December"};

struct Zone {
  std::string_view name;
  int minutes;
};
// A name that stands here several times means one of these. Names of which not all meanings are known for certain are
// left out.
constexpr std::array zones{Zone{"GMT", 0}, Zone{"UTC", 0}, Zone{"Z", 0}, Zone{"CET", 60}, Zone{"CEST", 120},
                           Zone{"EET", 120}, Zone{"EEST", 180}, Zone{"JST", 540}, Zone{"AEST", 600}, Zone{"AEDT", 660},
                           Zone{"AWST", 480}, Zone{"NZST", 720}, Zone{"NZDT", 780},
                           // India; Israel; Ireland
                           Zone{"IST", 330}, Zone{"IST", 120}, Zone{"IST", 60},
                           // North America, and Cuba; China; Australia, whose summer time had the same names
                           Zone{"CST", -360}, Zone{"CST", -300}, Zone{"CST", 480}, Zone{"CST", 570}, Zone{"CST", 630},
                           Zone{"CDT", -300}, Zone{"CDT", -240}, Zone{"CDT", 540}, Zone{"CDT", 630}, Zone{"EST", -300},
                           Zone{"EST", 600}, Zone{"EST", 660}, Zone{"EDT", -240}, Zone{"EDT", 660},
                           // North America; Malaysia; Myanmar
                           Zone{"MST", -420}, Zone{"MST", 480}, Zone{"MST", 390},
                           // North America, and Pitcairn; the Philippines
                           Zone{"PST", -480}, Zone{"PST", 480}, Zone{"PDT", -420}, Zone{"PDT", 540},
                           // Britain; Bangladesh; Bougainville; Brazil
                           Zone{"BST", 60}, Zone{"BST", 360}, Zone{"BST", 660}, Zone{"BST", -180},
                           // the Atlantic; Arabia
                           Zone{"AST", -240}, Zone{"AST", 180}, Zone{"ADT", -180}, Zone{"ADT", 240},
                           // the Gulf; South Georgia; Guam
                           Zone{"GST", 240}, Zone{"GST", -120}, Zone{"GST", 600}};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" ,"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > 4 || ec != std::errc{} || end != text.data() + text.size() || value < 0) return {};
  return value;
}

// "+05:30", "-0800".
std::optional<int> offset_minutes(std::string_view text) {
  if (text.size() < 5 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const auto hours = digits(text.substr(1, 2));
  const auto minutes = digits(text.substr(text[3] == ':' ? 4 : 3));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return (text.front() == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

// All that it can mean.
std::vector<int> zone_minutes(std::string_view text) {
  std::vector<int> meanings;
  for (const Zone& zone : zones) {
    if (zone.name == text) meanings.push_back(zone.minutes);
  }
  if (!meanings.empty()) return meanings;
  if (text.starts_with("GMT") || text.starts_with("UTC")) text.remove_prefix(3);
  if (const auto offset = offset_minutes(text)) meanings.push_back(*offset);
  return meanings;
}

// "10:13:20" with its AM or PM, as seconds of the day.
std::optional<int> seconds_of_day(std::string_view text, std::string_view half) {
  if (text.size() < 7 || text.size() > 8 || (half != "AM" && half != "PM")) return std::nullopt;
  const auto first = text.size() - 6;  // of ":mm:ss"
  const auto hour = digits(text.substr(0, first));
  const auto minute = digits(text.substr(first + 1, 2));
  const auto second = digits(text.substr(first + 4, 2));
  const bool is_right = hour && minute && second && text[first] == ':' && text[first + 3] == ':' && *hour >= 1 &&
                        *hour <= 12 && *minute < 60 && *second < 61;
  if (!is_right) return std::nullopt;
  return ((*hour % 12 + (half == "PM" ? 12 : 0)) * 60 + *minute) * 60 + *second;
}

std::optional<std::int64_t> count_of(const Json* rows, std::string_view key) {
  const auto* value = rows == nullptr ? nullptr : member(*rows, key);
  return value == nullptr ? std::nullopt : number_of(*value);
}

}  // namespace

std::vector<Time> possible_import_times(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() != 6) return {};
  const auto day = digits(words[0]);
  const auto month = std::ranges::find(month_names, words[1]);
  const auto year = digits(words[2]);
  const auto seconds = seconds_of_day(words[3], words[4]);
  if (!day || month == month_names.end() || !year || !seconds) return {};
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(month - month_names.begin()) + 1},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  std::vector<Time> times;
  for (const int minutes : zone_minutes(words[5])) {
    const auto at =
        std::chrono::sys_days{date}.time_since_epoch() + std::chrono::seconds{*seconds} - std::chrono::minutes{minutes};
    times.push_back(Time{std::chrono::duration_cast<Milliseconds>(at).count()});
  }
  return times;
}

std::optional<Time> parse_import_time(std::string_view text) {
  const auto times = possible_import_times(text);
  return times.size() == 1 ? std::optional(times.front()) : std::nullopt;
}

Result<std::optional<ImportDetails>> decode_import_details(std::string_view data_json) {
  constexpr std::string_view where = "the answer of importdetails";
  const auto data = parse_json(data_json);
  if (!data || !data->is_object()) return error(Errc::protocol, "{} is no JSON object", where);
  if (data->empty()) return std::optional<ImportDetails>();
  ImportDetails details;
  auto at = text_member(*data, "lastImportTime", where);
  if (!at) return at.error();
  auto status = text_member(*data, "lastImportStatus", where);
  if (!status) return status.error();
  auto errors = text_member_or_empty(*data, "importErrors", where);
  if (!errors) return errors.error();
  const auto* rows = member(*data, "rows");
  const auto total = count_of(rows, "total");
  const auto success = count_of(rows, "success");
  if (!total || !success) return error(Errc::protocol, "{} does not count rows", where);
  auto times = possible_import_times(*at);
  if (times.size() == 1) {
    details.at = times.front();
  } else {
    details.may_be_at = std::move(times);
  }
  details.at_text = std::move(*at);
  details.status = std::move(*status);
  details.total = *total;
  details.success = *success;
  details.warnings = count_of(rows, "warning").value_or(0);
  details.errors = std::move(*errors);
  return std::optional(std::move(details));
}

}  // namespace dropload::zoho
