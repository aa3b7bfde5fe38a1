#include "daemon/schedule/backoff.h"

#include <algorithm>
#include <cmath>

namespace dropload::schedule {

Milliseconds wait_before_repeat(const Backoff& backoff, int n, double fraction) {
  // 2^40 first waits are over any cap; the bound keeps the shift from overflowing.
  const double doubled = static_cast<double>(backoff.first.count()) * std::exp2(std::clamp(n, 0, 40));
  const double capped = std::min(doubled, static_cast<double>(backoff.most.count()));
  return Milliseconds{static_cast<Milliseconds::rep>(capped * (0.5 + fraction / 2))};
}

}  // namespace dropload::schedule
