#pragma once

// Files that wait for one table put together to one.

#include <optional>
#include <span>

#include "daemon/run/cargo.h"

namespace dropload::run {

// Puts the first of a line and as many behind it as schedule::how_many_together allows into one file: the header once,
// every line break outside of quotes LF, a missing last one added, in order of arrival. One whose bytes are not what
// was accepted ends it: it is found out about when it is its turn. Nothing when only the first would be left, or when
// what was made would not be read as its parts are. Blocks; pool. Errors: io, no_space for the scratch file.
Result<std::optional<Cargo>> merge_files(const Holds& holds, const queue::Route& route,
                                         std::span<const queue::Submission> line,
                                         const schedule::PackingLimits& limits);

}  // namespace dropload::run
