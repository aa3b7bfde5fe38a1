#pragma once

// What lies in a route's drop directory: the names that may be taken, and those that are left alone. Blocks.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "daemon/intake/events.h"
#include "daemon/intake/ignoring.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

struct Scanned {
  std::vector<std::string> files;      // below the drop directory, in no order
  std::vector<std::string> claimed;    // likewise, what an intake has claimed (queue::claimed_name)
  NamesWithReasons ignored;            // what is left alone, and by which rule; directories end in '/'
  std::optional<Error> unreadable;     // the directory that was asked for cannot be read
  std::vector<std::string> problems;   // sentences: subdirectories that cannot be read
  std::uint64_t directories = 0;       // that were looked through
  std::vector<std::string> unwatched;  // of these, those that could not be watched
  std::optional<Error> not_watched;    // why, of the first of them
  // The network file system that the drop directory lies on, where events tell only what this machine does.
  std::optional<std::string_view> network;
};

// Scans a directory ("" is the drop directory itself) and, where the route descends, all below it. Each is watched
// before it is read, so that a file is seen by the one or the other. `events` may be null.
Scanned scan(const queue::Route& route, Events* events, const std::string& directory);

// Those that lie below none of the others. Pure.
std::vector<std::string> topmost(std::vector<std::string> directories);

}  // namespace dropload::intake
