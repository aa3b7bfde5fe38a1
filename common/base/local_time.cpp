#include "common/base/local_time.h"

#include <array>
#include <ctime>

#include <fmt/format.h>

namespace dropload {
namespace {

std::tm local_parts(Time time) {
  const auto seconds =
      static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(Milliseconds(time.ms)).count());
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::chrono::local_days local_day(Time time) {
  const std::tm parts = local_parts(time);
  return std::chrono::local_days(std::chrono::year(parts.tm_year + 1900) /
                                 std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)) /
                                 std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
}

Time at_local(std::chrono::local_days day, std::chrono::minutes of_day) {
  const std::chrono::year_month_day date(day);
  std::tm parts{};
  parts.tm_year = static_cast<int>(date.year()) - 1900;
  parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  parts.tm_min = static_cast<int>(of_day.count());  // mktime carries what is over an hour
  parts.tm_isdst = -1;
  return Time{static_cast<std::int64_t>(std::mktime(&parts)) * 1000};
}

std::string to_local_minute(Time time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const std::tm parts = local_parts(time);
  return fmt::format("{} {:04}-{:02}-{:02} {:02}:{:02}", days.at(static_cast<std::size_t>(parts.tm_wday)),
                     parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min);
}

}  // namespace dropload
