#include "common/db/query.h"
#include "daemon/service/batch_totals.h"
#include "daemon/service/jobs.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

std::vector<std::string> texts_of(db::Query& query) {
  std::vector<std::string> texts;
  while (query.step()) texts.push_back(query.get<std::string>(0));
  return texts;
}

// What is stored was written by us, so what cannot be read counts as nothing.
zoho::JobDetails stored_details(const std::string& text) {
  auto details = zoho::decode_job_details(text);
  if (!details) {
    spdlog::error("import service: the stored end of a batch cannot be read: {}", details.error().message);
    return {};
  }
  return std::move(*details);
}

zoho::JobDetails expired(std::string_view id, bool commits_at_end, Milliseconds wait) {
  zoho::JobDetails details;
  details.job_id = id;
  details.code = zoho::JobCode::failed;
  details.error_code = 7232;
  details.error_message = fmt::format(
      "The import was aborted: no batch came within {} seconds of the one before, and none was marked as the last "
      "(isLastBatch). {}",
      wait.count() / 1000,
      commits_at_end ? "Nothing was written." : "The batches that came were imported and stay in the table.");
  return details;
}

}  // namespace

// All that waits together, or the first batch that has not been loaded.
void Jobs::set_files(Job& job, bool commits_at_end) {
  if (!job.has_batches) {
    job.files = {job.id};
    return;
  }
  db::Query query(database_, "SELECT file, number FROM batch WHERE job_id = ? AND details IS NULL ORDER BY number",
                  job.id);
  while (query.step()) {
    job.files.push_back(query.get<std::string>(0));
    if (commits_at_end) continue;
    job.batch = query.get<int>(1);
    return;
  }
}

Result<std::optional<BatchJob>> Jobs::find_batch_job(std::string_view key) {
  using Found = std::optional<BatchJob>;
  return guarded("cannot look for a batch job", [&]() -> Result<Found> {
    db::Query query(database_,
                    "SELECT id, workspace_id, view_id, made_view_id, is_closed, ended_at IS NOT NULL, "
                    "(SELECT count(*) FROM batch WHERE job_id = job.id) FROM job WHERE batch_key = ?",
                    key);
    if (!query.step()) return Found();
    BatchJob job;
    job.id = query.get<std::string>(0);
    job.workspace_id = query.get<std::string>(1);
    job.view_id = query.get<std::optional<std::string>>(2);
    job.made_view_id = query.get<std::optional<std::string>>(3);
    job.is_closed = query.get<bool>(4);
    job.has_ended = query.get<bool>(5);
    job.batches = query.get<int>(6);
    return Found(std::move(job));
  });
}

Result<BatchTaken> Jobs::add_batch(std::string_view key, const std::string& file, bool is_last, Time now) {
  return guarded("cannot add a batch", [&]() -> Result<BatchTaken> {
    SQLite::Transaction transaction(database_.raw());
    const auto found = find_batch_job(key);
    if (!found) return found.error();
    if (!*found) return BatchTaken::unknown_key;
    const BatchJob& job = **found;
    if (job.is_closed) return BatchTaken::closed;
    if (job.has_ended) return BatchTaken::ended;
    if (job.batches >= max_batches) return BatchTaken::too_many;
    db::Query(database_, "INSERT INTO batch (job_id, number, file) VALUES (?, ?, ?)", job.id, job.batches + 1, file)
        .run();
    db::Query(
        database_,
        "UPDATE job SET is_closed = ?1, awaits_batch = commits_at_end AND NOT ?1, last_step_at = ?2 WHERE id = ?3",
        is_last, now, job.id)
        .run();
    transaction.commit();
    return BatchTaken::taken;
  });
}

// What its batches that were loaded by themselves have written; nothing when there is none. Within the caller's
// transaction.
std::optional<zoho::JobDetails> Jobs::total_of(std::string_view id) {
  std::vector<zoho::JobDetails> parts;
  db::Query query(database_, "SELECT details FROM batch WHERE job_id = ? AND details IS NOT NULL ORDER BY number", id);
  while (query.step()) parts.push_back(stored_details(query.get<std::string>(0)));
  return parts.empty() ? std::nullopt : std::optional(add_up(id, parts));
}

// Within the caller's transaction. The job's end, if this was its last batch; else it is queued again, or awaits one.
std::optional<zoho::JobDetails> Jobs::after_batch(std::string_view id, int number, const zoho::JobDetails& details,
                                                  Time now) {
  db::Query(database_, "UPDATE batch SET details = ? WHERE job_id = ? AND number = ?",
            zoho::encode_job_details(details), id, number)
      .run();
  // Jobs into a table that a batch has made come after this one.
  db::Query(database_, "UPDATE job SET made_view_id = ?1, table_key = ?1 WHERE id = ?2 AND ?1 IS NOT NULL",
            details.view_id, id)
      .run();
  db::Query left(database_, "SELECT count(*) FROM batch WHERE job_id = ? AND details IS NULL", id);
  const bool has_more = left.step() && left.get<int>(0) > 0;
  const int goes_on = db::Query(database_,
                                "UPDATE job SET state = 'queued', awaits_batch = ?1, last_step_at = ?2 "
                                "WHERE id = ?3 AND state = 'running' AND NOT (is_closed AND ?1)",
                                !has_more, now, id)
                          .run();
  if (goes_on == 1) return std::nullopt;
  return total_of(id);
}

Result<std::optional<zoho::JobDetails>> Jobs::finish_batch(std::string_view id, int number,
                                                           const zoho::JobDetails& details, Time now) {
  using Ended = std::optional<zoho::JobDetails>;
  return guarded("cannot record the end of a batch", [&]() -> Result<Ended> {
    SQLite::Transaction transaction(database_.raw());
    const bool has_failed = details.code == zoho::JobCode::failed;
    auto ended =
        has_failed ? Ended(failed_batch(id, number, details, number > 1)) : after_batch(id, number, details, now);
    if (ended && !end(id, "running", *ended, now)) return error(Errc::stale, "import job {} is not running", id);
    transaction.commit();
    return ended;
  });
}

Result<std::vector<std::string>> Jobs::expire(Time now) {
  return guarded("cannot end jobs that await a batch", [&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> ids;
    SQLite::Transaction transaction(database_.raw());
    db::Query query(database_,
                    "SELECT id, commits_at_end FROM job WHERE awaits_batch = 1 AND ended_at IS NULL "
                    "AND last_step_at <= ?",
                    now - limits_.batch_wait);
    std::vector<std::pair<std::string, bool>> due;
    while (query.step()) due.emplace_back(query.get<std::string>(0), query.get<bool>(1));
    for (const auto& [id, commits_at_end] : due) {
      if (end(id, "queued", expired(id, commits_at_end, limits_.batch_wait), now)) ids.push_back(id);
    }
    transaction.commit();
    return ids;
  });
}

Result<std::optional<Time>> Jobs::next_expiry() {
  using Found = std::optional<Time>;
  return guarded("cannot look for jobs that await a batch", [&]() -> Result<Found> {
    db::Query query(database_, "SELECT min(last_step_at) FROM job WHERE awaits_batch = 1 AND ended_at IS NULL");
    if (!query.step()) return Found();
    const auto since = query.get<Found>(0);
    return since ? Found(*since + limits_.batch_wait) : Found();
  });
}

Result<std::optional<Callback>> Jobs::take_callback() {
  using Found = std::optional<Callback>;
  return guarded("cannot look for callbacks", [&]() -> Result<Found> {
    SQLite::Transaction transaction(database_.raw());
    Found found;
    {
      db::Query query(database_,
                      "SELECT id, callback_url, details FROM job WHERE callback_url IS NOT NULL "
                      "AND ended_at IS NOT NULL ORDER BY seq LIMIT 1");
      if (!query.step()) return found;
      found = Callback{query.get<std::string>(0), query.get<std::string>(1), stored_details(query.get<std::string>(2))};
    }
    db::Query(database_, "UPDATE job SET callback_url = NULL WHERE id = ?", found->job_id).run();
    transaction.commit();
    return found;
  });
}

Result<std::vector<std::string>> Jobs::open_files() {
  return guarded("cannot list the files of jobs", [&]() -> Result<std::vector<std::string>> {
    db::Query query(database_,
                    "SELECT id FROM job WHERE ended_at IS NULL AND batch_key IS NULL UNION ALL "
                    "SELECT file FROM batch JOIN job ON job.id = job_id WHERE ended_at IS NULL "
                    "AND batch.details IS NULL");
    return texts_of(query);
  });
}

Result<std::vector<std::string>> Jobs::files_of(std::string_view id) {
  return guarded("cannot list the files of a job", [&]() -> Result<std::vector<std::string>> {
    db::Query query(database_,
                    "SELECT id FROM job WHERE id = ?1 AND batch_key IS NULL UNION ALL "
                    "SELECT file FROM batch WHERE job_id = ?1 AND details IS NULL",
                    id);
    return texts_of(query);
  });
}

}  // namespace dropload::service
