#pragma once

// The rows of a completed job, told apart by the submissions that it carries, and held against what was counted in
// their files. Private to the room.

#include <span>
#include <vector>

#include "daemon/schedule/outcome.h"

namespace dropload::schedule {

std::vector<queue::PartSuccess> rows_of_parts(std::span<const JobContext> job, const zoho::JobDetails& details);

}  // namespace dropload::schedule
