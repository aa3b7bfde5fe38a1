#include "daemon/intake/old_originals.h"

#include <unistd.h>

#include "common/base/crash_point.h"
#include "daemon/intake/held_directory.h"
#include "daemon/intake/moving.h"
#include "daemon/intake/names.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;

// Which of them is missing when the way there ends early.
Result<KeptFate> how_far(const HeldDirectory& root, const fs::path& below) {
  const auto first = root.enter(*below.begin());
  if (first) return KeptFate::gone;
  if (first.error().code == Errc::not_found) return KeptFate::out_of_reach;
  return first.error();
}

Result<KeptFate> without_the_file(const fs::path& original) {
  const auto there = stands(original);
  if (!there) return there.error();
  return *there ? KeptFate::other : KeptFate::gone;
}

// The reason goes first: an original that is gone would not lead to it any more after a crash.
Result<void> remove_both(Files& files, const HeldDirectory& place, const std::string& name,
                         const queue::KeptStamps& stamps) {
  const auto reason = place.path(name + std::string(reason_suffix));
  const auto there = stamp_of_file(reason);
  if (!there) return there.error();
  if (*there && *there == stamps.reason) {
    if (auto removed = remove_if_there(files, reason); !removed) return removed;
  }
  if (auto removed = remove_if_there(files, place.path(name)); !removed) return removed;
  crash_point("kept-removed");
  return files.sync_directory(place.path());
}

// rmdir is what tells whether one is empty. done/ and failed/ themselves stay.
void remove_empty_directories(const HeldDirectory& root, fs::path below) {
  while (below.has_parent_path()) {
    const auto parent = root.enter(below.parent_path());
    if (!parent || ::rmdir(parent->path(below.filename().string()).c_str()) != 0) return;
    below = below.parent_path();
  }
}

}  // namespace

Result<KeptFate> remove_kept(Files& files, const fs::path& base, const queue::KeptFile& kept) {
  const fs::path original(kept.retired_to);
  const auto below = original.parent_path().lexically_relative(base.lexically_normal());
  if (below.empty() || *below.begin() == ".." || *below.begin() == ".") return KeptFate::other;
  const auto root = HeldDirectory::open(base);
  if (!root) return root.error();
  const auto place = root->enter(below);
  if (!place && place.error().code == Errc::not_found) return how_far(*root, below);
  if (!place) return place.error();
  const auto name = original.filename().string();
  const auto there = stamp_of_file(place->path(name));
  if (!there) return there.error();
  KeptFate fate = KeptFate::removed;
  if (!*there) {
    const auto without = without_the_file(place->path(name));
    if (!without || *without == KeptFate::other || !kept.removing) return without;
    fate = *without;
  } else if (*there != kept.stamps.original) {
    return KeptFate::other;
  } else if (auto removed = remove_both(files, *place, name, kept.stamps); !removed) {
    return removed.error();
  }
  remove_empty_directories(*root, below);
  return fate;
}

}  // namespace dropload::intake
