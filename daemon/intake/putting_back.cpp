#include "daemon/intake/putting_back.h"

#include "common/base/text.h"
#include "daemon/intake/moving.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

// The directory that the file lay in. Nothing when it is not there any more and nothing is to go back into it.
Result<std::optional<HeldDirectory>> place_of(Files& files, const queue::Sidecar& sidecar, bool is_needed) {
  const auto root = HeldDirectory::open_again(sidecar.submission.drop_directory.value(), sidecar.drop_root);
  if (!root) return root.error();
  auto place = is_needed ? root->make(files, sidecar.subdirectory) : root->enter(sidecar.subdirectory);
  if (!place && place.error().code == Errc::not_found) return std::optional<HeldDirectory>();
  if (!place) return place.error();
  return std::optional(std::move(*place));
}

Result<bool> move_back(Files& files, const queue::Sidecar& sidecar, const HeldDirectory& place, const fs::path& from) {
  const fs::path to = place.path(sidecar.submission.file_name);
  // A move by link and unlink was cut in the middle.
  const auto is_back = one_file(from, to);
  if (!is_back) return is_back.error();
  auto moved = *is_back ? files.remove(from) : files.rename_new(from, to);
  if (!moved && moved.error().code == Errc::already_exists) {
    return error(Errc::already_exists, "a new file has the name {}", escaped(shown(to)));
  }
  if (moved) moved = files.sync_directory(place.path());
  if (!moved) return moved.error();
  return true;
}

}  // namespace

Result<std::optional<fs::path>> claimed_file(const queue::Sidecar& sidecar, const HeldDirectory& place) {
  const fs::path path = place.path(queue::claimed_name(sidecar.submission.id));
  const auto claimed = identity_of(path);
  if (!claimed) return claimed.error();
  if (!*claimed || (*claimed)->inode != sidecar.dropped.inode) return std::optional<fs::path>();
  return std::optional(path);
}

Result<bool> put_back(queue::Spool& spool, Files& files, const queue::Sidecar& sidecar) {
  const fs::path data = spool.data_path(sidecar.submission.id);
  const auto in_spool = stands(data);
  if (!in_spool) return in_spool.error();
  const auto place = place_of(files, sidecar, *in_spool);
  if (!place) return place.error();
  if (!*place) return false;
  // Where a file was claimed in its own directory, that is the file and the spool holds at most a copy of it.
  // It may be another one than was looked at, when somebody replaced that just before.
  const fs::path claimed = (*place)->path(queue::claimed_name(sidecar.submission.id));
  const auto is_claimed = stands(claimed);
  if (!is_claimed) return is_claimed.error();
  if (*is_claimed) return move_back(files, sidecar, **place, claimed);
  if (*in_spool) return move_back(files, sidecar, **place, data);
  return false;
}

}  // namespace dropload::intake
