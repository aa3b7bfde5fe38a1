#include "daemon/intake/leaving.h"

#include <filesystem>
#include <unordered_set>

#include <sys/stat.h>

namespace dropload::intake {

std::vector<Stamped> stamps_of(const std::string& directory, const std::vector<std::string>& names) {
  std::vector<Stamped> files;
  files.reserve(names.size());
  const std::filesystem::path root(directory);
  for (const auto& name : names) {
    Stamped file{name};
    struct stat info {};
    if (::lstat((root / name).c_str(), &info) == 0) {
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

bool LeftFiles::has(const std::string& directory, const Stamped& file) const {
  const auto files = known_.find(directory);
  if (files == known_.end()) return false;
  const auto known = files->second.find(file.inode);
  return known != files->second.end() && known->second.size == file.size && known->second.mtime_ns == file.mtime_ns;
}

std::vector<std::string> LeftFiles::without_left(const std::string& directory,
                                                 const std::vector<Stamped>& files) const {
  std::vector<std::string> names;
  for (const auto& file : files) {
    if (!has(directory, file)) names.push_back(file.name);
  }
  return names;
}

std::vector<std::uint64_t> LeftFiles::gone(const std::string& directory, std::uint64_t root_inode,
                                           const std::vector<Stamped>& files) {
  std::unordered_set<std::uint64_t> there;
  for (const auto& file : files) there.insert(file.inode);
  std::vector<std::uint64_t> inodes;
  const auto known = known_.find(directory);
  if (known == known_.end()) return inodes;
  for (auto& [inode, file] : known->second) {
    const bool is_missed = file.root_inode == root_inode && !there.contains(inode);
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
