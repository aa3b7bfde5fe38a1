#pragma once

// One look at a file in a drop directory: what `settle` decides on. Blocks.

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "daemon/intake/settle.h"
#include "daemon/queue/route.h"

namespace dropload::intake {

// Opens it for reading, never through a symbolic link and never waiting for a FIFO, and asks for a lease that only a
// file without writers can have (see lease_of). Errors: not_found; permission_denied; invalid_argument when it is not a
// regular file, with what it is instead; io.
Result<Look> look_at(const std::filesystem::path& path);

// What the kernel's lease tells of an open file on a file system of this type (statfs). On those of a network it is
// unknown without asking: NFS and SMB answer that somebody writes whenever they have no delegation, and FUSE knows of
// this machine's writers only.
Look::Lease lease_of(int fd, std::int64_t file_system_type);

// The same file with the same size and time?
[[nodiscard]] bool unchanged(const Look& a, const Look& b);

struct Looked {
  std::string name;
  Result<Look> look;
  std::string stamp;                       // another one when the file, its owner or its permissions have changed
  std::optional<std::string> waits_for{};  // a marker that says that it is complete; then `look` is not to be used
};

// The oldest first, those of one age by name, those that cannot be examined in front.
std::vector<std::string> oldest_first(const queue::DropSettings& drop, std::vector<std::string> names);

// Looks at files by their names below the drop directory, never through a symbolic link below it: the oldest first,
// those of one age by name, those that cannot be looked at in front.
std::vector<Looked> look_at_all(const queue::DropSettings& drop, std::vector<std::string> names);

}  // namespace dropload::intake
