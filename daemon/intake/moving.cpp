#include "daemon/intake/moving.h"

#include <cerrno>
#include <vector>

#include <sys/stat.h>

#include <fmt/format.h>

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

Result<struct stat> stat_of(int fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return error_from_errno(errno, fmt::format("cannot examine {}", shown(path)));
  return info;
}

bool unchanged(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

Result<void> copy_open(Files& files, const fs::path& path, int from, const struct stat& before, int to) {
  const auto copied = files.copy(from, to);
  if (!copied) return copied.error().while_doing(fmt::format("copying {}", shown(path)));
  const auto after = stat_of(from, path);
  if (!after) return after.error();
  if (!unchanged(before, *after) || *copied != static_cast<std::uint64_t>(before.st_size)) {
    return error(Errc::stale, "{} changed while it was copied", shown(path));
  }
  // Not every file system keeps times; a copy without them is still the whole file.
  const timespec times[2] = {before.st_atim, before.st_mtim};
  (void)::futimens(to, times);
  return files.sync(to);
}

}  // namespace

Result<std::optional<queue::FileIdentity>> identity_of(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0) return std::optional(queue::FileIdentity{info.st_dev, info.st_ino});
  if (errno == ENOENT) return std::optional<queue::FileIdentity>();
  const int reason = errno;
  return error_from_errno(reason, fmt::format("cannot tell what is at {}", shown(path)));
}

Result<std::optional<queue::FileStamp>> stamp_of_file(const fs::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    const int reason = errno;
    if (reason == ENOENT) return std::optional<queue::FileStamp>();
    return error_from_errno(reason, fmt::format("cannot tell what is at {}", shown(path)));
  }
  if (!S_ISREG(info.st_mode)) return std::optional<queue::FileStamp>();
  const auto mtime_ns = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
  return std::optional(queue::FileStamp{info.st_ino, static_cast<std::uint64_t>(info.st_size), mtime_ns});
}

Result<bool> stands(const fs::path& path) {
  const auto there = identity_of(path);
  if (!there) return there.error();
  return there->has_value();
}

Result<bool> one_file(const fs::path& a, const fs::path& b) {
  const auto one = identity_of(a);
  if (!one) return one.error();
  const auto other = identity_of(b);
  if (!other) return other.error();
  return *one && *one == *other;
}

Result<void> remove_if_there(Files& files, const fs::path& path) {
  auto removed = files.remove(path);
  if (!removed && removed.error().code == Errc::not_found) return {};
  return removed;
}

Result<void> copy_whole(Files& files, const fs::path& from, const fs::path& temporary) {
  auto source = files.open_for_reading(from);
  if (!source) return source.error();
  const auto before = stat_of(source->get(), from);
  if (!before) return before.error();
  if (auto removed = remove_if_there(files, temporary); !removed) return removed;
  auto target = files.create(temporary, before->st_mode & 0777);
  if (!target) return target.error();
  auto copied = copy_open(files, from, source->get(), *before, target->get());
  if (!copied) (void)files.remove(temporary);
  return copied;
}

Result<void> make_durable_directories(Files& files, const fs::path& directory) {
  std::vector<fs::path> parents_of_new;
  for (fs::path missing = directory; missing.has_relative_path(); missing = missing.parent_path()) {
    const auto there = stands(missing);
    if (!there) return there.error();
    if (*there) break;
    parents_of_new.push_back(missing.parent_path());
  }
  if (parents_of_new.empty()) return {};
  if (auto made = files.make_directories(directory); !made) return made;
  for (const auto& parent : parents_of_new) {
    if (auto synced = files.sync_directory(parent); !synced) return synced;
  }
  return {};
}

}  // namespace dropload::intake
