#include "daemon/queue/job_place.h"

#include <algorithm>

namespace dropload::queue {

Result<JobPlace> job_in(db::Database& database, JobId id, std::initializer_list<JobState> states) {
  db::Query query(database, "SELECT submission, lane, state FROM job WHERE id = ?", id);
  if (!query.step()) return error(Errc::not_found, "there is no job {}", id);
  const auto word = query.get<std::string>(2);
  const bool expected = std::any_of(states.begin(), states.end(), [&](JobState s) { return to_string(s) == word; });
  if (!expected) return error(Errc::stale, "job {} is {}, not {}", id, word, to_string(*states.begin()));
  return JobPlace{query.get<SubmissionId>(0), query.get<LaneId>(1)};
}

std::string organization_of(db::Database& database, JobId id) {
  db::Query query(database, "SELECT organization FROM job WHERE id = ?", id);
  return query.step() ? query.get<std::string>(0) : "";
}

std::vector<SubmissionId> submissions_of(db::Database& database, JobId id) {
  db::Query query(database, "SELECT submission FROM job_part WHERE job = ? ORDER BY submission", id);
  std::vector<SubmissionId> submissions;
  while (query.step()) submissions.push_back(query.get<SubmissionId>(0));
  return submissions;
}

}  // namespace dropload::queue
