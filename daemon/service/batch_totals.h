#pragma once

// How a job of batches ended, from how its batches did. Pure.

#include <span>
#include <string>
#include <string_view>

#include "common/zoho/answers.h"

namespace dropload::service {

// Completed: the counts of all batches together, columns and view of the first, offences under a heading for each batch
// that has any, as their line numbers are counted in its own file. Of more than max_listed_offences (loader.h) in all,
// only the batches are named. REQUIRES: all completed, at least one.
zoho::JobDetails add_up(std::string_view job_id, std::span<const zoho::JobDetails> batches);

// Failed by the batch with this number. `others_stay`: those before it were committed.
zoho::JobDetails failed_batch(std::string_view job_id, int number, const zoho::JobDetails& failure, bool others_stay);

}  // namespace dropload::service
