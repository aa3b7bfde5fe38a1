#include "daemon/run/actions.h"

#include <spdlog/spdlog.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "common/base/crash_point.h"
#include "common/base/text.h"
#include "daemon/run/actions_parts.h"
#include "daemon/run/apply.h"
#include "daemon/run/callback.h"
#include "daemon/run/firmly.h"
#include "daemon/run/job_context.h"
#include "daemon/run/remember_duration.h"
#include "daemon/run/series.h"

namespace dropload::run {

namespace asio = boost::asio;
using schedule::Verdict;

Applied applied_to(const queue::Job& job) {
  Applied applied;
  applied.job = job;
  applied.organization = job.table.organization;
  return applied;
}

namespace {

// From here on the outcome may be unknown: committed before the last piece goes out.
http::Awaitable<Result<void>> commit_whole_sent(Context& context, queue::JobId job) {
  const auto written = co_await context.store.run([job](queue::Store& store) { return store.mark_whole_sent(job); });
  if (written) crash_point("whole-sent");
  co_return written;
}

}  // namespace

target::SubmitRequest request_for(Context& context, const queue::Job& job, const queue::Submission& submission, int fd,
                                  std::uint64_t size) {
  const auto& route = context.routes.at(submission.route);
  target::SubmitRequest request;
  request.table = submission.table;
  request.create = route.create;
  request.options = route.options;
  request.file_name = submission.file_name;
  request.fd = fd;
  request.size = size;
  request.before_last_piece = [&context, id = job.id] { return commit_whole_sent(context, id); };
  return request;
}

namespace {

// The call's result, or nothing when it was cancelled or threw what nobody foresaw: then only the store knows how far
// it got.
http::Awaitable<std::optional<target::SubmitResult>> submit_until_cancelled(Context& context, std::string organization,
                                                                            target::SubmitRequest request) {
  try {
    auto result = co_await context.organizations.at(organization).target->submit(std::move(request));
    co_return result;
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) spdlog::error("an upload failed unexpectedly: {}", e.what());
  } catch (const std::exception& e) {
    spdlog::error("an upload failed unexpectedly: {}", e.what());
  }
  co_return std::nullopt;
}

}  // namespace

std::optional<queue::Pause> pause_if_stranger(Organization& organization, const schedule::Moment& moment,
                                              const Error& why) {
  auto pause = schedule::pause_for_stranger(moment, organization.memory, why);
  if (pause) ++organization.memory.unreachable_in_a_row;
  return pause;
}

namespace {

struct CreateVerdict {
  Context& context;
  std::span<const schedule::JobContext> job;
  Organization& organization;
  Applied& applied;

  Verdict operator()(const target::Accepted& accepted) const {
    remember_answer(organization.memory);
    organization.memory.refused_for_all = false;
    applied.workspace_id = accepted.workspace_id;
    applied.remote_id = accepted.job_id;
    return schedule::on_accepted(moment_now(context), job.front());
  }
  Verdict operator()(const target::Refused& refused) const {
    const auto moment = moment_now(context);
    const auto call = call_of(refused);
    if (applied.calls_back && schedule::is_about_callback(call.code)) {
      remember(organization.memory, refused, false);
      stop_callbacks(context, applied.organization, call);
      return schedule::on_callback_refused(moment, call);
    }
    auto verdict = schedule::for_each_part(
        job, [&](const auto& part) { return schedule::on_refused(moment, part, organization.memory, call); });
    verdict = schedule::split_if_content_is_bad(moment, job, call.message, std::move(verdict));
    remember(organization.memory, refused, verdict.pause.has_value());
    return verdict;
  }
  Verdict operator()(const target::NeverSent& never) const {
    const auto moment = moment_now(context);
    auto verdict = schedule::for_each_part(
        job, [&](const auto& part) { return schedule::on_never_sent(moment, part, organization.memory, never.error); });
    if (verdict.pause) ++organization.memory.unreachable_in_a_row;
    return verdict;
  }
  Verdict operator()(const target::MaybeSent& maybe) const {
    const auto moment = moment_now(context);
    auto verdict = schedule::on_maybe_sent(moment, maybe.error.message);
    verdict.pause = pause_if_stranger(organization, moment, maybe.error);
    return verdict;
  }
};

struct StatusVerdict {
  Context& context;
  std::span<const schedule::JobContext> job;
  Organization& organization;
  Applied& applied;
  const std::optional<schedule::SeriesContext>& series;

  Verdict operator()(const target::Details& answer) const {
    remember_answer(organization.memory);
    applied.code = static_cast<int>(answer.details.code);
    applied.summary = answer.verbatim;
    auto verdict = series ? schedule::on_series_details(moment_now(context), job.front(), answer.details, *series)
                          : schedule::on_details(moment_now(context), job, answer.details);
    if (verdict.pause) organization.memory.refused_for_all = true;
    return verdict;
  }
  Verdict operator()(const target::Refused& refused) const {
    const auto call = call_of(refused);
    applied.message = call.message;
    const auto moment = moment_now(context);
    auto verdict = schedule::for_each_part(job, [&](const auto& part) {
      return schedule::on_status_refused(moment, part, organization.memory, call, applied.job.failed_polls);
    });
    remember(organization.memory, refused, verdict.pause.has_value());
    return series ? schedule::for_series(std::move(verdict), job.front(), *series) : verdict;
  }
  Verdict operator()(const target::NeverSent& never) const {
    applied.message = never.error.message;
    return schedule::on_status_unreachable(moment_now(context), applied.job.failed_polls);
  }
};

// A batch that can have been received, or one behind the first that cannot: the first one, without its last piece, is
// like any file. What the configuration says by now does not matter.
bool is_in_series(const queue::Job& job) {
  return job.batch_key || (job.in_batches && job.whole_sent);
}

// Nothing for a job of one file that travels whole, or of several.
http::Awaitable<Result<std::optional<schedule::SeriesContext>>> series_if_any(Context& context, queue::Job job) {
  if (!job.batch_key) co_return std::optional<schedule::SeriesContext>();
  auto read = [id = job.submission](queue::Store& store) { return store.find(id); };
  const auto submission = co_await firmly(context, std::move(read));
  if (!submission) co_return submission.error();
  co_return std::optional(series_of(context, job, *submission));
}

}  // namespace

Verdict create_verdict(Context& context, std::span<const schedule::JobContext> job, Applied& applied,
                       const target::SubmitResult& result) {
  return std::visit(CreateVerdict{context, job, context.organizations.at(applied.organization), applied}, result);
}

http::Awaitable<void> upload(Context& context, queue::Job job, queue::Submission submission, Cargo cargo,
                             std::string callback_url) {
  spdlog::info("{}{}: upload begins, {} bytes", name_of(submission), and_others(job), cargo.size);
  auto request = request_for(context, job, submission, cargo.file.get(), cargo.size);
  const bool calls_back = !callback_url.empty();
  request.callback_url = std::move(callback_url);
  const auto result = co_await submit_until_cancelled(context, job.table.organization, std::move(request));
  // Whatever came of it is written, even while everything is being stopped.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!result) {
    const auto settled = co_await settle_interrupted(context, std::move(job), "dropload stopped the upload");
    if (!settled) spdlog::error("submission {}: {}; the next start settles it", submission.id, settled.error().message);
    co_return;
  }
  crash_point("answered");
  const auto known = co_await job_context(context, job);
  if (!known) {
    spdlog::error("submission {}: {}", submission.id, known.error().message);
    co_return;
  }
  Applied applied = applied_to(job);
  applied.calls_back = calls_back;
  if (const auto* refused = std::get_if<target::Refused>(&*result)) {
    co_await slow_down_if_told(context, job.table.organization, *refused);
  }
  auto verdict = create_verdict(context, *known, applied, *result);
  (void)co_await apply(context, std::move(applied), std::move(verdict));
  crash_point("job-accepted");
}

http::Awaitable<void> poll(Context& context, queue::Job job) {
  auto& organization = context.organizations.at(job.table.organization);
  const auto result = co_await organization.target->status(job.workspace_id, job.remote_id.value_or(""));
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  crash_point("polled");
  if (!std::holds_alternative<target::NeverSent>(result)) co_await end_outage(context, job.table.organization);
  const auto known = co_await job_context(context, job);
  if (!known) {
    spdlog::error("submission {}: {}", job.submission, known.error().message);
    co_return;
  }
  const auto series = co_await series_if_any(context, job);
  if (!series) {
    spdlog::error("submission {}: {}", job.submission, series.error().message);
    co_return;
  }
  Applied applied = applied_to(job);
  if (const auto* refused = std::get_if<target::Refused>(&result)) {
    co_await slow_down_if_told(context, job.table.organization, *refused);
  }
  auto verdict = std::visit(StatusVerdict{context, *known, organization, applied, *series}, result);
  (void)co_await apply(context, std::move(applied), std::move(verdict));
  if (const auto* answer = std::get_if<target::Details>(&result)) {
    co_await remember_duration(context, job, known->front().timing, answer->details);
  }
  crash_point("between-polls");
}

http::Awaitable<Result<void>> settle_interrupted(Context& context, queue::Job job, std::string what_happened) {
  auto read = [id = job.id](queue::Store& store) { return store.find_job(id); };
  const auto current = co_await firmly(context, std::move(read));
  if (!current) co_return current.error();
  if (current->state != queue::JobState::uploading) co_return Result<void>{};
  const auto known = co_await job_context(context, *current);
  if (!known) co_return known.error();
  auto find = [id = current->submission](queue::Store& store) { return store.find(id); };
  const auto submission = co_await firmly(context, std::move(find));
  if (!submission) co_return submission.error();
  if (is_in_series(*current)) {
    const auto settled =
        co_await settle_batch(context, *current, *submission, known->front(), std::move(what_happened));
    co_return settled;
  }
  const auto moment = moment_now(context);
  auto verdict = schedule::for_each_part(*known, [&](const auto& part) {
    if (current->whole_sent) {
      return schedule::on_maybe_sent(
          moment, what_happened + " after the whole file had gone out and before the service answered");
    }
    return schedule::on_never_sent(moment, part, {},
                                   Error{Errc::unavailable, what_happened + " before the whole file had gone out"});
  });
  Applied applied = applied_to(*current);
  const auto settled = co_await apply(context, std::move(applied), std::move(verdict));
  co_return settled;
}

}  // namespace dropload::run
