#include "daemon/service/dates_cursor.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "common/base/text.h"

namespace dropload::service {
namespace {

constexpr std::array<std::string_view, 12> month_names{"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> day_names{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};

std::optional<int> take_number(Cursor& cursor, int most_digits) {
  int value = 0;
  int digits = 0;
  for (; digits < most_digits && cursor.at_digit(); ++digits) {
    value = value * 10 + (cursor.rest.front() - '0');
    cursor.rest.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  return value;
}

bool take_into(Cursor& cursor, int most_digits, int low, int high, int& out) {
  const auto value = take_number(cursor, most_digits);
  if (!value || *value < low || *value > high) return false;
  out = *value;
  return true;
}

// A name or its first three letters; the index in the list.
template <std::size_t size>
std::optional<int> take_name(Cursor& cursor, const std::array<std::string_view, size>& names) {
  for (std::size_t i = 0; i < size; ++i) {
    for (const std::string_view word : {names[i], names[i].substr(0, 3)}) {
      if (!starts_with_in_any_case(cursor.rest, word)) continue;
      cursor.rest.remove_prefix(word.size());
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

bool take_year(Cursor& cursor, int letters) {
  const std::size_t before = cursor.rest.size();
  const auto year = take_number(cursor, letters == 2 ? 2 : 4);
  const std::size_t digits = before - cursor.rest.size();
  if (!year || (digits != 2 && digits != 4) || (letters > 1 && digits != (letters == 2 ? 2u : 4u))) return false;
  constexpr int first_of_two_digits = 70;  // 70-99 are 19xx, as POSIX has it
  cursor.moment.year = digits == 4 ? *year : *year + (*year < first_of_two_digits ? 2000 : 1900);
  return true;
}

bool take_month(Cursor& cursor, int letters) {
  if (letters <= 2) return take_into(cursor, 2, 1, 12, cursor.moment.month);
  const auto month = take_name(cursor, month_names);
  if (month) cursor.moment.month = *month + 1;
  return month.has_value();
}

bool take_fraction(Cursor& cursor) {
  if (!cursor.at_digit()) return false;
  int weight = 100;
  cursor.moment.millisecond = 0;
  for (; cursor.at_digit(); cursor.rest.remove_prefix(1), weight /= 10) {
    cursor.moment.millisecond += (cursor.rest.front() - '0') * weight;
  }
  return true;
}

bool take_half_of_day(Cursor& cursor) {
  if (!starts_with_in_any_case(cursor.rest, "am") && !starts_with_in_any_case(cursor.rest, "pm")) return false;
  cursor.afternoon = lower(cursor.rest.front()) == 'p';
  cursor.rest.remove_prefix(2);
  return true;
}

// "Z", "UTC", "GMT", "+02", "+0200", "+02:00", "GMT+02:00".
bool take_zone(Cursor& cursor) {
  bool named = cursor.take('Z') || cursor.take('z');
  for (const std::string_view name : {"utc", "gmt"}) {
    if (named || !starts_with_in_any_case(cursor.rest, name)) continue;
    cursor.rest.remove_prefix(name.size());
    named = true;
  }
  const bool ahead = cursor.take('+');
  if (!ahead && !cursor.take('-')) return named;
  int hours = 0;
  int minutes = 0;
  if (!take_into(cursor, 2, 0, 18, hours)) return false;
  const bool colon = cursor.take(':');
  if ((colon || cursor.at_digit()) && !take_into(cursor, 2, 0, 59, minutes)) return false;
  cursor.offset_minutes = (hours * 60 + minutes) * (ahead ? 1 : -1);
  return true;
}

}  // namespace

bool take_item(Cursor& cursor, char letter, int count) {
  Moment& moment = cursor.moment;
  switch (letter) {
    case 'y':
      return take_year(cursor, count);
    case 'M':
      return take_month(cursor, count);
    case 'd':
      return take_into(cursor, 2, 1, 31, moment.day);
    case 'H':
      return take_into(cursor, 2, 0, 23, moment.hour);
    case 'k':
      return take_into(cursor, 2, 1, 24, moment.hour);
    case 'h':
      return take_into(cursor, 2, 1, 12, moment.hour);
    case 'K':
      return take_into(cursor, 2, 0, 11, moment.hour);
    case 'm':
      return take_into(cursor, 2, 0, 59, moment.minute);
    case 's':
      return take_into(cursor, 2, 0, 59, moment.second);
    case 'S':
      return take_fraction(cursor);
    case 'a':
      return take_half_of_day(cursor);
    case 'E':
      return take_name(cursor, day_names).has_value();
    default:
      return take_zone(cursor);
  }
}

bool take_usual_time(Cursor& cursor) {
  if (!cursor.take('T') && !cursor.take(' ')) return false;
  Moment& moment = cursor.moment;
  if (!take_into(cursor, 2, 0, 23, moment.hour) || !cursor.take(':')) return false;
  if (!take_into(cursor, 2, 0, 59, moment.minute)) return false;
  if (cursor.take(':')) {
    if (!take_into(cursor, 2, 0, 59, moment.second)) return false;
    if ((cursor.take('.') || cursor.take(',')) && !take_fraction(cursor)) return false;
  }
  for (bool more = true; more && !cursor.rest.empty();) {
    cursor.take(' ');
    more = (!cursor.afternoon && take_half_of_day(cursor)) || take_zone(cursor);
  }
  return cursor.rest.empty();
}

std::optional<Moment> settled(const Cursor& cursor) {
  namespace chrono = std::chrono;
  Moment moment = cursor.moment;
  if (cursor.afternoon) {
    if (moment.hour > 12) return std::nullopt;
    moment.hour = moment.hour % 12 + (*cursor.afternoon ? 12 : 0);
  }
  if (moment.hour == 24) moment.hour = 0;
  const chrono::year_month_day date{chrono::year(moment.year), chrono::month(static_cast<unsigned>(moment.month)),
                                    chrono::day(static_cast<unsigned>(moment.day))};
  if (!date.ok()) return std::nullopt;
  if (cursor.offset_minutes == 0) return moment;
  const auto minutes =
      chrono::sys_days(date) + chrono::hours(moment.hour) + chrono::minutes(moment.minute - cursor.offset_minutes);
  const auto days = chrono::floor<chrono::days>(minutes);
  const chrono::year_month_day utc(days);
  const auto of_day = static_cast<int>((minutes - days) / chrono::minutes(1));
  moment.year = static_cast<int>(utc.year());
  if (moment.year < 0 || moment.year > 9999) return std::nullopt;
  moment.month = static_cast<int>(static_cast<unsigned>(utc.month()));
  moment.day = static_cast<int>(static_cast<unsigned>(utc.day()));
  moment.hour = of_day / 60;
  moment.minute = of_day % 60;
  return moment;
}

}  // namespace dropload::service
