#pragma once

// What the import service does, as far as a client's schedule depends on it: slots, the calls of a minute, jobs that
// take their time, faults. One organization. It also counts what a client must not do.

#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "daemon/target/target.h"

namespace dropload::sim {

struct ServiceSettings {
  Milliseconds latency{150};  // of a call, each way, and up to `jitter` more
  Milliseconds jitter{100};
  double upload_bytes_per_ms = 20'000;
  Milliseconds start_up{3'000};  // of a job
  double load_bytes_per_ms = 2'000;
  double noise = 0.1;           // a job takes up to so much more or less
  Milliseconds clock_ahead{0};  // the service's clock, of ours
  int max_jobs = zoho::max_jobs_of_an_organization;
  int calls_a_minute = 40;
  // A job that waits so long for its next batch has failed. Less than what the client allows for by what a call may be
  // under way when its sender has ended.
  Milliseconds series_kept{3'540'000};
};

struct Interval {
  Time from;
  Time until;
  int slots = 0;  // of strangers
  [[nodiscard]] bool has(Time t) const { return from <= t && t < until; }
};

struct ServiceFaults {  // each the part of calls, or jobs, that it strikes
  double lost_answer = 0;
  double broken_upload = 0;
  double server_error = 0;
  double too_fast = 0;  // 6045 although there was room
  double failed_load = 0;
  std::vector<Interval> outages;
  std::vector<Interval> strangers;
};

// What a call brings: a whole file, or one batch of it.
struct Load {
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t next = 0;    // where the next batch begins
  bool is_last = true;
  [[nodiscard]] bool only_closes() const { return is_last && offset == next; }
};

// Unlike the others: replaced by each import (by a series when its last batch is in), or loaded by jobs side by side.
struct TableRules {
  bool replaced = false;
  bool parallel = false;
};

struct ModelJob {
  std::string table;
  std::vector<queue::SubmissionId> carries;
  Time began_at{};
  Time ends_at;
  bool fails = false;
  bool open = false;     // of batches, the last of which is not in
  bool expired = false;  // open for too long
  bool in_batches = false;
  Time last_batch_at{};
  std::uint64_t next_offset = 0;
  bool summary_read = false;
  Time first_look{};  // the first status call
  int looks = 0;
};

class ServiceModel {
 public:
  ServiceModel(ServiceSettings settings, ServiceFaults faults, unsigned seed)
      : settings_(settings), faults_(std::move(faults)), random_(seed), load_random_(seed) {}

  [[nodiscard]] const ServiceSettings& settings() const { return settings_; }
  [[nodiscard]] bool is_away(Time now) const;
  // True for the part of the calls that a fault strikes.
  bool strikes(double part);
  [[nodiscard]] const ServiceFaults& faults() const { return faults_; }
  Milliseconds one_way();
  [[nodiscard]] Milliseconds time_to_send(std::uint64_t bytes) const;

  // Calls that arrive now. A first batch leaves the job open, until the last one is in.
  target::SubmitResult create(const std::string& table, const Load& load, std::vector<queue::SubmissionId> carries,
                              Time now);
  target::SubmitResult add_batch(const std::string& job, const Load& load, Time now);
  target::StatusResult status(const std::string& job, Time now);
  // A METADATA call: it does not count here.
  [[nodiscard]] target::LastImport last_import(const std::string& table, Time now) const;

  // How often the submission's rows are in the table, all of them.
  [[nodiscard]] int landed(queue::SubmissionId id) const;
  // The same of those of its rows that are in most often.
  [[nodiscard]] int most_often_landed(queue::SubmissionId id) const;
  // How often the server failed when the submission was to be imported: what may spend an attempt.
  [[nodiscard]] int failures_of(queue::SubmissionId id) const;
  // How many of a client's jobs are there now.
  [[nodiscard]] int jobs_at(Time now) const;
  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] int most_calls_a_minute() const { return most_calls_; }
  [[nodiscard]] int most_jobs() const { return most_jobs_; }
  [[nodiscard]] const std::map<std::string, ModelJob>& jobs() const { return jobs_; }
  // What a client did that the service's limits forbid, in words.
  std::vector<std::string> broken;
  // Jobs of a table that were begun beside another one, or out of the order of arrival: dropload must not, others may.
  std::vector<std::string> out_of_line;
  std::map<std::string, TableRules> rules;    // by table
  std::set<queue::SubmissionId> out_of_turn;  // those that a person sent again: they may come later than newer ones

 private:
  std::optional<target::Refused> call(Time now);
  void expire_open_jobs(Time now);
  std::optional<target::Refused> refuse_batch(const ModelJob& job, const Load& load);
  void load_into(ModelJob& job, const Load& load, Time now);
  void watch_line(const std::string& table, const std::vector<queue::SubmissionId>& carries, Time now);
  [[nodiscard]] int strangers_at(Time now) const;
  // With noise: drawn apart, so that it does not depend on how many calls are made.
  Milliseconds time_to_load(Milliseconds start_up, std::uint64_t bytes);

  ServiceSettings settings_;
  ServiceFaults faults_;
  std::mt19937 random_;
  std::mt19937 load_random_;
  std::deque<Time> window_;
  std::map<std::string, ModelJob> jobs_;
  std::map<std::string, Time> busy_until_;  // tables
  std::map<std::string, queue::SubmissionId> last_of_;
  std::map<queue::SubmissionId, int> landed_;
  std::map<std::pair<queue::SubmissionId, std::uint64_t>, int>
      batches_in_;  // of files that are not replaced; by offset
  int calls_ = 0;
  int most_calls_ = 0;
  int most_jobs_ = 0;
  std::map<queue::SubmissionId, int> failures_;
};

}  // namespace dropload::sim
