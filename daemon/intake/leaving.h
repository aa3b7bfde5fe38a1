#pragma once

// Files that stay in their drop directories (when_done = "leave"): which of those that are found were taken already.
// Bounded by the files that are there: what is gone is forgotten at the next scan.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/queue/left_files.h"

namespace dropload::intake {

// What a name below a drop directory stands for.
struct Stamped {
  std::string name;
  std::uint64_t inode = 0;  // 0: it cannot be told
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
};
// Blocks. In the order of the names.
std::vector<Stamped> stamps_of(const std::string& directory, std::vector<std::string> names);

// One thread.
class LeftFiles {
 public:
  void add(const queue::LeftFile& file);
  // The names of those that were not taken, or have changed since.
  [[nodiscard]] std::vector<std::string> without_left(const std::string& directory, std::vector<Stamped> files) const;
  // Inodes that were taken from the directory, when it was the one that is there now, and are not among these files for
  // the second time: what is renamed while names are read is on neither side.
  [[nodiscard]] std::vector<std::uint64_t> gone(const std::string& directory, std::uint64_t root_inode,
                                                const std::vector<Stamped>& files);
  void forget(const std::string& directory, const std::vector<std::uint64_t>& inodes);

 private:
  struct Known {
    std::uint64_t root_inode = 0;
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    bool was_missed = false;
    std::uint32_t seen_by = 0;  // the last call of `gone` that was given it
  };
  using OfDirectory = std::unordered_map<std::uint64_t, Known>;  // by inode
  [[nodiscard]] static bool is_left(const OfDirectory& known, const Stamped& file);
  std::map<std::string, OfDirectory> known_;
  std::uint32_t looks_ = 0;
};

}  // namespace dropload::intake
