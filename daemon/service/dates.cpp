#include "daemon/service/dates.h"

#include <algorithm>

#include "common/zoho/date_pattern.h"
#include "daemon/service/dates_cursor.h"

namespace dropload::service {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::string_view time_letters = "HhKkmsSa";

// The quoted text that begins at pattern[at]; two quotes are one, inside and outside. Moves `at` behind it.
std::string quoted_text(std::string_view pattern, std::size_t& at) {
  std::string text;
  if (pattern.substr(at, 2) == "''") {
    at += 2;
    return "'";
  }
  for (++at; at < pattern.size(); ++at) {
    if (pattern[at] == '\'' && pattern.substr(at, 2) != "''") {
      ++at;
      return text;
    }
    if (pattern[at] == '\'') ++at;
    text += pattern[at];
  }
  return text;
}

char* put(char* to, int value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

}  // namespace

std::string_view write_iso(const Moment& moment, bool with_time, std::span<char> out) {
  char* to = put(out.data(), moment.year, 4);
  *to++ = '-';
  to = put(to, moment.month, 2);
  *to++ = '-';
  to = put(to, moment.day, 2);
  if (with_time || moment.hour != 0 || moment.minute != 0 || moment.second != 0 || moment.millisecond != 0) {
    *to++ = ' ';
    to = put(to, moment.hour, 2);
    *to++ = ':';
    to = put(to, moment.minute, 2);
    *to++ = ':';
    to = put(to, moment.second, 2);
    if (moment.millisecond != 0) {
      *to++ = '.';
      to = put(to, moment.millisecond, 3);
    }
  }
  return {out.data(), static_cast<std::size_t>(to - out.data())};
}

std::optional<DateFormat> DateFormat::from_java(std::string_view pattern) {
  if (!zoho::check_date_pattern(pattern)) return std::nullopt;
  DateFormat format;
  format.pattern_ = pattern;
  std::string seen;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (is_letter(c)) {
      const std::size_t end = std::min(pattern.find_first_not_of(c, at), pattern.size());
      format.items_.push_back({zoho::letter_of_date(c), static_cast<int>(end - at), ""});
      seen += format.items_.back().letter;
      at = end;
      continue;
    }
    std::string literal(1, c);
    if (c == '\'') {
      literal = quoted_text(pattern, at);
    } else {
      ++at;
    }
    format.items_.push_back({0, 0, std::move(literal)});
  }
  format.has_time_ = seen.find_first_of(time_letters) != std::string::npos;
  return format;
}

std::span<const DateFormat> DateFormat::known() {
  static const std::vector<DateFormat> formats = [] {
    std::vector<DateFormat> list;
    for (const std::string_view pattern :
         {"yyyy-MM-dd",   "yyyy/MM/dd",  "yyyy.MM.dd",  "dd/MM/yyyy",       "dd-MM-yyyy",  "dd.MM.yyyy",
          "MM/dd/yyyy",   "MM-dd-yyyy",  "dd-MMM-yyyy", "dd/MMM/yyyy",      "dd MMM yyyy", "dd MMM, yyyy",
          "MMM dd, yyyy", "MMM dd yyyy", "yyyy-MMM-dd", "EEE, dd MMM yyyy", "dd/MM/yy",    "dd-MM-yy",
          "dd.MM.yy",     "MM/dd/yy",    "dd-MMM-yy",   "dd MMM yy"}) {
      list.push_back(*from_java(pattern));
      list.back().optional_time_ = true;
      list.back().exact_digits_ = pattern == "dd.MM.yy";
    }
    return list;
  }();
  return formats;
}

std::optional<DateFormat> DateFormat::remembered(std::string_view pattern) {
  const auto found = std::ranges::find(known(), pattern, &DateFormat::pattern);
  return found == known().end() ? from_java(pattern) : *found;
}

bool DateFormat::orders_day_and_month() const {
  std::string first;
  for (const Item& item : items_) {
    const bool is_number = item.letter == 'd' || (item.letter == 'M' && item.count <= 2);
    if (item.letter != 0 && first.size() < 2) first += is_number ? item.letter : '?';
  }
  return first == "dM" || first == "Md";
}

std::optional<Moment> DateFormat::parse(std::string_view text) const {
  Cursor cursor;
  cursor.rest = text;
  for (const Item& item : items_) {
    if (item.letter != 0) {
      const std::size_t before = cursor.rest.size();
      if (!take_item(cursor, item.letter, item.count)) return std::nullopt;
      const auto digits = static_cast<int>(before - cursor.rest.size());
      if (exact_digits_ && digits != item.count) return std::nullopt;
    } else {
      if (!cursor.rest.starts_with(item.literal)) return std::nullopt;
      cursor.rest.remove_prefix(item.literal.size());
    }
  }
  if (!cursor.rest.empty() && !(optional_time_ && take_usual_time(cursor))) return std::nullopt;
  return settled(cursor);
}

}  // namespace dropload::service
