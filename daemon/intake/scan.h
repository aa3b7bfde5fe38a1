#pragma once

// What lies in a route's drop directory: the names that may be taken. Blocks.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "daemon/intake/inotify.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

// Does the route look into subdirectories?
[[nodiscard]] bool descends(const queue::Route& route);
// May this name below the drop directory be taken? By its own name, the pattern and the directories it is in: never
// below the top's done/ and failed/, and never below a hidden directory. Pure.
[[nodiscard]] bool may_be_taken(const queue::Route& route, const std::string& name);
// The same for going into a directory. Pure.
[[nodiscard]] bool may_be_entered(const queue::Route& route, const std::string& directory);

struct Scanned {
  std::vector<std::string> files;     // below the drop directory, in no order
  std::vector<std::string> claimed;   // likewise, what an intake has claimed (queue::claimed_name)
  std::optional<Error> unreadable;    // the directory that was asked for cannot be read
  std::vector<std::string> problems;  // sentences: subdirectories that cannot be read
  std::optional<Error> not_watched;   // the first that could not be
  // The network file system that the drop directory lies on, where events tell only what this machine does.
  std::optional<std::string_view> network;
};

// Scans a directory ("" is the drop directory itself) and, where the route descends, all below it. Each is watched
// before it is read, so that a file is seen by the one or the other. `inotify` may be null.
Scanned scan(const queue::Route& route, Inotify* inotify, const std::string& directory);

}  // namespace dropload::intake
