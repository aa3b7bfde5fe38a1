#pragma once

// How it stands with a drop directory: written by its watcher, read by whoever shows it to people. Io thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace dropload::intake {

enum class Attention {
  starting = 1,  // not looked at yet
  watched,       // the kernel tells of every change
  polled,        // all of it, or a part, is found by looking only; the reason says why
  offline        // it is not there, or cannot be read: nothing of it is taken, and nothing in it counts as gone
};
std::string_view to_string(Attention attention);

struct Standing {
  Attention attention = Attention::starting;
  std::string reason{};         // a sentence; "" while it is watched
  std::optional<Time> since{};  // that it is so

  void become(Attention now_is, std::string why, Time now);
};

// By route; only those that have a drop directory.
using Standings = std::map<std::string, Standing>;

}  // namespace dropload::intake
