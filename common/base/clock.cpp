#include "common/base/clock.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace dropload {
namespace {

std::int64_t read_clock_ms(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
}

int number_at(std::string_view digits, std::size_t from, std::size_t count) {
  int value = 0;
  for (const char digit : digits.substr(from, count)) value = value * 10 + (digit - '0');
  return value;
}

// Digits where the shape has a 0, and its other characters as they are.
bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
}

}  // namespace

std::string to_rfc3339(Time time) {
  std::int64_t seconds = time.ms / 1000;
  std::int64_t ms = time.ms % 1000;
  if (ms < 0) {
    ms += 1000;
    --seconds;
  }
  const auto t = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&t, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms);
}

Result<Time> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto refuse = [text] {
    return error(Errc::invalid_argument, "'{}' is not a time like 2026-11-23T06:30:00.125Z", text);
  };
  if (!has_shape(text, "0000-00-00T00:00:00.000Z")) return refuse();
  const auto month_number = static_cast<unsigned>(number_at(text, 5, 2));
  const auto day_number = static_cast<unsigned>(number_at(text, 8, 2));
  const auto date = year(number_at(text, 0, 4)) / month(month_number) / day(day_number);
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return refuse();
  const auto since_epoch = sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  return Time{duration_cast<milliseconds>(since_epoch).count() + number_at(text, 20, 3)};
}

std::string to_local_date(Time time) {
  const auto t = static_cast<std::time_t>(time.ms / 1000);
  std::tm parts{};
  localtime_r(&t, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

SystemClock::SystemClock() : offset_ms_(read_clock_ms(CLOCK_REALTIME) - read_clock_ms(CLOCK_BOOTTIME)) {}

Time SystemClock::now() const {
  return {read_clock_ms(CLOCK_BOOTTIME) + offset_ms_};
}

}  // namespace dropload
