#pragma once

// The job table of service.db: every job from its acceptance until its summary is forgotten.
//
//   queued (1001) → running (1002) → completed (1004) | failed (1003) → forgotten (1005)
//
// After a restart what was running is queued again: loading a job twice does not double its rows (loader.h). The io
// thread's, but for most_open().

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

namespace dropload::service {

struct NewJob {
  std::string id;
  std::string organization_id;
  std::string workspace_id;
  std::optional<std::string> view_id;  // nothing: the job makes its table
  std::string table_name;              // of a table to be made
  std::string config;                  // CONFIG as it came; it has been decoded without a refusal
};

struct Job {
  std::string id;
  std::string workspace_id;
  std::optional<std::string> view_id;
  std::string config;
};

struct LastImport {
  Time ended;
  zoho::JobDetails details;
};

struct JobLimits {
  int max_open = 5;  // of an organization, queued or running
  Milliseconds summary_kept{3'600'000};
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
  // Queues the job behind those that were added before, durably, unless the organization's slots are all taken: then
  // false. The check and the insertion are one statement.
  Result<bool> add(const NewJob& job, Time now);

  // Queued jobs that may run now, in the order in which they were added: of each table the first, if none of its jobs
  // is running.
  Result<std::vector<Job>> startable();
  // queued → running. stale when it is not queued.
  Result<void> start(std::string_view id);
  // running → completed or failed, by the code of the details; sets their time of being forgotten and charges its units
  // (units.h). stale when it is not running.
  Result<void> finish(std::string_view id, zoho::JobDetails details, Time now);

  // What the job details call answers. Nothing when there never was such a job in the workspace or its summary is
  // forgotten.
  Result<std::optional<zoho::JobDetails>> details(std::string_view workspace_id, std::string_view id, Time now);
  // The last job of a view that has ended, however long ago.
  Result<std::optional<LastImport>> last_import(std::string_view view_id);

  // Jobs that are queued or running.
  Result<std::vector<std::string>> open_jobs();
  // Jobs whose summaries are forgotten and whose rows are still there, and removing those rows.
  Result<std::vector<std::string>> forgotten(Time now);
  Result<void> remove(const std::vector<std::string>& ids);

  // The highest number of open jobs of an organization since open(). Any thread.
  [[nodiscard]] int most_open() const { return most_open_; }

 private:
  Jobs(db::Database& database, JobLimits limits) : database_(database), limits_(limits) {}
  int count_open(std::string_view organization_id);
  [[nodiscard]] int slots_of(std::string_view organization_id) const;
  void note_open(std::string_view organization_id);

  db::Database& database_;
  JobLimits limits_;
  std::map<std::string, int, std::less<>> strangers_;  // by organization
  std::atomic<int> most_open_ = 0;
};

}  // namespace dropload::service
