#pragma once

// The job table of service.db: every job from its acceptance until its summary is forgotten.
//
//   queued (1001) → running (1002) → completed (1004) | failed (1003) → forgotten (1005)
//
// A job of batches (import-api.md, section 5) is open, and holds its slot and its table, until its last batch is in.
// Where each batch is committed by itself it is queued again after each; while it has none to load it is awaiting one
// (1002 once a batch has been loaded). Where all are committed at the end it awaits the last and is then loaded as one.
// One that awaits a batch for too long expires: failed with 7232. A job that fails after some of its batches were
// committed has no summary, as none that failed has, but what stays in the table is paid for and kept as a part of the
// table's last import.
//
// After a restart what was running is queued again: loading a job, or a batch, twice does not double its rows
// (loader.h). The io thread's, but for most_open().

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/db/database.h"
#include "common/zoho/answers.h"
#include "common/zoho/limits.h"

namespace dropload::service {

// Batches that a job may have (7336).
inline constexpr int max_batches = zoho::max_batches_of_a_job;

struct FirstBatch {
  std::string key;   // of the job, for the calls that follow
  std::string file;  // its name in uploads/
  bool is_last = false;
  bool commits_at_end = false;  // of all batches: truncateadd
};

struct NewJob {
  std::string id;
  std::string organization_id;
  std::string workspace_id;
  std::optional<std::string> view_id;  // nothing: the job makes its table
  std::string table_name;              // of a table to be made
  std::string config;                  // CONFIG as it came; it has been decoded without a refusal
  std::optional<FirstBatch> batch{};   // of a job of batches
  std::optional<std::string> callback_url{};
  std::optional<std::string> account{};  // who creates it (Account::key) and alone may read it; nothing: everybody may
};

// What is to be loaded next of a job.
struct Job {
  std::string id;
  std::string workspace_id;
  std::optional<std::string> view_id;  // where the rows go; nothing: a table that is made
  std::string config;
  std::vector<std::string> files{};  // in uploads/, in order; several are loaded as one
  bool makes_table = false;          // the job does, though it may have done so with an earlier batch
  bool has_batches = false;
  std::optional<int> batch{};  // the number of the one batch that the file is; 1 is the first
};

// A job of batches as its key finds it.
struct BatchJob {
  std::string id;
  std::string workspace_id;
  std::optional<std::string> view_id;       // nothing: it makes its table
  std::optional<std::string> made_view_id;  // the table it has made
  int batches = 0;                          // accepted
  bool is_closed = false;                   // the last batch is in
  bool has_ended = false;
};

enum class BatchTaken { taken = 1, unknown_key, ended, closed, too_many };

// A callback that is to be sent now.
struct Callback {
  std::string job_id;
  std::string url;
  zoho::JobDetails details;
};

struct LastImport {
  Time ended;
  zoho::JobDetails details;
  // Of a job that failed: what the batches before had written, if any.
  std::optional<zoho::JobDetails> committed{};
};

struct JobLimits {
  int max_open = 5;  // of an organization: jobs that have not ended
  Milliseconds summary_kept{3'600'000};
  Milliseconds batch_wait{3'600'000};  // how long a job awaits its next batch
};

// Every call fails with the errors of SQLite, beside what is said.
class Jobs {
 public:
  // Queues again what was running.
  static Result<std::unique_ptr<Jobs>> open(db::Database& database, JobLimits limits);

  // So many slots of the organization are held by strangers from now on (a rehearsal's; 0 at the start).
  void give_to_strangers(const std::string& organization_id, int slots) { strangers_[organization_id] = slots; }
  // Has the organization a slot left?
  Result<bool> has_room(std::string_view organization_id);
  // Is there an open job that is to make a table of this name, which is not there yet?
  Result<bool> is_to_make(const std::string& workspace_id, std::string_view table_name);
  // Queues the job behind those that were added before, durably, unless the organization's slots are all taken: then
  // false. The check and the insertion are one statement.
  Result<bool> add(const NewJob& job, Time now);

  // Queued jobs that may run now, in the order in which they were added: of each table the first, if none of its jobs
  // is running.
  Result<std::vector<Job>> startable();
  // queued → running. stale when it is not queued.
  Result<void> start(std::string_view id);
  // running → completed or failed, by the code of the details; sets their time of being forgotten and charges the units
  // (units.h) of what was written. stale when it is not running.
  Result<void> finish(std::string_view id, zoho::JobDetails details, Time now);
  // The batch with this number has been loaded, with this end. running → failed when it failed; completed, with the
  // counts of all batches, when it was the last; else queued or awaiting the next. The job's end, if this was it. stale
  // when it is not running.
  Result<std::optional<zoho::JobDetails>> finish_batch(std::string_view id, int number, const zoho::JobDetails& details,
                                                       Time now);

  // Ended jobs are found as long as their summaries are kept.
  Result<std::optional<BatchJob>> find_batch_job(std::string_view key);
  // Adds the next batch, durably, in the order of these calls.
  Result<BatchTaken> add_batch(std::string_view key, const std::string& file, bool is_last, Time now);
  // Ends the jobs that have awaited a batch for too long; their ids.
  Result<std::vector<std::string>> expire(Time now);
  // When the next one is due.
  Result<std::optional<Time>> next_expiry();

  // An ended job's callback, each once: it is no longer due when this returns, so that no crash sends it twice.
  Result<std::optional<Callback>> take_callback();

  // What the job details call answers. Nothing when there never was such a job in the workspace or its summary is
  // forgotten.
  Result<std::optional<zoho::JobDetails>> details(std::string_view workspace_id, std::string_view id, Time now);
  // Who has created the job and alone may read it; nothing when everybody may.
  Result<std::optional<std::string>> creator(std::string_view id);
  // The last job of a view that has ended, however long ago.
  Result<std::optional<LastImport>> last_import(std::string_view view_id);

  // The files in uploads/ that are still to be loaded.
  Result<std::vector<std::string>> open_files();
  // Those of this job, ended or not, that have not been loaded batch by batch.
  Result<std::vector<std::string>> files_of(std::string_view id);
  // Jobs whose summaries are forgotten and whose rows are still there, and removing those rows.
  Result<std::vector<std::string>> forgotten(Time now);
  Result<void> remove(const std::vector<std::string>& ids);

  // The highest number of open jobs of an organization since open(). Any thread.
  [[nodiscard]] int most_open() const { return most_open_; }

 private:
  Jobs(db::Database& database, JobLimits limits) : database_(database), limits_(limits) {}
  bool end(std::string_view id, std::string_view from_state, zoho::JobDetails details, Time now);
  void set_files(Job& job, bool commits_at_end);
  std::optional<zoho::JobDetails> total_of(std::string_view id);
  std::optional<zoho::JobDetails> after_batch(std::string_view id, int number, const zoho::JobDetails& details,
                                              Time now);
  int count_open(std::string_view organization_id);
  [[nodiscard]] int slots_of(std::string_view organization_id) const;
  void note_open(std::string_view organization_id);

  db::Database& database_;
  JobLimits limits_;
  std::map<std::string, int, std::less<>> strangers_;  // by organization
  std::atomic<int> most_open_ = 0;
};

}  // namespace dropload::service
