#include "daemon/intake/putting_back.h"

#include "daemon/intake/held_directory.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

constexpr int max_numbered_copies = 10'000;

// The old name, or when it was taken meanwhile a numbered one.
Result<std::optional<fs::path>> move_back(Files& files, const queue::Sidecar& sidecar, const HeldDirectory& place,
                                          const fs::path& from) {
  for (int n = 1; n <= max_numbered_copies; ++n) {
    const std::string name = n == 1 ? sidecar.submission.file_name : numbered(sidecar.submission.file_name, n);
    const auto moved = files.rename_new(from, place.path(name));
    if (!moved && moved.error().code == Errc::already_exists) continue;
    if (!moved) return moved.error();
    if (auto synced = files.sync_directory(place.path()); !synced) return synced.error();
    return std::optional(queue::origin_path(sidecar).replace_filename(name));
  }
  return error(Errc::already_exists, "{} has {} files of this name already", shown(place.path()), max_numbered_copies);
}

}  // namespace

Result<std::optional<fs::path>> put_back(queue::Spool& spool, Files& files, const queue::Sidecar& sidecar) {
  const auto& submission = sidecar.submission;
  const auto root = HeldDirectory::open(submission.drop_directory.value());
  if (!root) return root.error();
  const fs::path data = spool.data_path(submission.id);
  const auto place = stands(data) ? root->make(files, sidecar.subdirectory) : root->enter(sidecar.subdirectory);
  if (!place && place.error().code == Errc::not_found) return std::optional<fs::path>();
  if (!place) return place.error();
  // Where a file was claimed in its own directory, that is the file and the spool holds at most a copy of it.
  const fs::path claimed = place->path(queue::claimed_name(submission.id));
  const fs::path from = stands(claimed) ? claimed : data;
  if (!stands(from)) return std::optional<fs::path>();
  if (one_file(from, place->path(submission.file_name))) {
    if (auto removed = files.remove(from); !removed) return removed.error();
    return std::optional(queue::origin_path(sidecar));
  }
  return move_back(files, sidecar, *place, from);
}

}  // namespace dropload::intake
