#include "common/db/query.h"
#include "daemon/queue/line.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"

namespace dropload::queue {
namespace {

using db::Query;

void take_ids(Query& query, std::vector<SubmissionId>& ids) {
  while (query.step()) ids.push_back(query.get<SubmissionId>(0));
}

std::vector<Job> read_jobs(Query& query) {
  std::vector<Job> jobs;
  while (query.step()) jobs.push_back(read_job(query));
  return jobs;
}

}  // namespace

Result<Submission> Store::find(SubmissionId id) {
  return read(database(), "cannot read the submission", [&](db::Database& d) -> Result<Submission> {
    auto found = submission_with(d, id);
    if (!found) return error(Errc::not_found, "there is no submission {}", id);
    found->findings = read_findings(d, id);
    return std::move(*found);
  });
}

Result<History> Store::history(const std::string& route, const TableKey& table) {
  return read(database(), "cannot read what was sent before",
              [&](db::Database& d) -> Result<History> { return history_of(d, route, table); });
}

Result<std::vector<Submission>> Store::list(const ListFilter& filter) {
  auto page = list_page(*this, filter);
  if (!page) return page.error();
  return std::move(page->submissions);
}

Result<std::vector<Job>> Store::jobs_of(SubmissionId id) {
  static const std::string sql =
      select_job + "WHERE j.id IN (SELECT job FROM job_part WHERE submission = ?) ORDER BY j.id";
  return read(database(), "cannot read the submission's jobs", [&](db::Database& d) -> Result<std::vector<Job>> {
    Query query(d, sql, id);
    return read_jobs(query);
  });
}

Result<std::vector<Event>> Store::events_of(SubmissionId id) {
  return read(database(), "cannot read the submission's timeline", [&](db::Database& d) -> Result<std::vector<Event>> {
    Query query(d, "SELECT at, what, text FROM event WHERE submission = ? ORDER BY id", id);
    std::vector<Event> events;
    while (query.step()) {
      events.push_back({id, query.get<Time>(0), query.get<std::string>(1), query.get<std::string>(2)});
    }
    return events;
  });
}

Result<Job> Store::find_job(JobId id) {
  static const std::string sql = select_job + "WHERE j.id = ?";
  return read(database(), "cannot read the job", [&](db::Database& d) -> Result<Job> {
    Query query(d, sql, id);
    if (!query.step()) return error(Errc::not_found, "there is no job {}", id);
    return read_job(query);
  });
}

Result<std::vector<JobPart>> Store::parts_of(JobId id) {
  return read(database(), "cannot read what the job carries", [&](db::Database& d) -> Result<std::vector<JobPart>> {
    Query query(d, "SELECT submission, first_line, own_line FROM job_part WHERE job = ? ORDER BY submission", id);
    std::vector<JobPart> parts;
    while (query.step()) {
      parts.push_back({query.get<SubmissionId>(0), query.get<std::int64_t>(1), query.get<std::int64_t>(2)});
    }
    return parts;
  });
}

Result<std::vector<Submission>> Store::behind(SubmissionId id, int most, Time now) {
  return read(database(), "cannot read what stands in line", [&](db::Database& d) -> Result<std::vector<Submission>> {
    std::vector<Submission> found;
    Query lane(d, "SELECT lane FROM submission WHERE id = ?", id);
    if (!lane.step()) return found;
    for (const auto& next : line_behind(d, lane.get<LaneId>(0), id, most)) {
      if (next.not_before && *next.not_before > now) break;
      if (auto submission = submission_with(d, next.submission)) found.push_back(std::move(*submission));
    }
    return found;
  });
}

Result<std::vector<Job>> Store::uploading_jobs() {
  static const std::string sql =
      select_job + "WHERE j.id IN (SELECT id FROM job WHERE holds_slot = 1 AND state = 'uploading') ORDER BY j.id";
  return read(database(), "cannot read the jobs that were interrupted",
              [&](db::Database& d) -> Result<std::vector<Job>> {
                Query query(d, sql);
                return read_jobs(query);
              });
}

Result<Backlog> Store::backlog() {
  return read(database(), "cannot count what is not finished", [&](db::Database& d) -> Result<Backlog> {
    Query query(
        d,
        "SELECT count(*), coalesce(sum(size), 0) FROM submission WHERE state IN ('queued', 'importing', 'held') "
        "UNION ALL SELECT count(*), coalesce(sum(size), 0) FROM submission WHERE ended_at IS NOT NULL AND "
        "retired_to IS NULL UNION ALL SELECT 0, coalesce(sum(size), 0) FROM package WHERE retired_to IS NULL");
    Backlog backlog;
    while (query.step()) {
      backlog.submissions += query.get<std::uint64_t>(0);
      backlog.bytes += query.get<std::uint64_t>(1);
    }
    return backlog;
  });
}

Result<std::vector<std::string>> Store::organizations() {
  return read(database(), "cannot list organizations", [&](db::Database& d) -> Result<std::vector<std::string>> {
    Query query(d, "SELECT DISTINCT organization FROM lane ORDER BY organization");
    std::vector<std::string> names;
    while (query.step()) names.push_back(query.get<std::string>(0));
    return names;
  });
}

Result<int> Store::running_jobs_of(const std::string& organization) {
  return read(database(), "cannot count the running jobs", [&](db::Database& d) -> Result<int> {
    Query query(d, "SELECT count(*) FROM job WHERE organization = ? AND holds_slot = 1 AND state = 'running'",
                organization);
    query.step();
    return query.get<int>(0);
  });
}

Result<std::vector<SubmissionId>> Store::ids_in_spool() {
  return read(database(), "cannot read what belongs into the spool",
              [&](db::Database& d) -> Result<std::vector<SubmissionId>> {
                std::vector<SubmissionId> ids;
                Query query(d,
                            "SELECT id FROM submission WHERE state IN ('queued', 'importing', 'held') AND NOT EXISTS "
                            "(SELECT 1 FROM body WHERE submission = submission.id) UNION ALL "
                            "SELECT id FROM submission WHERE ended_at IS NOT NULL AND retired_to IS NULL AND NOT "
                            "EXISTS (SELECT 1 FROM body WHERE submission = submission.id)");
                take_ids(query, ids);
                return ids;
              });
}

}  // namespace dropload::queue
