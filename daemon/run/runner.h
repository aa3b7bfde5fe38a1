#pragma once

// The loop that drives everything remote: wait, snapshot, decide, perform. All state is in the store, so restart is
// just start. One io thread.

#include <functional>
#include <set>
#include <string>

#include "common/http/deadline.h"
#include "common/http/task_group.h"
#include "daemon/run/context.h"
#include "daemon/schedule/scheduler.h"

namespace dropload::run {

class Runner {
 public:
  // `context` outlives the runner.
  Runner(Context& context, boost::asio::any_io_executor executor);

  // What a crash left: uploading jobs are sent again where the service cannot have them, else they are lost; running
  // ones are polled at once; what waits for an organization that is gone is held. Before start(). Fails with the
  // store's error when that cannot be written.
  http::Awaitable<Result<void>> recover();

  // Looks at the queue and acts, until it is stopped.
  void start();

  // Something changed (a submission was accepted, a person released one).
  void wake() { wakeup_.notify(); }

  // A person has lifted the organization's pause: what the service says next may pause it anew.
  void resumed(const std::string& organization);
  // What it decides with now.
  [[nodiscard]] std::map<std::string, schedule::OrganizationSettings> scheduling() const;
  [[nodiscard]] const std::vector<queue::OrganizationLimits>& limits() const { return limits_; }

  // From here on nothing new is begun.
  void begin_stop();
  // begin_stop, then what is under way gets `grace`, then is cancelled: an upload of which not all was sent is queued
  // again. Completes when nothing is left.
  http::Awaitable<void> stop(Milliseconds grace);

 private:
  http::Awaitable<void> run();
  // What is to be waited for before the next look: nothing means until something changes.
  http::Awaitable<std::optional<Milliseconds>> run_once();
  // True when it changed something, so that another look is due at once. Errors: the store's.
  http::Awaitable<Result<bool>> perform(schedule::Action action);
  http::Awaitable<Result<bool>> start(schedule::StartJob action);
  http::Awaitable<Result<bool>> hold(queue::Submission submission, std::string reason, std::string advice);
  http::Awaitable<Result<bool>> poll(schedule::PollJob action);
  http::Awaitable<Result<bool>> send_batch(schedule::SendBatch action);
  http::Awaitable<Result<bool>> leave_series(queue::Job job, queue::Submission submission, std::string why);
  http::Awaitable<Result<bool>> look(schedule::LookForJob action);
  http::Awaitable<void> then_wake(http::Awaitable<void> action);
  http::Awaitable<void> retire_then_wake(queue::SubmissionId id);

  Context& context_;
  http::Wakeup wakeup_;
  http::TaskGroup loop_;
  http::TaskGroup actions_;
  std::map<std::string, schedule::OrganizationSettings> scheduling_;
  std::vector<queue::OrganizationLimits> limits_;
  std::set<queue::SubmissionId> retiring_;  // under way: they stay in the snapshot until they are done
  bool stopping_ = false;
};

}  // namespace dropload::run
