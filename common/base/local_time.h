#pragma once

// Days and hours of the machine's time zone, which is what people mean by "06:30". Pure but for the zone, which TZ or
// /etc/localtime says. Any thread.

#include <chrono>
#include <string>

#include "common/base/clock.h"

namespace dropload {

// The day on which the time is.
std::chrono::local_days local_day(Time time);
// So long after the midnight with which the day begins, by the clock on the wall. An hour that is left out in spring is
// the one after it; of one that comes twice in autumn the zone's rules choose one.
Time at_local(std::chrono::local_days day, std::chrono::minutes of_day);
// "Tue 2026-11-24 06:30".
std::string to_local_minute(Time time);

}  // namespace dropload
