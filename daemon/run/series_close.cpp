#include <spdlog/spdlog.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "common/base/crash_point.h"
#include "daemon/run/actions_parts.h"
#include "daemon/run/batch_file.h"
#include "daemon/run/firmly.h"
#include "daemon/run/job_context.h"
#include "daemon/run/series.h"

// A job at the service that waits for a batch which will never come is given its last one.

namespace dropload::run {
namespace {

namespace asio = boost::asio;

http::Awaitable<Result<void>> agree_to_close() {
  co_return Result<void>{};
}

http::Awaitable<Result<target::SubmitResult>> send_closing(Context& context, queue::Job job,
                                                           queue::Submission submission, int fd) {
  const auto route = context.routes.at(submission.route);
  auto made = co_await closing_batch(context, route, fd, submission.size);
  if (!made) co_return made.error();
  auto request = request_for(context, job, submission, fd, submission.size);
  request.options = made->options;
  request.batch = std::move(made->batch);
  request.batch->series = target::Series{job.workspace_id, job.batch_view, job.batch_key.value_or("")};
  // Nothing depends on it: it may go twice.
  request.before_last_piece = [] { return agree_to_close(); };
  auto result = co_await context.organizations.at(job.table.organization).target->submit(std::move(request));
  co_return std::move(result);
}

schedule::CloseVerdict verdict_on_close(Context& context, const schedule::SeriesContext& series, Organization& of,
                                        const Result<target::SubmitResult>& result) {
  const auto moment = moment_now(context);
  if (!result) return schedule::on_close_failed(moment, series);
  if (std::holds_alternative<target::Accepted>(*result)) return schedule::on_close_accepted(moment);
  if (const auto* refused = std::get_if<target::Refused>(&*result)) {
    remember(of.memory, *refused, false);
    return schedule::on_close_refused(moment, call_of(*refused), series);
  }
  return schedule::on_close_failed(moment, series);
}

}  // namespace

http::Awaitable<void> close_series(Context& context, queue::Job job, queue::Submission submission, UniqueFd file) {
  std::optional<Result<target::SubmitResult>> result;
  try {
    auto sent = co_await send_closing(context, job, submission, file.get());
    result.emplace(std::move(sent));
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) spdlog::error("a batch failed unexpectedly: {}", e.what());
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!result) co_return;  // it is due again
  crash_point("close-answered");
  co_await note_call_returned(context, job.id);
  const auto verdict = verdict_on_close(context, series_of(context, job, submission),
                                        context.organizations.at(job.table.organization), *result);
  Result<void> written;
  const Time now = context.clock.now();
  if (const auto* closed = std::get_if<schedule::Closed>(&verdict)) {
    spdlog::info("submission {}: the batches of job {} are closed", job.submission, job.remote_id.value_or(""));
    auto write = [id = job.id, until = closed->holds_slot_until, now](queue::Store& store) {
      return store.series_closed(id, until, now);
    };
    written = co_await firmly(context, std::move(write));
  } else {
    auto write = [id = job.id, at = std::get<schedule::CloseAgain>(verdict).at](queue::Store& store) {
      return store.batch_again(id, "", true, at);
    };
    written = co_await firmly(context, std::move(write));
  }
  if (!written) spdlog::warn("submission {}: {}", job.submission, written.error().message);
}

}  // namespace dropload::run
