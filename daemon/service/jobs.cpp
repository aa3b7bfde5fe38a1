#include "daemon/service/jobs.h"

#include "common/base/text.h"
#include "common/db/query.h"
#include "daemon/service/service_database.h"
#include "daemon/service/units.h"

namespace dropload::service {
namespace {

// Existing tables go by their view's id. A table that is still to be made goes by its name, in any case of its letters,
// as the warehouse compares names.
std::string name_key(const std::string& workspace_id, std::string_view table_name) {
  return workspace_id + "/" + lower(table_name);
}

std::string table_key(const NewJob& job) {
  return job.view_id ? *job.view_id : name_key(job.workspace_id, job.table_name);
}

Error not_in_state(std::string_view id, std::string_view state) {
  return error(Errc::stale, "import job {} is not {}", id, state);
}

}  // namespace

Result<std::unique_ptr<Jobs>> Jobs::open(db::Database& database, JobLimits limits) {
  return guarded("cannot read the jobs", [&]() -> Result<std::unique_ptr<Jobs>> {
    std::unique_ptr<Jobs> jobs(new Jobs(database, limits));
    db::Query(database, "UPDATE job SET state = 'queued' WHERE state = 'running'").run();
    db::Query query(database, "SELECT id FROM organization");
    while (query.step()) jobs->note_open(query.get<std::string>(0));
    return jobs;
  });
}

int Jobs::count_open(std::string_view organization_id) {
  db::Query query(database_, "SELECT count(*) FROM job WHERE organization_id = ? AND ended_at IS NULL",
                  organization_id);
  query.step();
  return query.get<int>(0);
}

int Jobs::slots_of(std::string_view organization_id) const {
  const auto strangers = strangers_.find(organization_id);
  return limits_.max_open - (strangers == strangers_.end() ? 0 : strangers->second);
}

void Jobs::note_open(std::string_view organization_id) {
  most_open_ = std::max(most_open_.load(), count_open(organization_id));
}

Result<bool> Jobs::has_room(std::string_view organization_id) {
  return guarded("cannot count the jobs",
                 [&]() -> Result<bool> { return count_open(organization_id) < slots_of(organization_id); });
}

Result<bool> Jobs::is_to_make(const std::string& workspace_id, std::string_view table_name) {
  return guarded("cannot look for a table's job", [&]() -> Result<bool> {
    db::Query query(database_, "SELECT 1 FROM job WHERE table_key = ? AND ended_at IS NULL",
                    name_key(workspace_id, table_name));
    return query.step();
  });
}

Result<bool> Jobs::add(const NewJob& job, Time now) {
  return guarded("cannot queue a job", [&]() -> Result<bool> {
    std::optional<std::string> key;
    if (job.batch) key = job.batch->key;
    const bool is_closed = !job.batch || job.batch->is_last;
    const bool commits_at_end = !job.batch || job.batch->commits_at_end;
    SQLite::Transaction transaction(database_.raw());
    const int added =
        db::Query(database_,
                  "INSERT INTO job (id, organization_id, workspace_id, view_id, table_key, config, state, created_at, "
                  "batch_key, awaits_batch, is_closed, commits_at_end, last_step_at, callback_url, account) "
                  "SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?9, ?10, ?11, ?12, ?7, ?13, ?14 "
                  "WHERE (SELECT count(*) FROM job WHERE organization_id = ?2 AND ended_at IS NULL) < ?8",
                  job.id, job.organization_id, job.workspace_id, job.view_id, table_key(job), job.config, now,
                  slots_of(job.organization_id), key, commits_at_end && !is_closed, is_closed, commits_at_end,
                  job.callback_url, job.account)
            .run();
    if (added == 1 && job.batch) {
      db::Query(database_, "INSERT INTO batch (job_id, number, file) VALUES (?, 1, ?)", job.id, job.batch->file).run();
    }
    transaction.commit();
    note_open(job.organization_id);
    return added == 1;
  });
}

Result<std::vector<Job>> Jobs::startable() {
  return guarded("cannot look for jobs to start", [&]() -> Result<std::vector<Job>> {
    // With min(), SQLite takes the other columns from the row that holds the minimum (lang_select.html, 2.5).
    db::Query query(database_,
                    "SELECT id, workspace_id, coalesce(view_id, made_view_id), config, view_id IS NULL, "
                    "batch_key IS NOT NULL, commits_at_end FROM (SELECT *, min(seq) AS first FROM job "
                    "WHERE ended_at IS NULL GROUP BY organization_id, table_key HAVING sum(state = 'running') = 0) "
                    "WHERE awaits_batch = 0 ORDER BY first");
    std::vector<Job> jobs;
    while (query.step()) {
      Job& job = jobs.emplace_back();
      job.id = query.get<std::string>(0);
      job.workspace_id = query.get<std::string>(1);
      job.view_id = query.get<std::optional<std::string>>(2);
      job.config = query.get<std::string>(3);
      job.makes_table = query.get<bool>(4);
      job.has_batches = query.get<bool>(5);
      set_files(job, query.get<bool>(6));
    }
    return jobs;
  });
}

Result<void> Jobs::start(std::string_view id) {
  return guarded("cannot start a job", [&]() -> Result<void> {
    const int changed =
        db::Query(database_, "UPDATE job SET state = 'running' WHERE id = ? AND state = 'queued'", id).run();
    if (changed == 0) return not_in_state(id, "queued");
    return {};
  });
}

Result<void> Jobs::finish(std::string_view id, zoho::JobDetails details, Time now) {
  return guarded("cannot record the end of a job", [&]() -> Result<void> {
    SQLite::Transaction transaction(database_.raw());
    if (!end(id, "running", std::move(details), now)) return not_in_state(id, "running");
    transaction.commit();
    return {};
  });
}

// Within the caller's transaction. False when the job is not in that state.
bool Jobs::end(std::string_view id, std::string_view from_state, zoho::JobDetails details, Time now) {
  db::Query key(database_, "SELECT batch_key FROM job WHERE id = ?", id);
  if (key.step()) details.batch_key = key.get<std::optional<std::string>>(0);
  details.forgotten_at = now + limits_.summary_kept;
  const std::string text = zoho::encode_job_details(details);
  const std::string_view state = details.code == zoho::JobCode::completed ? "completed" : "failed";
  const int changed =
      db::Query(database_, "UPDATE job SET state = ?, ended_at = ?, details = ? WHERE id = ? AND state = ?", state, now,
                text, id, from_state)
          .run();
  if (changed == 0) return false;
  const auto committed = details.summary ? std::nullopt : total_of(id);
  db::Query(database_,
            "INSERT OR REPLACE INTO last_import (view_id, ended_at, details, committed) "
            "SELECT coalesce(view_id, made_view_id, ?1), ended_at, details, ?3 FROM job "
            "WHERE id = ?2 AND coalesce(view_id, made_view_id, ?1) IS NOT NULL",
            details.view_id, id, committed ? std::optional(zoho::encode_job_details(*committed)) : std::nullopt)
      .run();
  charge_units(database_, id, units_of(committed.value_or(details)), now);
  return true;
}

Result<std::optional<zoho::JobDetails>> Jobs::details(std::string_view workspace_id, std::string_view id, Time now) {
  using Found = std::optional<zoho::JobDetails>;
  return guarded("cannot read a job", [&]() -> Result<Found> {
    db::Query query(database_,
                    "SELECT state, ended_at, details, batch_key, EXISTS (SELECT 1 FROM batch WHERE job_id = job.id "
                    "AND batch.details IS NOT NULL) FROM job WHERE id = ? AND workspace_id = ?",
                    id, workspace_id);
    if (!query.step()) return Found();
    const auto ended = query.get<std::optional<Time>>(1);
    if (ended && *ended + limits_.summary_kept <= now) return Found();
    if (ended) {
      auto stored = zoho::decode_job_details(query.get<std::string>(2));
      if (!stored)
        return error(Errc::corrupt, "the stored end of job {} cannot be read: {}", id, stored.error().message);
      return Found(std::move(*stored));
    }
    zoho::JobDetails open;
    open.job_id = id;
    open.batch_key = query.get<std::optional<std::string>>(3);
    const bool has_begun = query.get<std::string>(0) == "running" || query.get<bool>(4);
    open.code = has_begun ? zoho::JobCode::in_progress : zoho::JobCode::not_initiated;
    return Found(std::move(open));
  });
}

Result<std::optional<std::string>> Jobs::creator(std::string_view id) {
  using Found = std::optional<std::string>;
  return guarded("cannot read a job", [&]() -> Result<Found> {
    db::Query query(database_, "SELECT account FROM job WHERE id = ?", id);
    return query.step() ? query.get<Found>(0) : Found();
  });
}

Result<std::optional<LastImport>> Jobs::last_import(std::string_view view_id) {
  using Found = std::optional<LastImport>;
  return guarded("cannot read the last import", [&]() -> Result<Found> {
    db::Query query(database_, "SELECT ended_at, details, committed FROM last_import WHERE view_id = ?", view_id);
    if (!query.step()) return Found();
    LastImport last{query.get<Time>(0), {}};
    auto stored = zoho::decode_job_details(query.get<std::string>(1));
    if (stored) last.details = std::move(*stored);
    if (const auto committed = query.get<std::optional<std::string>>(2); stored && committed) {
      stored = zoho::decode_job_details(*committed);
      if (stored) last.committed = std::move(*stored);
    }
    if (stored) return Found(std::move(last));
    return error(Errc::corrupt, "the stored import of view {} cannot be read: {}", view_id, stored.error().message);
  });
}

Result<std::vector<std::string>> Jobs::forgotten(Time now) {
  return guarded("cannot list forgotten jobs", [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> ids;
    db::Query query(database_, "SELECT id FROM job WHERE ended_at <= ?", now - limits_.summary_kept);
    while (query.step()) ids.push_back(query.get<std::string>(0));
    return ids;
  });
}

Result<void> Jobs::remove(const std::vector<std::string>& ids) {
  if (ids.empty()) return {};
  return guarded("cannot remove forgotten jobs", [&]() -> Result<void> {
    SQLite::Transaction transaction(database_.raw());
    for (const std::string& id : ids) db::Query(database_, "DELETE FROM job WHERE id = ?", id).run();
    transaction.commit();
    return {};
  });
}

}  // namespace dropload::service
