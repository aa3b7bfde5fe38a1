#pragma once

// The real files, but one chosen call fails. A test walks through every step of a durable change by failing the first
// call, then the second, and so on until nothing fails any more.

#include <atomic>
#include <functional>

#include "common/base/files.h"

namespace dropload::test {

class FaultyFiles final : public Files {
 public:
  // The n-th call from now on (1 = the next) fails with `code` and does nothing; 0: none fails. After `crash` every
  // later call fails too, as if the process had ended there.
  enum class After { go_on = 1, crash };
  void fail_call(int n, Errc code = Errc::io, After after = After::go_on);
  // Renames between these two trees fail with cross_device, as between two file systems.
  void separate(std::filesystem::path one, std::filesystem::path other);

  // Is called before the next renaming to a new name: what somebody else does just then.
  void before_rename_new(std::function<void()> happens) { before_rename_new_ = std::move(happens); }

  // Files of this name cannot be opened for reading any more (io): a bad sector. "" heals them.
  void spoil(std::string file_name) { spoiled_ = std::move(file_name); }

  // Copies of larger files fail with no_space and leave what there was room for.
  void limit_copies(std::uint64_t bytes) { copy_limit_ = bytes; }

  // How many calls have failed so far.
  [[nodiscard]] int failures() const { return failures_; }

  // Was there a call to fail?
  [[nodiscard]] bool failed() const { return failed_; }

  Result<UniqueFd> create(const std::filesystem::path& path, mode_t mode) override;
  Result<UniqueFd> open_for_reading(const std::filesystem::path& path) override;
  Result<void> write(int fd, std::span<const std::byte> bytes) override;
  Result<std::uint64_t> copy(int from, int to) override;
  Result<void> sync(int fd) override;
  Result<void> sync_directory(const std::filesystem::path& directory) override;
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> rename_new(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> remove(const std::filesystem::path& path) override;
  Result<void> make_directories(const std::filesystem::path& path) override;

 private:
  std::optional<Error> fault();
  [[nodiscard]] bool apart(const std::filesystem::path& from, const std::filesystem::path& to) const;

  SystemFiles files_;
  std::atomic<int> calls_left_ = 0;
  std::atomic<bool> failed_ = false;
  std::atomic<int> failures_ = 0;
  std::atomic<Errc> code_ = Errc::io;
  std::atomic<After> after_ = After::go_on;
  std::function<void()> before_rename_new_;
  std::string spoiled_;
  std::optional<std::uint64_t> copy_limit_;
  std::filesystem::path one_;
  std::filesystem::path other_;
};

}  // namespace dropload::test
