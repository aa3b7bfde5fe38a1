#pragma once

// A dropped file that is not to be taken after all goes back to where it lay.

#include <filesystem>
#include <optional>

#include "common/base/files.h"
#include "daemon/queue/spool.h"

namespace dropload::intake {

// Where it lies now: under its old name, or under a numbered one when that has been taken since; nothing when it had
// not been touched. What is left of the spool entry is the caller's to remove. May be repeated. Blocks; errors: those
// of Files. REQUIRES: the submission was dropped.
Result<std::optional<std::filesystem::path>> put_back(queue::Spool& spool, Files& files, const queue::Sidecar& sidecar);

}  // namespace dropload::intake
