#pragma once

// A clock that only tests move.

#include <atomic>

#include "common/base/clock.h"

namespace dropload::test {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start = {1'700'000'000'000}) : ms_(start.ms) {}
  [[nodiscard]] Time now() const override { return {ms_.load()}; }
  void advance(Milliseconds by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_;
};

}  // namespace dropload::test
