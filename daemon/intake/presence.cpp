#include "daemon/intake/presence.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "common/base/text.h"
#include "daemon/intake/held_directory.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

// Does a path lie below another one, or is it that?
bool lies_below(const fs::path& path, const fs::path& above) {
  const auto [rest, end] = std::mismatch(above.begin(), above.end(), path.begin(), path.end());
  return rest == above.end();
}

}  // namespace

fs::path mount_point_of(const fs::path& directory) {
  std::error_code failure;
  fs::path path = fs::canonical(directory, failure);
  if (failure) return {};
  for (;; path = path.parent_path()) {
    struct statx info {};
    if (::statx(AT_FDCWD, path.c_str(), AT_NO_AUTOMOUNT, 0, &info) != 0) return {};
    if ((info.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) return {};
    if ((info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 || path == path.parent_path()) return path;
  }
}

Result<queue::FileIdentity> Presence::look() {
  const auto held = HeldDirectory::open(root_);
  if (!held) return held.error();
  if (auto marked = look_for_marker(); !marked) return marked.error();
  if (auto mounted = look_for_mount(); !mounted) return mounted.error();
  return held->identity();
}

Result<void> Presence::look_for_marker() const {
  if (marker_.empty()) return {};
  struct stat info {};
  if (::lstat((root_ / marker_).c_str(), &info) == 0) return {};
  return error(Errc::unavailable,
               "{} is not in {}, so its file system is not mounted there; mount it, or make that file in it "
               "(online_marker)",
               escaped(marker_), escaped(root_.string()));
}

// What is seen where a file system was mounted before is the empty directory below it, and not what people filled.
Result<void> Presence::look_for_mount() {
  const auto now = mount_point_of(root_);
  if (now.empty()) return {};
  const bool is_gone = !mount_point_.empty() && now != mount_point_ && lies_below(mount_point_, now);
  if (is_gone) {
    return error(Errc::unavailable,
                 "the file system at {} is not mounted any more; mount it, or start dropload anew if {} is to be "
                 "without it from now on",
                 escaped(mount_point_.string()), escaped(root_.string()));
  }
  mount_point_ = now;
  return {};
}

}  // namespace dropload::intake
