#include "common/db/query.h"
#include "daemon/queue/callbacks.h"
#include "daemon/queue/job_place.h"
#include "daemon/queue/line.h"
#include "daemon/queue/requests.h"
#include "daemon/queue/rows.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/strangers.h"

// A job's life while the service has it or may have it. How it ends: store_job_ends.cpp.

namespace dropload::queue {
namespace {

using db::Query;

// What begin_job has to know about a submission and its line.
struct Place {
  std::string state;
  std::string route;
  LaneId lane = 0;
  TableKey table;
  bool startable = false;
  bool is_head = false;
  Time head_at;
};

std::optional<Place> place_of(db::Database& database, SubmissionId id) {
  Query query(
      database,
      "SELECT s.state, s.route, s.lane, l.organization, l.workspace, l.tbl, l.startable, l.head_id IS s.id, l.head_at "
      "FROM submission s JOIN lane l ON l.id = s.lane WHERE s.id = ?",
      id);
  if (!query.step()) return std::nullopt;
  return Place{
      query.get<std::string>(0), query.get<std::string>(1),
      query.get<LaneId>(2),      {query.get<std::string>(3), query.get<std::string>(4), query.get<std::string>(5)},
      query.get<bool>(6),        query.get<bool>(7),
      query.get<Time>(8)};
}

int slots_held(db::Database& database, const std::string& organization) {
  Query query(database, "SELECT count(*) FROM job WHERE organization = ? AND holds_slot = 1", organization);
  query.step();
  return query.get<int>(0);
}

bool is_paused(db::Database& database, const std::string& organization, Time now) {
  return Query(database, "SELECT 1 FROM pause WHERE organization = ? AND (until IS NULL OR until > ?)", organization,
               now)
      .step();
}

bool is_paused_route(db::Database& database, const std::string& route) {
  return Query(database, "SELECT 1 FROM route_pause WHERE route = ?", route).step();
}

// Why the submission may not be started, if so.
std::optional<Error> why_not(db::Database& database, SubmissionId id, const Place& place,
                             const OrganizationLimits& organization, Time now) {
  if (place.table.organization != organization.name) {
    return error(Errc::invalid_argument, "submission {} is for organization {}, not {}", id, place.table.organization,
                 organization.name);
  }
  if (place.state != "queued") return error(Errc::stale, "submission {} is {}, not queued", id, place.state);
  if (!place.is_head) return error(Errc::stale, "submission {} is not the next of its table", id);
  if (!place.startable) return error(Errc::stale, "submission {} waits for the job that its table has", id);
  if (place.head_at > now) return error(Errc::stale, "submission {} waits until {}", id, to_rfc3339(place.head_at));
  if (is_paused(database, organization.name, now)) {
    return error(Errc::stale, "organization {} is paused", organization.name);
  }
  if (is_paused_route(database, place.route)) return error(Errc::stale, "route {} is paused", place.route);
  if (slots_held(database, organization.name) >= organization.max_jobs) {
    return error(Errc::stale, "all {} slots of organization {} are held", organization.max_jobs, organization.name);
  }
  return std::nullopt;
}

Error budget_is_used_up(const OrganizationLimits& organization) {
  return error(Errc::stale, "the request budget of organization {} has no room now", organization.name);
}

// Are the parts those that stand in the line one behind the other, from the head on?
std::optional<Error> why_not_together(db::Database& database, const std::vector<JobPart>& parts, const Place& place,
                                      Time now) {
  const auto others = parts.size() - 1;
  if (others == 0) return std::nullopt;
  const auto line = line_behind(database, place.lane, parts.front().submission, static_cast<int>(others));
  for (std::size_t i = 0; i < others; ++i) {
    const auto id = parts[i + 1].submission;
    if (i >= line.size() || line[i].submission != id) {
      return error(Errc::stale, "submission {} does not stand behind submission {}", id, parts[i].submission);
    }
    if (line[i].not_before && *line[i].not_before > now) {
      return error(Errc::stale, "submission {} waits until {}", id, to_rfc3339(*line[i].not_before));
    }
  }
  return std::nullopt;
}

JobId insert_job(db::Database& database, const std::vector<JobPart>& parts, const Place& place, bool in_batches,
                 Time now) {
  Query(database,
        "INSERT INTO job (submission, last_submission, lane, organization, state, in_batches, started_at) VALUES (?, "
        "?, ?, ?, 'uploading', ?, ?)",
        parts.front().submission, parts.back().submission, place.lane, place.table.organization, in_batches, now)
      .run();
  const JobId job = database.raw().getLastInsertRowid();
  for (const auto& part : parts) {
    Query(database,
          "UPDATE submission SET state = 'importing', reason = '', advice = '', code = NULL, not_before = NULL WHERE "
          "id = ?",
          part.submission)
        .run();
    Query(database, "INSERT INTO job_part (job, submission, first_line, own_line) VALUES (?, ?, ?, ?)", job,
          part.submission, part.first_line, part.own_line)
        .run();
    add_event(database, part.submission, now, "upload began",
              parts.size() == 1 ? fmt::format("job {}", job) : fmt::format("job {}, of {} files", job, parts.size()));
  }
  return job;
}

void note_start(db::Database& database, const Place& place, Time now) {
  Query(database, "UPDATE lane SET last_started_at = ? WHERE id = ?", now, place.lane).run();
  Query(database,
        "INSERT INTO route_start (route, last_started_at) VALUES (?, ?) ON CONFLICT (route) DO UPDATE SET "
        "last_started_at = "
        "excluded.last_started_at",
        place.route, now)
      .run();
  note_sent(database, place.table.organization, now);
  refresh_lane(database, place.lane);
}

}  // namespace

Result<Job> Store::begin_job(const std::vector<JobPart>& parts, const OrganizationLimits& organization,
                             const zoho::RequestCost& cost, Time now, bool in_batches) {
  if (parts.empty()) return error(Errc::invalid_argument, "a job carries at least one submission");
  if (in_batches && parts.size() > 1) return error(Errc::invalid_argument, "a series of batches carries one file");
  return change(database(), "cannot begin a job", [&](db::Database& d) -> Result<Job> {
    const auto id = parts.front().submission;
    const auto place = place_of(d, id);
    if (!place) return error(Errc::not_found, "there is no submission {}", id);
    if (auto reason = why_not(d, id, *place, organization, now)) return *reason;
    if (auto reason = why_not_together(d, parts, *place, now)) return *reason;
    Job job;
    job.id = insert_job(d, parts, *place, in_batches, now);
    if (!charge_if_it_fits(d, organization, cost, now, job.id)) return budget_is_used_up(organization);
    job.submission = id;
    job.parts = static_cast<int>(parts.size());
    job.table = place->table;
    job.in_batches = in_batches;
    job.started_at = now;
    note_start(d, *place, now);
    return job;
  });
}

Result<void> Store::mark_whole_sent(JobId id) {
  return change(database(), "cannot note that the whole file goes out", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::uploading}); !job) return job.error();
    Query(d, "UPDATE job SET whole_sent = 1 WHERE id = ?", id).run();
    return {};
  });
}

Result<void> Store::job_accepted(JobId id, const std::string& workspace_id, const std::string& remote_id,
                                 Time next_poll_at, Time now) {
  return change(database(), "cannot note that the service has the job", [&](db::Database& d) -> Result<void> {
    const auto job = job_in(d, id, {JobState::uploading});
    if (!job) return job.error();
    Query(d,
          "UPDATE job SET state = 'running', whole_sent = 1, workspace_id = ?, remote_id = ?, sent_at = ?, "
          "next_poll_at = ?, forgotten_at = ? "
          "WHERE id = ?",
          workspace_id, remote_id, now, next_poll_at, now + zoho::summary_kept_for, id)
        .run();
    heed_callback(d, id);
    for (const auto submission : submissions_of(d, id)) {
      add_event(d, submission, now, fmt::format("job {} accepted", remote_id), "");
    }
    note_slot_taken(d, organization_of(d, id), next_poll_at, now);
    return {};
  });
}

Result<Job> Store::begin_poll(JobId id, const OrganizationLimits& organization, Time next_poll_at, Time now) {
  return change(database(), "cannot begin a poll", [&](db::Database& d) -> Result<Job> {
    if (const auto job = job_in(d, id, {JobState::running}); !job) return job.error();
    if (!charge_if_it_fits(d, organization, {.bulk = 1}, now, id)) return budget_is_used_up(organization);
    Query(d, "UPDATE job SET polls = polls + 1, polled_at = ?, next_poll_at = ?, hint_due_at = NULL WHERE id = ?", now,
          next_poll_at, id)
        .run();
    return find_job(id);
  });
}

Result<void> Store::call_returned(JobId id, Time now) {
  return change(database(), "cannot note that a call has come back", [&](db::Database& d) -> Result<void> {
    calls_returned(d, id, now);
    return {};
  });
}

Result<void> Store::poll_all_at(Time at) {
  return change(database(), "cannot make the running jobs due", [&](db::Database& d) -> Result<void> {
    Query(d, "UPDATE job SET next_poll_at = ? WHERE holds_slot = 1 AND state = 'running' AND next_poll_at > ?", at, at)
        .run();
    Query(d, "UPDATE job SET next_look_at = ? WHERE holds_slot = 1 AND next_look_at > ?", at, at).run();
    Query(d, "UPDATE request SET at = ? WHERE at > ?", at, at).run();
    // Somebody may have mended what kept an original in the spool, and have started anew for that.
    Query(d, "UPDATE submission SET retire_at = ? WHERE ended_at IS NOT NULL AND retired_to IS NULL AND retire_at > ?",
          at, at)
        .run();
    calls_returned(d, {}, at);
    forget_times_ahead(d, at);
    return {};
  });
}

Result<void> Store::job_runs_on(JobId id, std::optional<int> code, const std::string& message, Time next_poll_at) {
  return change(database(), "cannot note that the job runs on", [&](db::Database& d) -> Result<void> {
    if (const auto job = job_in(d, id, {JobState::running}); !job) return job.error();
    if (code) {
      // It was running when this poll began, so its summary is kept at least that long after.
      Query(d,
            "UPDATE job SET next_poll_at = ?, remote_code = ?, message = ?, failed_polls = 0, forgotten_at = "
            "coalesce(polled_at, sent_at) + ? "
            "WHERE id = ?",
            next_poll_at, *code, message, zoho::summary_kept_for.count(), id)
          .run();
    } else {
      Query(d, "UPDATE job SET next_poll_at = ?, message = ?, failed_polls = failed_polls + 1 WHERE id = ?",
            next_poll_at, message, id)
          .run();
    }
    heed_callback(d, id);
    return {};
  });
}

Result<bool> Store::newer_ran(SubmissionId id) {
  return read(database(), "cannot look for newer jobs of the table", [&](db::Database& d) -> Result<bool> {
    Query query(d,
                "SELECT EXISTS (SELECT 1 FROM job j WHERE j.lane = s.lane AND j.last_submission > s.id AND (j.state <> "
                "'failed' OR j.remote_id IS NOT NULL) AND j.fate IS NOT 'not landed' AND NOT EXISTS (SELECT 1 FROM "
                "job_part p WHERE p.job = j.id AND "
                "p.submission = s.id)) FROM submission s WHERE s.id = ?",
                id);
    if (!query.step()) return error(Errc::not_found, "there is no submission {}", id);
    return query.get<bool>(0);
  });
}

Result<bool> Store::overtaken(SubmissionId id) {
  return read(database(), "cannot look for lost jobs of the submission", [&](db::Database& d) -> Result<bool> {
    Query lost(
        d,
        "SELECT EXISTS (SELECT 1 FROM job_part p JOIN job j ON j.id = p.job WHERE p.submission = ? AND j.state = "
        "'lost' AND j.fate IS NULL AND NOT EXISTS (SELECT 1 FROM event WHERE event.submission = p.submission AND what "
        "= 'released' "
        "AND at >= j.ended_at))",
        id);
    lost.step();
    if (!lost.get<bool>(0)) return false;
    return newer_ran(id);
  });
}

}  // namespace dropload::queue
