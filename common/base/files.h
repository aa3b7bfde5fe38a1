#pragma once

// Files that must survive a crash go through Files, so that a test can make any step of a durable change fail. Reading,
// and files that may be lost, need no such care and use the ordinary calls.
//
// All calls may be used from any thread; they block. Errors are those of error_from_errno, with the path in the
// sentence (as shown() tells it).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "common/base/result.h"

namespace dropload {

// Owns a file descriptor; closes it when it goes.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  void reset();
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

inline constexpr std::uint64_t begin_sync_bytes = 8 * 1024 * 1024;

class Files {
 public:
  virtual ~Files() = default;

  // Makes a file that did not exist (O_EXCL) and opens it for writing. already_exists when there is one.
  virtual Result<UniqueFd> create(const std::filesystem::path& path, mode_t mode) = 0;
  // Opens a regular file for reading, never through a symbolic link in the last component, never blocking on a FIFO.
  // invalid_argument when it is not a regular file.
  virtual Result<UniqueFd> open_for_reading(const std::filesystem::path& path) = 0;
  // Writes all of it, through EINTR and short writes.
  virtual Result<void> write(int fd, std::span<const std::byte> bytes) = 0;
  // Copies from the current offset to the end (copy_file_range, so that file systems which share extents do). The
  // number of bytes copied.
  virtual Result<std::uint64_t> copy(int from, int to) = 0;
  // Begins to bring to the disk what has been written so far, and waits for none of it: a hint, by which the sync of a
  // large file takes less time in the end. To be given every begin_sync_bytes.
  virtual void begin_sync(int /*fd*/) {}
  virtual Result<void> sync(int fd) = 0;
  virtual Result<void> sync_directory(const std::filesystem::path& directory) = 0;
  // Atomic; replaces what stands at `to`. cross_device between file systems.
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  // Atomic; already_exists when something stands at `to` (renameat2 RENAME_NOREPLACE; link + unlink where the file
  // system has not got it).
  virtual Result<void> rename_new(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  // Removes a file or an empty directory. not_found when there is none.
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  // Makes the directory and its missing parents (0755 less the umask). Fine when it is there.
  virtual Result<void> make_directories(const std::filesystem::path& path) = 0;
};

// The real ones.
class SystemFiles : public Files {
 public:
  Result<UniqueFd> create(const std::filesystem::path& path, mode_t mode) override;
  Result<UniqueFd> open_for_reading(const std::filesystem::path& path) override;
  Result<void> write(int fd, std::span<const std::byte> bytes) override;
  Result<std::uint64_t> copy(int from, int to) override;
  void begin_sync(int fd) override;
  Result<void> sync(int fd) override;
  Result<void> sync_directory(const std::filesystem::path& directory) override;
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> rename_new(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> remove(const std::filesystem::path& path) override;
  Result<void> make_directories(const std::filesystem::path& path) override;
};

// Writes `text` so that after a crash the path holds either what it held before or all of `text`: temporary file in the
// same directory, fsync, rename, fsync of the directory.
Result<void> write_file_durably(Files& files, const std::filesystem::path& path, std::string_view text, mode_t mode);

// A path as people are told of it: where it leads through an open directory (/proc/self/fd/7/a.csv), the directory's
// own path in the place of that.
std::string shown(const std::filesystem::path& path);

// Reads a whole small file. too_large when it has more than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

// Holds a directory for this process by a lock on an open file in it (<directory>/lock). The kernel drops it however
// the process ends, so a lock file that is left behind means nothing.
class DirectoryLock {
 public:
  // busy when another process holds it; the sentence names its pid when that could be read.
  static Result<DirectoryLock> take(const std::filesystem::path& directory);

 private:
  explicit DirectoryLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace dropload
