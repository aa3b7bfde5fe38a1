#pragma once

// File systems that a test mounts, in a mount namespace of its own: nobody else sees them, and they go with the
// process. Where nothing may be mounted, making one throws with what to do: such a test fails, and does not pass empty.

#include <cstdint>
#include <filesystem>
#include <utility>

namespace dropload::test {

// The namespace is the calling thread's and that of threads and processes that it starts from then on: call this before
// there are others that are to see the mounts (in SetUpTestSuite). Mount does it too.
void enter_mount_namespace();

class Mount {
 public:
  // An empty file system in memory with so much room.
  static Mount tmpfs(const std::filesystem::path& at, std::uint64_t bytes);
  // What lies there, but read-only.
  static Mount read_only(const std::filesystem::path& at);

  Mount(Mount&& other) noexcept : at_(std::exchange(other.at_, {})) {}
  Mount& operator=(Mount&&) = delete;
  ~Mount() { unmount(); }
  void unmount();

 private:
  explicit Mount(std::filesystem::path at) : at_(std::move(at)) {}
  std::filesystem::path at_;
};

// Writes zeros to a file there until the file system has no room left, but for so many bytes.
void fill_disk(const std::filesystem::path& file, std::uint64_t but_for = 0);

}  // namespace dropload::test
