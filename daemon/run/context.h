#pragma once

// What the runner and its actions work with. All of it outlives the runner. One io thread.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/random.h"
#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"
#include "daemon/schedule/outcome.h"
#include "daemon/schedule/outcome_series.h"
#include "daemon/schedule/packing.h"
#include "daemon/target/target.h"

namespace dropload::run {

struct Organization {
  queue::OrganizationLimits limits;
  std::shared_ptr<target::Target> target;
  schedule::OrganizationContext memory;  // what verdicts remember between calls
  std::string callback_url{};            // see config; "": the service is not to call back
  Time no_callbacks_until{};             // it has refused a job for the sake of its callback
};

struct RunnerSettings {
  schedule::OutcomeSettings outcome;
  // A status call is given up within this time; until then the job is not due again.
  Milliseconds poll_deadline{150'000};
  Milliseconds retire_again_after{60'000};
  // After a failure of our own database or disk: so that it is not asked again at once.
  Milliseconds storage_retry{1'000};
  // So often a call of the store is made that must not be given up, at start and when stopping.
  int storage_tries = 4;
  schedule::PackingLimits packing;  // of files that travel as one job
  std::filesystem::path archive;    // originals of submissions without a drop directory end below it
};

struct Context {
  queue::StoreThread& store;
  queue::Spool& spool;
  Files& files;
  const Clock& clock;
  Random& random;
  boost::asio::thread_pool& pool;
  std::map<std::string, Organization> organizations;
  std::map<std::string, queue::Route> routes;
  RunnerSettings settings;
  bool running = false;  // the runner has been started and is not stopping
};

// What the next verdict is to know of an answer, and of a refusal and the pause that it asked for.
schedule::RefusedCall call_of(const target::Refused& refused);
void remember_answer(schedule::OrganizationContext& memory);
void remember(schedule::OrganizationContext& memory, const target::Refused& refused, bool paused);

// The moment of a verdict that is passed now.
inline schedule::Moment moment_now(Context& context) {
  return {context.settings.outcome, context.clock.now(), context.random.fraction()};
}

}  // namespace dropload::run
