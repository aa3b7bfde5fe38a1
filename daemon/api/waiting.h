#pragma once

// Why submissions wait, for those that are shown: what the runner would decide at this moment, told by
// schedule::explain.

#include <map>
#include <string>
#include <vector>

#include "daemon/api/api.h"
#include "daemon/schedule/scheduler.h"

namespace dropload::api {

// What the runner decides with, copied for the store thread.
struct Scheduling {
  std::vector<queue::OrganizationLimits> limits;
  std::map<std::string, schedule::OrganizationSettings> settings;
  Time now;
};
Scheduling scheduling_now(const Parts& parts);

// A sentence for each that is queued or being imported. On the store thread: one snapshot, and a few seeks for each of
// them, however many wait.
Result<std::map<queue::SubmissionId, std::string>> read_waits(queue::Store& store,
                                                              const std::vector<queue::Submission>& submissions,
                                                              const Scheduling& scheduling);

}  // namespace dropload::api
