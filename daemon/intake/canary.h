#pragma once

// A file that is made in a drop directory only to hear of it: where its event does not come, neither do those of
// others, whatever the file system says of itself. Blocks.

#include <filesystem>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace dropload::intake {

constexpr Milliseconds canary_heard_within{1'000};

// Makes `canary_name` (ignoring.h) in this directory and removes it again. Errors: as of the system; then nothing can
// be told.
Result<void> send_canary(const std::filesystem::path& directory);

}  // namespace dropload::intake
