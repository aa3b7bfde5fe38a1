#pragma once

// When to try again. Pure.

#include "common/base/clock.h"

namespace dropload::schedule {

struct Backoff {
  Milliseconds first{2'000};
  Milliseconds most{300'000};
};

// The n-th repeat (0 is the first) waits first × 2^n, at most `most`, of which a random part between a half and all:
// fraction in [0, 1).
Milliseconds wait_before_repeat(const Backoff& backoff, int n, double fraction);

}  // namespace dropload::schedule
