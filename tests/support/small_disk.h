#pragma once

// A disk with only so much room, for SQLite: while one lives, a database of this process cannot grow when all files of
// the directory together would then have more bytes (SQLITE_FULL, as a full disk gives it). What else writes there has
// room for ever, but counts.

#include <atomic>
#include <cstdint>
#include <filesystem>

namespace dropload::test {

// One at a time; databases that were opened before it are not kept back.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path directory);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // From now on there is room for so many bytes more.
  void leave(std::uint64_t bytes) { most_ = used() + bytes; }
  [[nodiscard]] std::uint64_t used() const;
  [[nodiscard]] bool has_room_for(std::uint64_t bytes) const { return used() + bytes <= most_; }

 private:
  std::filesystem::path directory_;
  std::atomic<std::uint64_t> most_ = UINT64_MAX / 2;
};

}  // namespace dropload::test
