#pragma once

// The end of a file: from the spool to done/<date>/ or failed/<date>/ beside where it was dropped, with a reason file next to a failed one.
//
//   <drop directory>/done/2026-11-23/sales.csv
//   <drop directory>/failed/2026-11-23/sales.csv   and   sales.csv.error.txt
//   <drop directory>/failed/2026-11-23/sales.2.csv  when the name is taken
//
// A submission that came over REST for a route without a drop directory ends below `archive` in the same way. Blocks; pool.

#include <filesystem>
#include <string>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/types.h"

namespace dropload::intake {

struct RetireSettings {
  std::filesystem::path archive;   // <state>/archive
  bool delete_when_done = false;
};

// Where the original now lies ("" when it was deleted). Runs again after a crash at any step and finds what it had done. Never replaces a file.
// Errors: no_space, permission_denied, io: the original is still in the spool.
Result<std::string> retire(queue::Spool& spool, Files& files, const RetireSettings& settings, const queue::Submission& submission,
                           Time now);

// The text of <name>.error.txt: what happened, in plain words, and what to do. Pure.
std::string error_text(const queue::Submission& submission);

}  // namespace dropload::intake
