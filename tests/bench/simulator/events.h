#pragma once

// Virtual time: what is to happen, in order. Nothing waits, so an hour passes as fast as its events can be worked off.

#include <functional>
#include <map>

#include "common/base/clock.h"

namespace dropload::sim {

class Events {
 public:
  [[nodiscard]] Time now() const { return now_; }
  // A time that has passed is now. Events of one moment happen in the order in which they were asked for.
  void at(Time time, std::function<void()> what) { waiting_.emplace(std::max(time, now_), std::move(what)); }
  void after(Milliseconds wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }
  // Goes to the next event and lets it happen; false when there is none up to `latest`.
  bool step(Time latest = Time{INT64_MAX}) {
    if (waiting_.empty() || waiting_.begin()->first > latest) return false;
    auto next = waiting_.extract(waiting_.begin());
    now_ = next.key();
    next.mapped()();
    return true;
  }

 private:
  Time now_{1'700'000'000'000};
  std::multimap<Time, std::function<void()>> waiting_;
};

}  // namespace dropload::sim
