#include "daemon/service/import_time.h"

#include <ctime>

namespace dropload::service {

std::string to_import_time(Time time) {
  static constexpr std::array months{"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(Milliseconds{time.ms}).count();
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  const int hour = utc.tm_hour % 12 == 0 ? 12 : utc.tm_hour % 12;
  return fmt::format("{:02} {}, {} {:02}:{:02}:{:02} {} GMT", utc.tm_mday, months[static_cast<std::size_t>(utc.tm_mon)],
                     utc.tm_year + 1900, hour, utc.tm_min, utc.tm_sec, utc.tm_hour < 12 ? "AM" : "PM");
}

}  // namespace dropload::service
