#pragma once

// Room on the disk that is kept for a database: a file of zeros, given up when the disk is full so that what must be
// recorded can be, and taken again when there is room.
//
// One thread.

#include <cstdint>
#include <filesystem>
#include <string>

namespace dropload {

class DiskReserve {
 public:
  // The file may be there, whole or in part, from an earlier process. `whose` stands in the log: "the queue".
  DiskReserve(std::filesystem::path file, std::int64_t bytes, std::string whose)
      : file_(std::move(file)), bytes_(bytes), whose_(std::move(whose)) {}

  // Makes the file as large as it is to be. Quietly leaves it when there is no room: it is tried again at the next
  // call.
  void take();
  void give_up();
  [[nodiscard]] bool is_taken() const { return is_taken_; }

 private:
  std::filesystem::path file_;
  std::int64_t bytes_;
  std::string whose_;
  bool is_taken_ = false;
};

}  // namespace dropload
