#include "daemon/intake/disk_room.h"

#include <algorithm>

#include <sys/statvfs.h>

#include <fmt/format.h>

#include "daemon/intake/permission.h"

namespace dropload::intake {
namespace {

constexpr std::uint64_t least_part = 20;  // of the file system, as the margin

std::uint64_t in_megabytes(std::uint64_t bytes) {
  return bytes / (1024 * 1024);
}

}  // namespace

Result<void> DiskRoom::check(std::uint64_t bytes) {
  struct statvfs room {};
  if (keep_free_ == 0 || ::statvfs(directory_.c_str(), &room) != 0) return {};
  const auto total = static_cast<std::uint64_t>(room.f_blocks) * room.f_frsize;
  const auto free = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
  const auto margin = std::min(keep_free_, total / least_part);
  const auto wanted = (was_short_ ? margin + margin / 4 : margin) + bytes;
  if (free >= wanted) {
    if (bytes == 0) was_short_ = false;
    return {};
  }
  // One that is too large says nothing of those that are not.
  if (free < margin) was_short_ = true;
  return error(Errc::no_space,
               "only {} MB are free on the disk of {}, and {} MB are wanted there (keep_free); make room, or put the "
               "state_directory on a larger disk",
               in_megabytes(free), directory_.string(), in_megabytes(wanted + 1024 * 1024 - 1));
}

// Of two for which there is room one at a time, one gets it.
Result<DiskRoom::Hold> DiskRoom::hold(std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  if (auto fits = check(held_ + bytes); !fits) return fits.error();
  held_ += bytes;
  return Hold(*this, bytes);
}

DiskRoom::Hold::~Hold() {
  if (disk_ == nullptr) return;
  const std::lock_guard guard(disk_->mutex_);
  disk_->held_ -= bytes_;
}

Error of_the_spool(const Error& why, const std::filesystem::path& spool) {
  if (why.code != Errc::permission_denied) return why;
  return {Errc::no_space, with_how_to_own(why, spool.parent_path()).message};
}

}  // namespace dropload::intake
