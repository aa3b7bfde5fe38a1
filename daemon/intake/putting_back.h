#pragma once

// A dropped file that is not to be taken after all goes back to where it lay.

#include <filesystem>
#include <optional>

#include "common/base/files.h"
#include "daemon/intake/held_directory.h"
#include "daemon/queue/spool.h"

namespace dropload::intake {

// True when it lies under its old name again, false when it had not been touched or somebody has removed it. What is
// left of the spool entry is the caller's to remove. May be repeated. What has the name under which this submission
// claims is its own: an intake does not begin where there is one already. Blocks. Errors: unavailable (the drop
// directory is missing, or its file system is not mounted), already_exists (a new file has the name), those of Files:
// the file is where it was. REQUIRES: the submission was dropped.
Result<bool> put_back(queue::Spool& spool, Files& files, const queue::Sidecar& sidecar);

// Of an accepted submission: the name of its original, as far as it is still claimed in its directory; nothing when
// there is no such file, or when it is another's.
Result<std::optional<std::filesystem::path>> claimed_file(const queue::Sidecar& sidecar, const HeldDirectory& place);

}  // namespace dropload::intake
