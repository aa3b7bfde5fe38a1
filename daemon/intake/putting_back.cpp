#include "daemon/intake/putting_back.h"

#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

constexpr int max_numbered_copies = 10'000;

}  // namespace

Result<std::optional<fs::path>> put_back(queue::Spool& spool, Files& files, const queue::Sidecar& sidecar) {
  const fs::path origin = queue::origin_path(sidecar);
  // Where a file was claimed in its own directory, that is the file and the spool holds at most a copy of it.
  const fs::path claimed = queue::claimed_path(sidecar);
  const fs::path from = stands(claimed) ? claimed : spool.data_path(sidecar.submission.id);
  if (!stands(from)) return std::optional<fs::path>();
  if (one_file(from, origin)) {
    if (auto removed = files.remove(from); !removed) return removed.error();
    return std::optional(origin);
  }
  if (auto made = make_durable_directories(files, origin.parent_path()); !made) return made.error();
  for (int n = 1; n <= max_numbered_copies; ++n) {
    const fs::path to = n == 1 ? origin : origin.parent_path() / numbered(sidecar.submission.file_name, n);
    const auto moved = files.rename_new(from, to);
    if (!moved && moved.error().code == Errc::already_exists) continue;
    if (!moved) return moved.error();
    if (auto synced = files.sync_directory(to.parent_path()); !synced) return synced.error();
    return std::optional(to);
  }
  return error(Errc::already_exists, "{} has {} files of this name already", origin.parent_path().string(),
               max_numbered_copies);
}

}  // namespace dropload::intake
