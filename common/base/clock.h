#pragma once

// Time comes in through Clock, so tests own it. Nothing outside clock.cpp asks the system for the time.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dropload {

// Milliseconds since the Unix epoch, UTC: what is stored, compared and shown.
using Milliseconds = std::chrono::milliseconds;
struct Time {
  std::int64_t ms = 0;

  auto operator<=>(const Time&) const = default;
  friend Time operator+(Time t, Milliseconds d) { return {t.ms + d.count()}; }
  friend Time operator-(Time t, Milliseconds d) { return {t.ms - d.count()}; }
  friend Milliseconds operator-(Time a, Time b) { return Milliseconds{a.ms - b.ms}; }
};

// "2026-11-23T06:30:00.125Z" (RFC 3339, UTC).
std::string to_rfc3339(Time time);
// Reads exactly that form back. invalid_argument for anything else.
Result<Time> parse_rfc3339(std::string_view text);
// "2026-11-23": the day in local time, as used for the names of done/<date>/ and failed/<date>/.
std::string to_local_date(Time time);

class Clock {
 public:
  virtual ~Clock() = default;
  // Never goes back within one process. Any thread.
  [[nodiscard]] virtual Time now() const = 0;
};

// The wall clock as it was when the object was made, plus what a monotonic clock (one that counts suspend) says has
// passed since. So a wall clock that is set back or forth while we run neither delays a poll past the service's one
// hour nor fires every timer at once; a restart picks up the corrected time.
class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Time now() const override;

 private:
  std::int64_t offset_ms_;
};

}  // namespace dropload
