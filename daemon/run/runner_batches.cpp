#include <spdlog/spdlog.h>

#include "common/base/crash_point.h"
#include "daemon/run/cargo.h"
#include "daemon/run/runner.h"
#include "daemon/run/series.h"

// The next batch of a series that is due.

namespace dropload::run {
namespace {

using queue::JobState;
using queue::Store;

constexpr auto mend_and_release =
    "Look into the table how far its rows go. `dropload release ID` sends all of the file again, `dropload discard ID` "
    "ends it.";

struct Due {
  queue::Job job;
  queue::Submission submission;
};

Result<Due> read_due(Store& store, queue::JobId id) {
  auto job = store.find_job(id);
  if (!job) return job.error();
  auto submission = store.find(job->submission);
  if (!submission) return submission.error();
  return Due{std::move(*job), std::move(*submission)};
}

}  // namespace

// A lost one that cannot be closed (its original is just being put away) is tried again as long as it holds its slot.
http::Awaitable<Result<bool>> Runner::leave_series(queue::Job job, queue::Submission submission, std::string why) {
  if (job.state == JobState::lost) {
    const auto moment = moment_now(context_);
    const auto wait_for = schedule::wait_before_repeat(moment.settings.backoff, job.failed_polls, moment.fraction);
    auto wait = [id = job.id, at = moment.now + wait_for](Store& store) { return store.batch_again(id, "", true, at); };
    const auto waits = co_await context_.store.run(std::move(wait));
    if (!waits) co_return waits.error();
    co_return true;
  }
  const auto ended =
      co_await give_up_series(context_, std::move(job), std::move(submission), std::move(why), mend_and_release);
  if (!ended) co_return ended.error();
  co_return true;
}

http::Awaitable<Result<bool>> Runner::send_batch(schedule::SendBatch action) {
  auto read = [id = action.job](Store& store) { return read_due(store, id); };
  const auto due = co_await context_.store.run(std::move(read));
  if (!due) co_return due.error();
  if (!due->job.next_batch_at) co_return error(Errc::stale, "no batch of job {} is due any more", action.job);
  if (!context_.routes.contains(due->submission.route)) {
    const auto left = co_await leave_series(
        due->job, due->submission, "Its route '" + due->submission.route + "' is not in the configuration any more.");
    co_return left;
  }
  auto file = co_await open_whole(context_, due->submission);
  if (!file) {
    const auto left = co_await leave_series(due->job, due->submission,
                                            "Its bytes in the spool cannot be sent: " + file.error().message + ".");
    co_return left;
  }
  const auto now = context_.clock.now();
  auto begin = [id = action.job, limits = context_.organizations.at(action.organization).limits,
                again = now + context_.settings.poll_deadline,
                now](Store& store) { return store.begin_batch(id, limits, again, now); };
  const auto job = co_await context_.store.run(std::move(begin));
  if (!job) co_return job.error();
  crash_point("batch-begun");
  if (job->state == JobState::lost) {
    actions_.spawn("close", then_wake(close_series(context_, *job, due->submission, std::move(*file))));
  } else {
    actions_.spawn("batch", then_wake(upload_batch(context_, *job, due->submission, std::move(*file))));
  }
  co_return true;
}

}  // namespace dropload::run
