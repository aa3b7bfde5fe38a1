#pragma once

// When a file that could not be taken may be tried again: after 1 s, and each time it fails again after twice as long,
// 60 s at most. Nothing shortens that: putting a file back is an event of its directory too, so that whoever tried at
// each event would never stop. Pure; bounded by the number of files that cannot be taken.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.h"

namespace dropload::intake {

class Retries {
 public:
  void failed(const std::string& name, Time now);
  // It was taken, or is gone.
  void forget(const std::string& name) { failures_.erase(name); }
  // Forgets all other names.
  void keep_only(const std::set<std::string>& names);

  // Takes those names out that need not wait any more.
  std::vector<std::string> take_ready(std::set<std::string>& names, Time now) const;
  // When the first of these need not wait any more; nothing when there are none.
  [[nodiscard]] std::optional<Time> next(const std::set<std::string>& names) const;

 private:
  struct Failure {
    Milliseconds wait{0};
    Time not_before;
  };
  std::map<std::string, Failure> failures_;
};

}  // namespace dropload::intake
