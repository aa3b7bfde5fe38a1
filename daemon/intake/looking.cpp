#include "daemon/intake/looking.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <fmt/format.h>

#include "common/base/files.h"
#include "common/base/text.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/network_file_system.h"
#include "daemon/intake/ready_markers.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

Error not_regular(const fs::path& path, mode_t mode) {
  const std::string name = escaped(shown(path));
  if (S_ISLNK(mode))
    return error(Errc::invalid_argument, "{} is a symbolic link, and links are not followed; put the file itself there",
                 name);
  if (S_ISDIR(mode)) return error(Errc::invalid_argument, "{} is a directory", name);
  return error(Errc::invalid_argument, "{} is not a regular file", name);
}

Error cannot_open(const fs::path& path, int reason) {
  struct stat info {};
  if (reason == ELOOP && ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode))
    return not_regular(path, info.st_mode);
  return error_from_errno(reason, fmt::format("cannot open {}", escaped(shown(path))));
}

std::string stamp_of(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return "";
  // Not its ctime: to take a file and to put it back changes that.
  return fmt::format("{}:{}:{}:{}.{}:{:o}:{}:{}", info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                     info.st_mtim.tv_nsec, info.st_mode, info.st_uid, info.st_gid);
}

Look::Lease lease_where_it_lies(int fd) {
  struct statfs system {};
  if (::fstatfs(fd, &system) != 0) return Look::Lease::unknown;
  return lease_of(fd, static_cast<std::int64_t>(system.f_type));
}

}  // namespace

// The lease is given back at once. A writer that opens the file in between makes the kernel signal the holder: SIGURG,
// which does nothing by default, because the usual SIGIO would end the process.
Look::Lease lease_of(int fd, std::int64_t file_system_type) {
  if (network_file_system(file_system_type)) return Look::Lease::unknown;
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return Look::Lease::unknown;
  if (::fcntl(fd, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN ? Look::Lease::writer : Look::Lease::unknown;
  (void)::fcntl(fd, F_SETLEASE, F_UNLCK);
  return Look::Lease::free;
}

// What is no file is not opened: of some devices that alone does something.
Result<Look> look_at(const fs::path& path) {
  struct stat before {};
  if (::lstat(path.c_str(), &before) == 0 && !S_ISREG(before.st_mode)) return not_regular(path, before.st_mode);
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!fd) return cannot_open(path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0)
    return error_from_errno(errno, fmt::format("cannot examine {}", escaped(shown(path))));
  if (!S_ISREG(info.st_mode)) return not_regular(path, info.st_mode);
  Look look;
  look.device = info.st_dev;
  look.inode = info.st_ino;
  look.size = static_cast<std::uint64_t>(info.st_size);
  look.mtime_ns = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
  look.lease = lease_where_it_lies(fd.get());
  return look;
}

bool unchanged(const Look& a, const Look& b) {
  return std::tie(a.device, a.inode, a.size, a.mtime_ns) == std::tie(b.device, b.inode, b.size, b.mtime_ns);
}

std::vector<std::string> oldest_first(const queue::DropSettings& drop, std::vector<std::string> names) {
  const auto held = HeldDirectory::open(drop.directory);
  if (!held) return names;
  std::vector<std::pair<std::int64_t, std::string>> aged;
  aged.reserve(names.size());
  for (auto& name : names) {
    struct stat info {};
    // Only its place in line: whatever it is, it is looked at properly when its turn comes.
    const bool is_there = ::lstat(held->path(name).c_str(), &info) == 0;
    const std::int64_t age = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
    aged.emplace_back(is_there ? age : INT64_MIN, std::move(name));
  }
  std::ranges::sort(aged);
  for (std::size_t i = 0; i < aged.size(); ++i) names[i] = std::move(aged[i].second);
  return names;
}

std::vector<Looked> look_at_all(const queue::DropSettings& drop, std::vector<std::string> names) {
  std::vector<Looked> looked;
  looked.reserve(names.size());
  const auto held = HeldDirectory::open(drop.directory);
  std::optional<std::string> entered;  // files of one directory mostly come together
  Result<HeldDirectory> place(Error{});
  for (auto& name : names) {
    const auto slash = name.rfind('/');
    std::string parent = slash == std::string::npos ? "" : name.substr(0, slash);
    if (entered != parent) {
      place = held ? held->enter(parent) : Result<HeldDirectory>(held.error());
      entered = std::move(parent);
    }
    if (!place) {
      looked.push_back({std::move(name), place.error(), ""});
      continue;
    }
    const std::string file_name = slash == std::string::npos ? name : name.substr(slash + 1);
    if (auto waits_for = waits_for_marker(drop, *place, file_name)) {
      looked.push_back({std::move(name), Look{}, "", std::move(waits_for)});
      continue;
    }
    const auto there = place->path(file_name);
    auto look = look_at(there);
    auto stamp = stamp_of(there);
    looked.push_back({std::move(name), std::move(look), std::move(stamp)});
  }
  std::ranges::sort(looked, {}, [](const Looked& one) {
    return std::tuple(one.look.has_value(), one.look ? one.look->mtime_ns : 0, std::string_view(one.name));
  });
  return looked;
}

}  // namespace dropload::intake
