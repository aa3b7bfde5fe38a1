#pragma once

// What a crash left in the spool, and what could not be put back. See Intake::recover.

#include <set>
#include <string>
#include <vector>

#include "daemon/intake/taking.h"

namespace dropload::intake {

struct Recovered {
  std::vector<std::string> sentences;        // for the log
  std::set<queue::SubmissionId> unfinished;  // what could not be mended now, but may be later
};

// The whole spool, at start. Errors: the store's, and those of reading the spool.
Result<Recovered> recover_spool(const TakingParts& parts);

// One entry that was unfinished. Errors: the store's.
Result<Recovered> recover_entry(const TakingParts& parts, queue::SubmissionId id);

}  // namespace dropload::intake
