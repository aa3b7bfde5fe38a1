#pragma once

// The margin of the disk that holds the state: intake stops before the disk is full to the last byte, so that the queue
// and the originals of what runs find room to the end.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <utility>

#include "common/base/result.h"

namespace dropload::intake {

class DiskRoom {
 public:
  // `keep_free` bytes are to stay free, on a small file system a twentieth of it; 0: no margin.
  DiskRoom(std::filesystem::path directory, std::uint64_t keep_free)
      : directory_(std::move(directory)), keep_free_(keep_free) {}

  // Is there room for so many bytes more? Once there was not, a quarter of the margin more must be free before there is
  // again, or each byte that is freed would be taken at once. Errors: no_space, with the numbers. Where the system does
  // not tell (a quota), what is written finds out. Any thread; a system call, no wait.
  Result<void> check(std::uint64_t bytes);

  // Room for a file that is being copied, until this goes: the copies that are on their way at one time leave the
  // margin together. Made without a DiskRoom it holds nothing.
  class Hold {
   public:
    Hold() = default;
    Hold(DiskRoom& disk, std::uint64_t bytes) : disk_(&disk), bytes_(bytes) {}
    Hold(Hold&& other) noexcept : disk_(std::exchange(other.disk_, nullptr)), bytes_(other.bytes_) {}
    Hold& operator=(Hold&& other) noexcept {
      std::swap(disk_, other.disk_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Hold();

   private:
    DiskRoom* disk_ = nullptr;
    std::uint64_t bytes_ = 0;
  };
  // Room for so many bytes beside all that is held; a copy that is half written counts as a whole, so this may refuse
  // what would just fit. Errors and threads as above. The DiskRoom outlives it.
  Result<Hold> hold(std::uint64_t bytes);

 private:
  std::filesystem::path directory_;
  std::uint64_t keep_free_;
  std::atomic<bool> was_short_ = false;
  std::mutex mutex_;
  std::uint64_t held_ = 0;  // guarded by mutex_
};

// What kept the spool from taking a file: one that may not be written to is as good as a full one, and is no fault of
// the file. The sentence says what to do.
Error of_the_spool(const Error& why, const std::filesystem::path& spool);

}  // namespace dropload::intake
