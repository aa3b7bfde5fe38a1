#include "common/zoho/pace.h"

#include <algorithm>

namespace dropload::zoho {
namespace {

constexpr int smallest = 1;
constexpr int growth = 2;  // sixteenths a minute
constexpr Milliseconds a_minute{60'000};

int share_of(int limit, int sixteenths) {
  return std::max(1, static_cast<int>(static_cast<std::int64_t>(limit) * sixteenths / Pace::whole));
}

}  // namespace

int sixteenths_at(const Pace& pace, Time now) {
  const auto minutes = std::clamp<std::int64_t>((now - pace.slowed_at) / a_minute, 0, Pace::whole);
  return std::min(Pace::whole, pace.sixteenths + growth * static_cast<int>(minutes));
}

Pace slowed(const Pace& pace, Time now, Time closed_until, Milliseconds window) {
  Pace after = pace;
  after.closed_until = std::max(pace.closed_until, closed_until);
  const bool is_slow = pace.sixteenths < Pace::whole;
  if (is_slow && now < pace.slowed_at + window) return after;
  after.sixteenths = std::max(smallest, sixteenths_at(pace, now) / 2);
  after.slowed_at = now;
  return after;
}

RequestLimits bounded(const RequestLimits& limits, const Pace& pace, Time now) {
  const int sixteenths = sixteenths_at(pace, now);
  RequestLimits allowed = limits;
  if (sixteenths == Pace::whole) return allowed;
  allowed.bulk = share_of(limits.bulk, sixteenths);
  allowed.metadata = share_of(limits.metadata, sixteenths);
  allowed.overall = share_of(limits.overall, sixteenths);
  return allowed;
}

}  // namespace dropload::zoho
