#pragma once

// Takes queued jobs to their end: starts what may run, has it loaded on the loader threads, records the end. A job's
// end is written by the loader in one transaction with its rows and only then recorded in service.db, so a process that
// dies in between records it at the next start and loads nothing twice. A batch that is committed by itself is loaded
// and recorded in the same way; a job that awaits its next batch for too long is ended.
//
// A full disk fails a job, as what it would need is not to be had by waiting; to record that, room is made: the
// warehouse's log, the reserve (RunnerSettings::make_room) and at last the job's upload are given up.
//
// On the io thread; only load() itself runs on the loader threads.

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include <boost/asio/io_context.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/http/deadline.h"
#include "common/http/task_group.h"
#include "daemon/service/accounts.h"
#include "daemon/service/fault_board.h"
#include "daemon/service/jobs.h"
#include "daemon/service/loader.h"
#include "daemon/service/pool.h"
#include "daemon/service/warehouse.h"

namespace dropload::service {

struct RunnerSettings {
  std::filesystem::path uploads;  // the bytes of open jobs (Jobs::open_files)
  // One load writes at a time (warehouse.h). What can be done before that, others do meanwhile.
  int loader_threads = 5;
  Milliseconds slow_jobs{0};
  Milliseconds retry_after{1000};  // service.db or the warehouse could not be used: look again after this long
  std::function<void()> on_end{};  // called on the io thread after a job's end was recorded
  // On the io thread, too: service.db could not be written, and could be written again.
  std::function<void()> make_room{};
  std::function<void()> keep_room{};
};

class JobRunner {
 public:
  JobRunner(http::asio::io_context& context, Jobs& jobs, const Accounts& accounts, Warehouse& warehouse,
            FaultBoard& faults, Files& files, const Clock& clock, RunnerSettings settings);

  // Begins; the jobs of an earlier process first. REQUIRES: called once.
  void start();
  // A job or a batch was queued.
  void wake() { wakeup_.notify(); }
  // Ends what is running: a load is rolled back, its job is loaded again at the next start. Completes when nothing runs
  // any more.
  http::Awaitable<void> stop();

 private:
  http::Awaitable<void> watch();
  bool start_what_can();
  bool expire_what_waits();
  std::optional<Milliseconds> until_next_expiry();
  JobFate fate_of(const Job& job);
  http::Awaitable<void> run(Job job, Milliseconds slow);
  http::Awaitable<Result<zoho::JobDetails>> load_firmly(Job job);
  http::Awaitable<void> record(Job job, zoho::JobDetails details);
  http::Awaitable<void> give_back(Job job, bool with_upload);
  void note_trouble(const Error& trouble);
  Result<void> record_once(const Job& job, const zoho::JobDetails& details);
  void note_end(const zoho::JobDetails& details);
  http::Awaitable<void> tidy(std::string job_id, std::vector<std::string> loaded);

  Jobs& jobs_;
  const Accounts& accounts_;
  Warehouse& warehouse_;
  FaultBoard& faults_;
  Files& files_;
  const Clock& clock_;
  RunnerSettings settings_;
  Pool loaders_;
  std::stop_source stop_;
  http::Wakeup wakeup_;
  http::TaskGroup tasks_;
  int running_ = 0;  // without the slow ones
};

}  // namespace dropload::service
