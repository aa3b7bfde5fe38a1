#include "common/base/disk_reserve.h"

#include <fcntl.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "common/base/files.h"

namespace dropload {

void DiskReserve::take() {
  if (is_taken_) return;
  const UniqueFd fd(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return;
  is_taken_ = ::posix_fallocate(fd.get(), 0, bytes_) == 0;
  // A part of it would only make the disk fuller.
  if (!is_taken_ && ::ftruncate(fd.get(), 0) != 0) give_up();
}

void DiskReserve::give_up() {
  std::error_code failure;
  const bool was_there = std::filesystem::remove(file_, failure);
  is_taken_ = false;
  if (was_there) spdlog::warn("{}: gave up its reserve of disk space, {}", whose_, file_.string());
}

}  // namespace dropload
