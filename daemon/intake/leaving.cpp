#include "daemon/intake/leaving.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "common/base/files.h"

namespace dropload::intake {

// Names are looked up from the open directory: with 100,000 of them the way to it is worth more than the rest. A file
// that cannot be opened from there is one that cannot be told.
std::vector<Stamped> stamps_of(const std::string& directory, std::vector<std::string> names) {
  const UniqueFd root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::vector<Stamped> files;
  files.reserve(names.size());
  for (auto& name : names) {
    Stamped file{std::move(name)};
    struct stat info {};
    if (root && ::fstatat(root.get(), file.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
      file.inode = info.st_ino;
      file.size = static_cast<std::uint64_t>(info.st_size);
      file.mtime_ns = static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
    }
    files.push_back(std::move(file));
  }
  return files;
}

void LeftFiles::add(const queue::LeftFile& file) {
  known_[file.directory][file.inode] = {file.root_inode, file.size, file.mtime_ns};
}

bool LeftFiles::is_left(const OfDirectory& known, const Stamped& file) {
  const auto found = known.find(file.inode);
  return found != known.end() && found->second.size == file.size && found->second.mtime_ns == file.mtime_ns;
}

std::vector<std::string> LeftFiles::without_left(const std::string& directory, std::vector<Stamped> files) const {
  const auto known = known_.find(directory);
  std::vector<std::string> names;
  for (auto& file : files) {
    if (known == known_.end() || !is_left(known->second, file)) names.push_back(std::move(file.name));
  }
  return names;
}

std::vector<std::uint64_t> LeftFiles::gone(const std::string& directory, std::uint64_t root_inode,
                                           const std::vector<Stamped>& files) {
  std::vector<std::uint64_t> inodes;
  const auto known = known_.find(directory);
  if (known == known_.end()) return inodes;
  ++looks_;
  for (const auto& file : files) {
    const auto there = known->second.find(file.inode);
    if (there != known->second.end()) there->second.seen_by = looks_;
  }
  for (auto& [inode, file] : known->second) {
    const bool is_missed = file.root_inode == root_inode && file.seen_by != looks_;
    if (is_missed && file.was_missed) inodes.push_back(inode);
    file.was_missed = is_missed;
  }
  return inodes;
}

void LeftFiles::forget(const std::string& directory, const std::vector<std::uint64_t>& inodes) {
  auto& files = known_[directory];
  for (const auto inode : inodes) files.erase(inode);
}

}  // namespace dropload::intake
