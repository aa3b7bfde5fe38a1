#include "common/base/files.h"

#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

namespace dropload {
namespace {

namespace fs = std::filesystem;

// Calls again for as long as a signal got in between.
template <typename Call>
auto through_eintr(Call call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

Error failed(std::string_view verb, const fs::path& path) {
  const int reason = errno;
  return error_from_errno(reason, fmt::format("cannot {} {}", verb, shown(path)));
}

Error cannot_move(const fs::path& from, const fs::path& to) {
  const int reason = errno;
  return error_from_errno(reason, fmt::format("cannot move {} to {}", shown(from), shown(to)));
}

Result<void> link_and_unlink(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) != 0) return cannot_move(from, to);
  if (::unlink(from.c_str()) != 0) return failed("remove", from);
  return {};
}

// What copy_file_range cannot do (a file system that has not got it) is done by reading and writing.
Result<std::uint64_t> copy_by_hand(Files& files, int from, int to, std::uint64_t copied) {
  std::string buffer(256 * 1024, '\0');
  for (;;) {
    const auto n = through_eintr([&] { return ::read(from, buffer.data(), buffer.size()); });
    if (n < 0) return error_from_errno(errno, "cannot read while copying");
    if (n == 0) return copied;
    const auto written = files.write(to, std::as_bytes(std::span(buffer.data(), static_cast<std::size_t>(n))));
    if (!written) return written.error();
    copied += static_cast<std::uint64_t>(n);
  }
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  reset();
}

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<UniqueFd> SystemFiles::create(const fs::path& path, mode_t mode) {
  const int fd = through_eintr([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode); });
  if (fd < 0) return failed("create", path);
  return UniqueFd(fd);
}

Result<UniqueFd> SystemFiles::open_for_reading(const fs::path& path) {
  const int fd =
      through_eintr([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY); });
  if (fd < 0) return failed("open", path);
  UniqueFd owned(fd);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failed("examine", path);
  if (!S_ISREG(info.st_mode)) return error(Errc::invalid_argument, "{} is not a regular file", shown(path));
  return owned;
}

Result<void> SystemFiles::write(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto n = through_eintr([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (n < 0) return error_from_errno(errno, "cannot write");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::uint64_t> SystemFiles::copy(int from, int to) {
  std::uint64_t copied = 0;
  for (;;) {
    const auto n = through_eintr([&] { return ::copy_file_range(from, nullptr, to, nullptr, 64 * 1024 * 1024, 0); });
    if (n == 0) return copied;
    if (n < 0) {
      if (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) {
        return copy_by_hand(*this, from, to, copied);
      }
      return error_from_errno(errno, "cannot copy");
    }
    copied += static_cast<std::uint64_t>(n);
  }
}

void SystemFiles::begin_sync(int fd) {
  ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);  // to the end; what is on its way already costs nothing
}

Result<void> SystemFiles::sync(int fd) {
  if (through_eintr([&] { return ::fsync(fd); }) != 0)
    return error_from_errno(errno, "cannot make a file durable (fsync)");
  return {};
}

Result<void> SystemFiles::sync_directory(const fs::path& directory) {
  UniqueFd fd(through_eintr([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd) return failed("open", directory);
  if (through_eintr([&] { return ::fsync(fd.get()); }) != 0) return failed("make durable (fsync)", directory);
  return {};
}

Result<void> SystemFiles::rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return cannot_move(from, to);
  return {};
}

Result<void> SystemFiles::rename_new(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EINVAL || errno == ENOSYS) return link_and_unlink(from, to);
  return cannot_move(from, to);
}

Result<void> SystemFiles::remove(const fs::path& path) {
  if (::remove(path.c_str()) != 0) return failed("remove", path);
  return {};
}

Result<void> SystemFiles::make_directories(const fs::path& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) return error_from_errno(ec.value(), fmt::format("cannot make the directory {}", shown(path)));
  return {};
}

Result<void> write_file_durably(Files& files, const fs::path& path, std::string_view text, mode_t mode) {
  const fs::path temporary = path.string() + ".new";
  // One that is left over from a crash is of no use to anybody.
  if (const auto removed = files.remove(temporary); !removed && removed.error().code != Errc::not_found) {
    return removed.error();
  }
  auto fd = files.create(temporary, mode);
  if (!fd) return fd.error();
  if (auto r = files.write(fd->get(), std::as_bytes(std::span(text))); !r) {
    return r.error().while_doing(shown(temporary));
  }
  if (auto r = files.sync(fd->get()); !r) return r.error().while_doing(shown(temporary));
  if (auto r = files.rename(temporary, path); !r) return r.error();
  return files.sync_directory(path.parent_path().empty() ? fs::path(".") : path.parent_path());
}

std::string shown(const fs::path& path) {
  constexpr std::string_view descriptors = "/proc/self/fd/";
  const std::string& text = path.native();
  if (!text.starts_with(descriptors)) return text;
  const auto end = std::min(text.find('/', descriptors.size()), text.size());
  std::error_code failure;
  const fs::path directory = fs::read_symlink(text.substr(0, end), failure);
  return failure ? text : directory.native() + text.substr(end);
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  UniqueFd fd(through_eintr([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!fd) return failed("open", path);
  std::string text;
  char buffer[16 * 1024];
  for (;;) {
    const auto n = through_eintr([&] { return ::read(fd.get(), buffer, sizeof buffer); });
    if (n < 0) return failed("read", path);
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > limit) return error(Errc::too_large, "{} has more than {} bytes", path.string(), limit);
  }
}

Result<DirectoryLock> DirectoryLock::take(const fs::path& directory) {
  const fs::path path = directory / "lock";
  UniqueFd fd(through_eintr([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644); }));
  if (!fd) return failed("open", path);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  // A lock of the open file description: unlike a POSIX lock it also keeps out a second taker in the same process.
  if (::fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) {
    const auto pid = read_file(path, 32);
    return error(Errc::busy, "{} is in use by another dropload process{}", directory.string(),
                 pid && !pid->empty() ? fmt::format(" (pid {})", *pid) : "");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) return failed("write", path);
  return DirectoryLock(std::move(fd));
}

}  // namespace dropload
