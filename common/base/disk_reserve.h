#pragma once

// Room on the disk that is kept for service.db: a file of zeros, given up when the disk is full so that what must be
// recorded can be, and taken again when there is room.
//
// One thread.

#include <cstdint>
#include <filesystem>

namespace dropload::service {

class DiskReserve {
 public:
  // A log of some hundred commits and the indexes of two logs.
  static constexpr std::int64_t bytes = 1024 * 1024;

  // The file may be there, whole or in part, from an earlier process.
  explicit DiskReserve(std::filesystem::path file) : file_(std::move(file)) {}

  // Makes the file as large as it is to be. Quietly leaves it when there is no room: it is tried again at the next
  // call.
  void take();
  void give_up();

 private:
  std::filesystem::path file_;
  bool is_taken_ = false;
};

}  // namespace dropload::service
