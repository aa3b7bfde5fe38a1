#pragma once

// Is a drop directory there, or only the place where its file system is to be mounted? Blocks.

#include <filesystem>
#include <string>

#include "common/base/result.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {

class Presence {
 public:
  // `marker` is a name that lies in the directory whenever it is there; "" when none was agreed on.
  Presence(std::filesystem::path root, std::string marker) : root_(std::move(root)), marker_(std::move(marker)) {}

  // What lies there, or why it counts as offline: it cannot be opened (not_found, permission_denied, …), its marker is
  // missing, or the file system that it lay on at an earlier look is not mounted any more (unavailable). The sentence
  // says what to do.
  Result<queue::FileIdentity> look();

 private:
  [[nodiscard]] Result<void> look_for_marker() const;
  [[nodiscard]] Result<void> look_for_mount();

  std::filesystem::path root_;
  std::string marker_;
  std::filesystem::path mount_point_;  // the one below which it was seen last; "" before
};

// Where the file system of this directory is mounted: the nearest mount point at or above it, bind mounts included.
// "" when the system does not tell. Blocks.
std::filesystem::path mount_point_of(const std::filesystem::path& directory);

}  // namespace dropload::intake
