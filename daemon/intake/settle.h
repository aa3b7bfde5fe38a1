#pragma once

// Is a file in a drop directory complete? Pure: what was seen of it and when -> take it, look again at a time, or leave
// it alone.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "common/base/clock.h"

namespace dropload::intake {

// One look at a file. Stats are compared with each other only, never with our clock.
struct Look {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  // F_SETLEASE: free = the kernel says that nobody has it open for writing; writer = somebody has; unknown = cannot be
  // asked here
  enum class Lease { unknown = 1, free, writer } lease = Lease::unknown;

  bool operator==(const Look&) const = default;
};

struct TakeIt {};
struct LookAgain {
  Time at;
  Milliseconds held_open{0};  // somebody has had it open for writing at each look for that long
};
using Settled = std::variant<TakeIt, LookAgain>;

struct SettleSettings {
  Milliseconds stable_for{2'000};    // unchanged that long, where the lease cannot tell
  Milliseconds empty_grace{10'000};  // a new empty file may still be arriving: this long
};

// Remembers the files of one drop directory that are not complete yet. Bounded by the number of such files.
class Settling {
 public:
  explicit Settling(SettleSettings settings) : settings_(settings) {}
  // Counts from the next look on.
  void use(SettleSettings settings) { settings_ = settings; }
  void forget_all() { entries_.clear(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  // A file is complete when nobody writes to it (lease) and it is not empty, or when it has not changed for stable_for;
  // an empty one only when it has stayed so for empty_grace.
  Settled look(const std::string& name, const Look& look, Time now);
  // It is gone, taken, or ignored.
  void forget(const std::string& name);
  // Names due to be looked at again, and when the next is.
  [[nodiscard]] std::vector<std::string> due(Time now) const;
  [[nodiscard]] std::optional<Time> next() const;

 private:
  struct Entry {
    Look last;
    Time unchanged_since;
    std::optional<Time> open_since;
    Time look_at;
  };
  SettleSettings settings_;
  std::map<std::string, Entry> entries_;
};

}  // namespace dropload::intake
