#pragma once

// Files beside others by which their producer says that those are complete: x.csv and then x.csv.ready.

#include <optional>
#include <string>

#include "common/base/result.h"
#include "daemon/intake/held_directory.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

// Does a file of this route wait for a marker? Pure.
[[nodiscard]] bool wants_marker(const queue::DropSettings& drop);
// The name of the file that this one marks; nothing when it is no marker. Pure.
std::optional<std::string> marked_by(const queue::DropSettings& drop, const std::string& name);
// Why the file still waits for its marker; nothing when it is marked. A marker that is older than the file is one of an
// earlier file of that name: the times of the same file system are compared with each other. Blocks.
std::optional<std::string> waits_for_marker(const queue::DropSettings& drop, const HeldDirectory& place,
                                            const std::string& file_name);
// The file below the drop directory was taken: its marker goes. Blocks.
Result<void> remove_marker(const queue::DropSettings& drop, const std::string& name);

}  // namespace dropload::intake
