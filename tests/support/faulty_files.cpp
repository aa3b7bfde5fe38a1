#include "tests/support/faulty_files.h"

#include <sys/stat.h>

namespace dropload::test {

namespace fs = std::filesystem;

namespace {

bool lies_below(const fs::path& path, const fs::path& directory) {
  return shown(path).starts_with(directory.string() + "/");
}

}  // namespace

void FaultyFiles::fail_call(int n, Errc code, After after) {
  calls_left_ = n;
  failed_ = false;
  code_ = code;
  after_ = after;
}

void FaultyFiles::separate(fs::path one, fs::path other) {
  one_ = std::move(one);
  other_ = std::move(other);
}

std::optional<Error> FaultyFiles::fault() {
  const bool fails_now = calls_left_ > 0 && --calls_left_ == 0;
  if (fails_now) failed_ = true;
  if (fails_now || (failed_ && after_ == After::crash)) ++failures_;
  if (fails_now || (failed_ && after_ == After::crash)) return Error{code_, "a fault that a test asked for"};
  return std::nullopt;
}

bool FaultyFiles::apart(const fs::path& from, const fs::path& to) const {
  return !one_.empty() &&
         ((lies_below(from, one_) && lies_below(to, other_)) || (lies_below(from, other_) && lies_below(to, one_)));
}

Result<UniqueFd> FaultyFiles::create(const fs::path& path, mode_t mode) {
  if (auto failure = fault()) return *failure;
  return files_.create(path, mode);
}

Result<UniqueFd> FaultyFiles::open_for_reading(const fs::path& path) {
  if (auto failure = fault()) return *failure;
  if (!spoiled_.empty() && path.filename() == spoiled_) return error(Errc::io, "{}: a bad sector", path.string());
  return files_.open_for_reading(path);
}

Result<void> FaultyFiles::write(int fd, std::span<const std::byte> bytes) {
  if (auto failure = fault()) return *failure;
  return files_.write(fd, bytes);
}

Result<std::uint64_t> FaultyFiles::copy(int from, int to) {
  if (auto failure = fault()) return *failure;
  struct stat info {};
  if (copy_limit_ && ::fstat(from, &info) == 0 && static_cast<std::uint64_t>(info.st_size) > *copy_limit_)
    return Error{Errc::no_space, "no room for the copy"};
  return files_.copy(from, to);
}

Result<void> FaultyFiles::sync(int fd) {
  if (auto failure = fault()) return *failure;
  return files_.sync(fd);
}

Result<void> FaultyFiles::sync_directory(const fs::path& directory) {
  if (auto failure = fault()) return *failure;
  return files_.sync_directory(directory);
}

Result<void> FaultyFiles::rename(const fs::path& from, const fs::path& to) {
  if (auto failure = fault()) return *failure;
  if (apart(from, to)) return Error{Errc::cross_device, "two file systems"};
  return files_.rename(from, to);
}

Result<void> FaultyFiles::rename_new(const fs::path& from, const fs::path& to) {
  if (before_rename_new_) std::exchange(before_rename_new_, nullptr)();
  if (auto failure = fault()) return *failure;
  if (apart(from, to)) return Error{Errc::cross_device, "two file systems"};
  return files_.rename_new(from, to);
}

Result<void> FaultyFiles::remove(const fs::path& path) {
  if (auto failure = fault()) return *failure;
  return files_.remove(path);
}

Result<void> FaultyFiles::make_directories(const fs::path& path) {
  if (auto failure = fault()) return *failure;
  return files_.make_directories(path);
}

}  // namespace dropload::test
