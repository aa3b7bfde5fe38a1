#include "common/base/clock.h"

#include <ctime>

#include <fmt/format.h>

namespace dropload {
namespace {

std::int64_t read_clock_ms(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
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
