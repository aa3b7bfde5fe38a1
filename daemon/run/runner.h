#pragma once

// The loop that drives everything remote: wait, snapshot, decide, perform. All state is in the store, so restart is just start. One io thread.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/http/deadline.h"
#include "common/http/task_group.h"
#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"
#include "daemon/schedule/outcome.h"
#include "daemon/schedule/scheduler.h"
#include "daemon/target/target.h"

namespace dropload::run {

struct Organization {
  queue::OrganizationLimits limits;
  std::shared_ptr<target::Target> target;
};

struct RunnerSettings {
  schedule::OutcomeSettings outcome;
  Milliseconds retire_again_after{60'000};
  std::filesystem::path archive;
};

// What the runner works with; all of it outlives the runner. Actions share it.
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
  std::function<void()> wake;  // set by the runner: something changed, decide again
};

class Runner {
 public:
  Runner(Context& context, boost::asio::any_io_executor executor);

  // What a crash left: uploading jobs become lost or are sent again. Before run().
  http::Awaitable<void> recover();
  // Until cancelled or stopped; belongs in a task group.
  http::Awaitable<void> run();
  // Something changed (a submission was accepted, a person released one).
  void wake();
  // No new work; what is under way gets `grace`, then is cancelled (an upload of which not all was sent is queued again at the next start).
  // Completes when nothing is left.
  http::Awaitable<void> stop(Milliseconds grace);

 private:
  http::Awaitable<std::optional<Time>> run_once();
  void perform(const schedule::Action& action);

  Context& context_;
  http::Wakeup wakeup_;
  http::TaskGroup actions_;
  bool stopping_ = false;
};

}  // namespace dropload::run
