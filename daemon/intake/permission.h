#pragma once

// What this process may not do in a directory, and which command mends that. Blocks.

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dropload::intake {

// "give dropload's user, sales (uid 998), the right to: `chown sales /srv/drop`, or …". The path is shown escaped.
std::string how_to_permit(const std::filesystem::path& directory);

// May files be moved out of the directory (and so into done/ beside them)? permission_denied, with what to do.
// `directory` may be a path through an open one.
Result<void> check_may_move(const std::filesystem::path& directory);

// Why a file could not be moved out of the directory all the same: of one with the sticky bit, what to do.
Error why_not_moved(const Error& why, const std::filesystem::path& directory);

// The same for a directory of dropload's own and all that is in it: the error of what failed there, with the commands
// that give it to dropload's user, when rights are what is missing.
Error with_how_to_own(const Error& why, const std::filesystem::path& directory);

// May these files be read and written, as far as they are there? permission_denied, with what to do for the directory
// that they lie in.
Result<void> check_may_use(const std::filesystem::path& directory, std::initializer_list<std::string_view> names);

}  // namespace dropload::intake
