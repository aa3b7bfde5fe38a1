#include "common/db/query.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

int count_jobs_of(db::Database& database, SubmissionId id) {
  db::Query query(database, "SELECT count(*) FROM job_part WHERE submission = ?", id);
  query.step();
  return query.get<int>(0);
}

}  // namespace

Result<std::vector<Carried>> Store::carried_by(JobId id) {
  const auto parts = parts_of(id);
  if (!parts) return parts.error();
  return read(database(), "cannot read what the job carries", [&](db::Database& d) -> Result<std::vector<Carried>> {
    std::vector<Carried> carried;
    for (const auto& part : *parts) {
      auto submission = find(part.submission);
      if (!submission) return submission.error();
      const auto newer = newer_ran(part.submission);
      if (!newer) return newer.error();
      carried.push_back({part, std::move(*submission), count_jobs_of(d, part.submission), *newer});
    }
    return carried;
  });
}

}  // namespace dropload::queue
