#pragma once

// What is known of files that stay in their drop directories after they were taken (when_done = "leave"), so that no
// scan, restart or polling watcher takes them again. It is kept until the file is gone.
//
// Each function is one transaction, with the errors of Store (store.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/queue/store.h"

namespace dropload::queue {

// A file is known by its inode in its drop directory, whatever its name. A device may have another number after a
// restart of the machine, so the inode of the drop directory itself stands for it.
struct LeftFile {
  std::string directory;  // the drop directory
  std::uint64_t root_inode = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string sha256;  // "" when nobody hashed it: it failed for its size alone
  SubmissionId submission = 0;
};

// In place of what was known of the same inode.
Result<void> remember_left(Store& store, const LeftFile& file);
Result<std::optional<LeftFile>> left_file(Store& store, const std::string& directory, std::uint64_t inode);
Result<std::vector<LeftFile>> left_files(Store& store);
Result<void> forget_left(Store& store, const std::string& directory, const std::vector<std::uint64_t>& inodes);

}  // namespace dropload::queue
