#pragma once

// Takes queued jobs to their end: starts what may run, has it loaded on the loader threads, records the end. A job's
// end is written by the loader in one transaction with its rows and only then recorded in service.db, so a process that
// dies in between records it at the next start and loads nothing twice.
//
// On the io thread; only load() itself runs on the loader threads.

#include <filesystem>
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
  std::filesystem::path uploads;  // <uploads>/<job id>: the bytes of an open job
  int loader_threads = 2;
  Milliseconds slow_jobs{0};
};

class JobRunner {
 public:
  JobRunner(http::asio::io_context& context, Jobs& jobs, const Accounts& accounts, Warehouse& warehouse,
            FaultBoard& faults, Files& files, const Clock& clock, RunnerSettings settings);

  // Begins; the jobs of an earlier process first. REQUIRES: called once.
  void start();
  // A job was queued.
  void wake() { wakeup_.notify(); }
  // Ends what is running: a load is rolled back, its job is loaded again at the next start. Completes when nothing runs
  // any more.
  http::Awaitable<void> stop();

 private:
  http::Awaitable<void> watch();
  bool start_what_can();
  JobFate fate_of(const Job& job);
  http::Awaitable<void> run(Job job, Milliseconds slow);
  http::Awaitable<Result<zoho::JobDetails>> load_firmly(Job job);
  http::Awaitable<void> record(std::string job_id, zoho::JobDetails details);
  http::Awaitable<void> tidy(std::string job_id);

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
