#include "common/db/query.h"
#include "daemon/queue/callbacks.h"
#include "daemon/queue/job_place.h"
#include "daemon/queue/requests.h"
#include "daemon/queue/store_parts.h"

// Looking for lost jobs. How one is settled: store_job_ends.cpp.

namespace dropload::queue {
namespace {

using db::Query;

// So many jobs of the table are looked through for the one before: those of the newest submissions.
constexpr int most_earlier_jobs = 32;

bool runs_several_at_once(db::Database& database, LaneId lane) {
  Query query(database, "SELECT parallel FROM lane WHERE id = ?", lane);
  return query.step() && query.get<bool>(0);
}

void read_other_jobs(db::Database& database, LaneId lane, LostFacts& facts) {
  const bool several = runs_several_at_once(database, lane);
  Query query(
      database,
      "SELECT ended_at, summary, state, fate FROM job WHERE lane = ? AND (state <> 'failed' OR remote_id IS NOT "
      "NULL) AND id <> ? ORDER BY last_submission DESC LIMIT ?",
      lane, facts.job.id, most_earlier_jobs);
  while (query.step()) {
    const auto ended_at = query.get<std::optional<Time>>(0);
    const bool never_landed = query.get<std::optional<std::string>>(3) == "not landed";
    // On an ordered line a lost one blocked the line for as long as it might run; else it may have run at any time.
    const bool is_unknown = several && query.get<std::string>(2) == "lost" && !query.get<std::optional<std::string>>(3);
    if (!ended_at || *ended_at > facts.job.started_at || is_unknown) {
      facts.others_ran = facts.others_ran || !never_landed;
      continue;
    }
    if (query.get<std::string>(1).empty() || never_landed) continue;
    if (facts.earlier_ended_at && *facts.earlier_ended_at >= *ended_at) continue;
    facts.earlier_ended_at = ended_at;
    facts.earlier_summary = query.get<std::string>(1);
  }
}

}  // namespace

Result<Job> Store::begin_look(JobId id, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                              Time next_look_at, Time now) {
  return change(database(), "cannot begin a look", [&](db::Database& d) -> Result<Job> {
    if (const auto job = job_in(d, id, {JobState::lost}); !job) return job.error();
    if (!charge_if_it_fits(d, organization, cost, now, id)) {
      return error(Errc::stale, "the request budget of organization {} has no room now", organization.name);
    }
    const int changed =
        Query(d,
              "UPDATE job SET next_look_at = ?, polled_at = ?, hint_due_at = NULL WHERE id = ? AND next_look_at IS NOT "
              "NULL",
              next_look_at, now, id)
            .run();
    if (changed != 1) return error(Errc::stale, "nobody looks for job {} any more", id);
    return find_job(id);
  });
}

Result<void> Store::look_again(JobId id, bool answered, Time next_look_at) {
  return change(database(), "cannot note a look", [&](db::Database& d) -> Result<void> {
    const int changed =
        Query(d,
              answered ? "UPDATE job SET next_look_at = ?, looks = looks + 1, failed_polls = 0 WHERE id = ? AND "
                         "next_look_at IS NOT NULL"
                       : "UPDATE job SET next_look_at = ?, failed_polls = failed_polls + 1 WHERE id = ? AND "
                         "next_look_at IS NOT NULL",
              next_look_at, id)
            .run();
    if (changed != 1) return error(Errc::stale, "nobody looks for job {} any more", id);
    heed_callback(d, id);
    return {};
  });
}

Result<LostFacts> Store::lost_facts(JobId id) {
  return read(database(), "cannot read what is known of the lost job", [&](db::Database& d) -> Result<LostFacts> {
    LostFacts facts;
    auto job = find_job(id);
    if (!job) return job.error();
    facts.job = std::move(*job);
    const auto place = job_in(d, id, {JobState::lost});
    if (!place) return place.error();
    read_other_jobs(d, place->lane, facts);
    auto carried = carried_by(id);
    if (!carried) return carried.error();
    facts.parts = std::move(*carried);
    return facts;
  });
}

}  // namespace dropload::queue
