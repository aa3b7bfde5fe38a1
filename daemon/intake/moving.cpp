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

bool stands(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

bool one_file(const fs::path& a, const fs::path& b) {
  struct stat one {};
  struct stat other {};
  if (::lstat(a.c_str(), &one) != 0 || ::lstat(b.c_str(), &other) != 0) return false;
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
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
  for (fs::path missing = directory; !stands(missing) && missing.has_relative_path(); missing = missing.parent_path()) {
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
