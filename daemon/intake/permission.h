#pragma once

// What this process may not do in a directory, and which command mends that. Blocks.

#include <filesystem>
#include <string>

#include "common/base/result.h"

namespace dropload::intake {

// "give dropload's user, sales (uid 998), the right to: `chown sales /srv/drop`, or …". The path is shown escaped.
std::string how_to_permit(const std::filesystem::path& directory);

// May files be moved out of the directory (and so into done/ beside them)? permission_denied, with what to do.
// `directory` may be a path through an open one.
Result<void> check_may_move(const std::filesystem::path& directory);

}  // namespace dropload::intake
