#include "daemon/api/list_filter.h"

#include <charconv>

#include "common/base/text.h"
#include "daemon/api/endpoints.h"

namespace dropload::api {
namespace {

constexpr int default_page = 50;
constexpr std::int64_t longest_page = 500;
constexpr std::size_t longest_text = 200;

using queue::ListFilter;
using Take = Result<void> (*)(ListFilter& filter, const std::string& value);

Result<void> take_states(ListFilter& filter, const std::string& value) {
  for (std::size_t begin = 0; begin <= value.size();) {
    const auto end = std::min(value.find(',', begin), value.size());
    const auto word = value.substr(begin, end - begin);
    const auto state = queue::parse_submission_state(word);
    if (!state) {
      return error(Errc::invalid_argument,
                   "'{}' is not a state; use queued, importing, done, failed, held, cancelled or superseded, or "
                   "several of them with commas between",
                   escaped(word));
    }
    filter.states.push_back(*state);
    begin = end + 1;
  }
  return {};
}

// "+02:00" → two hours; nothing for what is no offset.
std::optional<Milliseconds> offset_of(std::string_view text) {
  if (text == "Z" || text == "z") return Milliseconds(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
  int hours = 0;
  int minutes = 0;
  const auto ok = [](std::from_chars_result read, const char* end) {
    return read.ec == std::errc() && read.ptr == end;
  };
  if (!ok(std::from_chars(&text[1], &text[3], hours), &text[3]) || hours > 23) return {};
  if (!ok(std::from_chars(&text[4], &text[4] + 2, minutes), &text[4] + 2) || minutes > 59) return {};
  const Milliseconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return text[0] == '-' ? -offset : offset;
}

// RFC 3339 with or without a fraction, and a day alone for its beginning in UTC.
Result<Time> time_of(std::string_view name, const std::string& value) {
  constexpr std::size_t to_seconds = std::string_view("2026-11-24T06:30:00").size();
  const std::string text = value.size() == 10 ? value + "T00:00:00Z" : value;
  const auto end = std::min(text.find_first_not_of("0123456789", to_seconds + 1), text.size());
  const bool has_fraction = text.size() > to_seconds && text[to_seconds] == '.';
  const auto fraction = has_fraction ? text.substr(to_seconds + 1, end - to_seconds - 1) : std::string("0");
  const auto zone = has_fraction ? text.substr(end) : text.substr(std::min(to_seconds, text.size()));
  const auto offset = offset_of(zone);
  const auto parsed = parse_rfc3339(fmt::format("{}.{:0<3}Z", text.substr(0, to_seconds), fraction.substr(0, 3)));
  if (offset && parsed && !fraction.empty()) return *parsed - *offset;
  return error(Errc::invalid_argument, "{} must be a time such as 2026-11-24T06:30:00Z, not '{}'", name,
               escaped(value));
}

Result<void> take_since(ListFilter& filter, const std::string& value) {
  const auto time = time_of("since", value);
  if (!time) return time.error();
  filter.since = *time;
  return {};
}

Result<void> take_until(ListFilter& filter, const std::string& value) {
  const auto time = time_of("until", value);
  if (!time) return time.error();
  filter.until = *time;
  return {};
}

Result<void> take_text(ListFilter& filter, const std::string& value) {
  if (value.size() > longest_text)
    return error(Errc::invalid_argument, "the text to look for has more than {} bytes; give a part of it",
                 longest_text);
  // Bytes that are not UTF-8, and what cannot be typed, are no part of what is indexed.
  if (readable(value) != value) return error(Errc::invalid_argument, "the text to look for is not valid UTF-8");
  filter.text = value;
  return {};
}

Result<void> take_before(ListFilter& filter, const std::string& value) {
  const auto id = parse_number(value, "before");
  if (!id) return id.error();
  filter.before = *id;
  return {};
}

Result<void> take_limit(ListFilter& filter, const std::string& value) {
  const auto limit = parse_number(value, "limit");
  if (!limit) return limit.error();
  if (*limit > longest_page)
    return error(Errc::invalid_argument, "limit is at most {}; follow 'next' for more", longest_page);
  filter.limit = static_cast<int>(*limit);
  return {};
}

template <std::optional<std::string> ListFilter::*member>
Result<void> take_name(ListFilter& filter, const std::string& value) {
  filter.*member = value;
  return {};
}

constexpr std::array<std::pair<std::string_view, Take>, 9> takers{
    {{"state", take_states},
     {"route", take_name<&ListFilter::route>},
     {"organization", take_name<&ListFilter::organization>},
     {"table", take_name<&ListFilter::table>},
     {"since", take_since},
     {"until", take_until},
     {"text", take_text},
     {"before", take_before},
     {"limit", take_limit}}};

}  // namespace

Result<ListFilter> list_filter_of(const http::Query& query) {
  if (auto known = expect_parameters(
          query, {"state", "route", "organization", "table", "since", "until", "text", "before", "limit"});
      !known)
    return known.error();
  ListFilter filter;
  filter.limit = default_page;
  for (const auto& [name, take] : takers) {
    const auto value = query.find(name);
    if (!value) continue;
    if (value->empty()) return error(Errc::invalid_argument, "the parameter '{}' is empty; leave it out", name);
    if (auto taken = take(filter, *value); !taken) return taken.error();
  }
  if (filter.since && filter.until && *filter.since >= *filter.until) {
    return error(Errc::invalid_argument, "since must be before until, and {} is not before {}",
                 to_rfc3339(*filter.since), to_rfc3339(*filter.until));
  }
  return filter;
}

}  // namespace dropload::api
