#pragma once

// Where a job stands: the compare of compare-and-set.

#include <initializer_list>
#include <vector>

#include "common/base/result.h"
#include "common/db/query.h"
#include "daemon/queue/lanes.h"

namespace dropload::queue {

struct JobPlace {
  SubmissionId submission = 0;  // the first
  LaneId lane = 0;
};

// The job's submission and line, when it is in one of these states; else stale. not_found when there is no such job.
// Within the transaction that changes it.
Result<JobPlace> job_in(db::Database& database, JobId id, std::initializer_list<JobState> states);

// "" when there is no such job.
std::string organization_of(db::Database& database, JobId id);

// All that the job carries, in order of arrival.
std::vector<SubmissionId> submissions_of(db::Database& database, JobId id);

}  // namespace dropload::queue
