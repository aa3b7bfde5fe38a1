#pragma once

// Removes an original that was put away into done/ or failed/ and has lain there long enough, with its reason file and
// the directories that are empty then, up to that of the date. Blocks; pool.

#include <filesystem>

#include "common/base/files.h"
#include "daemon/queue/kept_files.h"

namespace dropload::intake {

enum class KeptFate {
  removed = 1,
  gone,          // nothing is there: we removed it before a crash, or somebody else did
  other,         // what is there is not the file that was put away, or not as it was then
  out_of_reach,  // not even done/ or failed/ is there: so perhaps its file system is not
};

// `base` is the drop directory, or the archive. No link is followed below it, and nothing outside of it is touched. A
// reason file that somebody has changed stays. Errors: those of HeldDirectory and Files; then it may be called again.
Result<KeptFate> remove_kept(Files& files, const std::filesystem::path& base, const queue::KeptFile& kept);

}  // namespace dropload::intake
