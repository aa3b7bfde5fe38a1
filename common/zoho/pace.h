#pragma once

// How fast an account is used after the service has said that it was used too fast (6045, HTTP 429). Pure.
//
// The rule: a refusal closes the window until a given time, and from then on a half of what was allowed is allowed, of
// each of the three limits, at least a sixteenth of it and at least one call. Refusals that fall into one window after
// the first of them are one: they were made at the same pace. With each whole minute without another one an eighth of
// the limits comes back, until all is allowed again.

#include "common/zoho/limits.h"

namespace dropload::zoho {

struct Pace {
  static constexpr int whole = 16;
  int sixteenths = whole;  // of the limits, at slowed_at
  Time slowed_at{};
  Time closed_until{};

  bool operator==(const Pace&) const = default;
};

// After a refusal at `now`.
Pace slowed(const Pace& pace, Time now, Time closed_until, Milliseconds window);
int sixteenths_at(const Pace& pace, Time now);
// What is allowed at `now`; a closed window is not in it.
RequestLimits bounded(const RequestLimits& limits, const Pace& pace, Time now);

}  // namespace dropload::zoho
