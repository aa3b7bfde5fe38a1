#include <algorithm>

#include "common/db/query.h"
#include "daemon/queue/requests.h"
#include "daemon/queue/store_parts.h"

// How long the service takes: remembered for each table, and for all of an organization under lane 0.

namespace dropload::queue {
namespace {

using db::Query;

constexpr std::int64_t all_lanes = 0;

LearnedDuration learned_of(db::Database& database, const std::string& organization, std::int64_t lane) {
  Query query(database,
              "SELECT weight, bytes, ms, bytes_squared, bytes_ms, spread FROM learned_duration WHERE organization = ? "
              "AND lane = ?",
              organization, lane);
  if (!query.step()) return {};
  return {query.get<double>(0), query.get<double>(1), query.get<double>(2),
          query.get<double>(3), query.get<double>(4), query.get<double>(5)};
}

void put_learned(db::Database& database, const std::string& organization, std::int64_t lane,
                 const LearnedDuration& learned) {
  Query(database,
        "INSERT OR REPLACE INTO learned_duration (organization, lane, weight, bytes, ms, bytes_squared, bytes_ms, "
        "spread) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        organization, lane, learned.weight, learned.bytes, learned.ms, learned.bytes_squared, learned.bytes_ms,
        learned.spread)
      .run();
}

struct TimedJob {
  std::string organization;
  std::int64_t lane = 0;
  JobTiming timing;
};

std::optional<TimedJob> timed_job(db::Database& database, JobId id, Time now) {
  Query query(database,
              "SELECT organization, lane, sent_at, forgotten_at, batches, (SELECT sum(s.size) FROM job_part p JOIN "
              "submission s ON s.id = p.submission WHERE p.job = job.id) FROM job WHERE id = ?",
              id);
  if (!query.step()) return std::nullopt;
  TimedJob job{query.get<std::string>(0), query.get<std::int64_t>(1), {}};
  job.timing.sent_at = query.get<std::optional<Time>>(2).value_or(now);
  job.timing.ran_at = job.timing.sent_at;
  if (const auto forgotten_at = query.get<std::optional<Time>>(3)) {
    job.timing.ran_at = std::max(job.timing.sent_at, *forgotten_at - zoho::summary_kept_for);
  }
  job.timing.in_batches = query.get<int>(4) > 0;
  job.timing.bytes = query.get<std::uint64_t>(5);
  return job;
}

}  // namespace

Result<JobTiming> Store::timing_of(JobId id, const zoho::RequestLimits& limits, Time now) {
  return read(database(), "cannot read how long jobs took", [&](db::Database& d) -> Result<JobTiming> {
    auto job = timed_job(d, id, now);
    if (!job) return error(Errc::not_found, "there is no job {}", id);
    job->timing.table = learned_of(d, job->organization, job->lane);
    job->timing.organization = learned_of(d, job->organization, all_lanes);
    const auto used = request_window(d, {job->organization, 0, limits}, now).used(zoho::CallKind::bulk, now);
    job->timing.budget_used = static_cast<double>(used) / std::max(limits.bulk, 1);
    return job->timing;
  });
}

Result<void> Store::remember_durations(JobId id, const LearnedDuration& table, const LearnedDuration& organization) {
  return change(database(), "cannot remember how long the job took", [&](db::Database& d) -> Result<void> {
    const auto job = timed_job(d, id, {});
    if (!job) return error(Errc::not_found, "there is no job {}", id);
    put_learned(d, job->organization, job->lane, table);
    put_learned(d, job->organization, all_lanes, organization);
    return {};
  });
}

}  // namespace dropload::queue
