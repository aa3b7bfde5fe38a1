#pragma once

// How it stands with a drop directory: written by its watcher, read by whoever shows it to people. Io thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "daemon/intake/ignoring.h"

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
  std::string reason{};           // a sentence; "" while it is watched
  std::optional<Time> since{};    // that it is so
  NamesWithReasons ignored{};     // by which rule, as of the last scan and the events since; directories end in '/'
  NamesWithReasons not_taken{};   // files that should be, and why they could not be
  std::uint64_t arriving = 0;     // files that are not complete yet
  std::uint64_t directories = 0;  // that are looked into
  std::uint64_t unwatched = 0;    // of these, found by looking only
  std::uint64_t overflows = 0;    // how often the system lost events, which then had to be looked for

  // Since when, and why, no file of it is taken, although it is there; nothing while files are taken.
  struct Stopped {
    std::string reason;
    Time since;
  };
  std::optional<Stopped> stopped{};

  void become(Attention now_is, std::string why, Time now);
};

// By route; only those that have a drop directory.
using Standings = std::map<std::string, Standing>;

}  // namespace dropload::intake
