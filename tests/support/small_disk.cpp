#include "tests/support/small_disk.h"

#include <map>
#include <mutex>

#include <sqlite3.h>

namespace dropload::test {
namespace {

std::atomic<SmallDisk*> small_disk = nullptr;
sqlite3_vfs small_vfs;

// SQLite has a few sets of functions, one for each way of locking; of each there is a copy that writes through us.
std::mutex copies_mutex;
std::map<const sqlite3_io_methods*, sqlite3_io_methods> copies;
std::map<const sqlite3_io_methods*, const sqlite3_io_methods*> originals;

sqlite3_vfs* real_vfs = nullptr;

const sqlite3_io_methods* original_of(sqlite3_file* file) {
  const std::lock_guard lock(copies_mutex);
  return originals.at(file->pMethods);
}

int small_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  const sqlite3_io_methods* original = original_of(file);
  sqlite3_int64 size = 0;
  if (const int code = original->xFileSize(file, &size); code != SQLITE_OK) return code;
  const sqlite3_int64 more = offset + count - size;
  if (more > 0 && small_disk != nullptr && !small_disk.load()->has_room_for(static_cast<std::uint64_t>(more)))
    return SQLITE_FULL;
  return original->xWrite(file, bytes, count, offset);
}

int small_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  const std::lock_guard lock(copies_mutex);
  const auto [copy, is_new] = copies.try_emplace(file->pMethods, *file->pMethods);
  copy->second.xWrite = small_write;
  originals[&copy->second] = file->pMethods;
  file->pMethods = &copy->second;
  return code;
}

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path directory) : directory_(std::move(directory)) {
  small_disk = this;
  real_vfs = sqlite3_vfs_find(nullptr);
  small_vfs = *real_vfs;
  small_vfs.zName = "small-disk";
  small_vfs.pNext = nullptr;
  small_vfs.xOpen = small_open;
  sqlite3_vfs_register(&small_vfs, 1);
}

SmallDisk::~SmallDisk() {
  sqlite3_vfs_unregister(&small_vfs);
  small_disk = nullptr;
}

std::uint64_t SmallDisk::used() const {
  std::uint64_t bytes = 0;
  std::error_code gone;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_, gone)) {
    const auto size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace dropload::test
