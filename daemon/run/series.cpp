#include "daemon/run/series.h"

#include <spdlog/spdlog.h>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "common/base/crash_point.h"
#include "daemon/run/actions.h"
#include "daemon/run/actions_parts.h"
#include "daemon/run/batch_file.h"
#include "daemon/run/firmly.h"
#include "daemon/run/job_context.h"
#include "daemon/schedule/duration.h"
#include "daemon/schedule/sentences.h"

namespace dropload::run {
namespace {

namespace asio = boost::asio;
using queue::Store;

// What became of a batch: it could not be made, or the call's result.
struct SentBatch {
  std::variant<Error, target::SubmitResult> what;
  std::uint64_t next_offset = 0;
  bool is_last = false;
  bool calls_back = false;
};

target::Series series_at(const queue::Job& job) {
  return {job.workspace_id, job.batch_view, job.batch_key.value_or("")};
}

http::Awaitable<SentBatch> make_and_send(Context& context, queue::Job job, queue::Submission submission, int fd,
                                         std::string callback_url) {
  const auto route = context.routes.at(submission.route);
  auto made = co_await next_batch(context, route, fd, submission.size, job.batch_offset);
  if (!made) co_return SentBatch{made.error()};
  auto request = request_for(context, job, submission, fd, submission.size);
  request.options = made->options;
  SentBatch sent{Error{}, made->next_offset, made->batch.is_last, !callback_url.empty()};
  request.callback_url = std::move(callback_url);
  request.batch = std::move(made->batch);
  if (job.batch_key) request.batch->series = series_at(job);
  auto result = co_await context.organizations.at(job.table.organization).target->submit(std::move(request));
  sent.what = std::move(result);
  co_return sent;
}

// Nothing when it was cancelled or threw what nobody foresaw: then only the store knows how far it got.
http::Awaitable<std::optional<SentBatch>> send_until_cancelled(Context& context, queue::Job job,
                                                               queue::Submission submission, int fd,
                                                               std::string callback_url) {
  try {
    auto sent = co_await make_and_send(context, std::move(job), std::move(submission), fd, std::move(callback_url));
    co_return sent;
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) spdlog::error("a batch failed unexpectedly: {}", e.what());
  } catch (const std::exception& e) {
    spdlog::error("a batch failed unexpectedly: {}", e.what());
  }
  co_return std::nullopt;
}

bool cannot_be_cut(const Error& why) {
  return why.code == Errc::too_large || why.code == Errc::invalid_argument;
}

schedule::Verdict fails_uncut(const Error& why) {
  queue::JobEnd end;
  end.after = queue::Fail{};
  end.reason =
      fmt::format("It cannot be cut into batches, and is too large for one: {}. Nothing of it was sent.", why.message);
  end.advice = "Mend the line that is named, or cut the file into smaller ones, each with the header line.";
  return {std::move(end), {}};
}

// What is known of the job when its batch has come to an end.
struct Known {
  schedule::JobContext job;
  schedule::SeriesContext series;
};

// The job's earlier batches were loaded while later ones were sent: what is waited for begins with the last one.
http::Awaitable<Time> look_after_last(Context& context, queue::Job job) {
  const auto& outcome = context.settings.outcome;
  const auto known = co_await job_context(context, std::move(job));
  const Time now = context.clock.now();
  if (!known) co_return now + outcome.first_poll;
  auto timing = known->front().timing;
  timing.in_batches = true;
  timing.sent_at = timing.ran_at = now;
  co_return schedule::poll_at(timing, {outcome.first_poll, outcome.poll_every}, now);
}

http::Awaitable<void> note_taken(Context& context, queue::Job job, SentBatch sent, target::Accepted accepted) {
  auto& memory = context.organizations.at(job.table.organization).memory;
  remember_answer(memory);
  if (!job.batch_key) memory.refused_for_all = false;
  const auto series = accepted.series.value_or(series_at(job));
  queue::BatchTaken taken{series.workspace_id, series.view_id, accepted.job_id, series.key, sent.next_offset, {}};
  if (sent.is_last) taken.poll_at = co_await look_after_last(context, job);
  const Time now = context.clock.now();
  auto write = [id = job.id, taken, now](Store& store) { return store.batch_accepted(id, taken, now); };
  const auto written = co_await firmly(context, std::move(write));
  if (!written) {
    spdlog::error("submission {}: batch {} was accepted by job {}, but that cannot be noted: {}", job.submission,
                  job.batches + 1, accepted.job_id, written.error().message);
    co_return;
  }
  spdlog::info("submission {}: batch {} accepted by job {}, the file up to byte {}{}", job.submission, job.batches + 1,
               accepted.job_id, sent.next_offset, sent.is_last ? "; it was the last one" : "");
  crash_point("batch-accepted");
}

http::Awaitable<void> put_off(Context& context, queue::Job job, schedule::BatchAgain again) {
  spdlog::info("submission {}: batch {} goes again. {}", job.submission, job.batches + 1, again.why);
  auto write = [id = job.id, again](Store& store) {
    return store.batch_again(id, again.why, again.spends_attempt, again.at);
  };
  const auto written = co_await firmly(context, std::move(write));
  if (!written) spdlog::warn("submission {}: {}", job.submission, written.error().message);
}

http::Awaitable<void> ask_why(Context& context, queue::Job job, schedule::EndedThere ended) {
  spdlog::warn("submission {}: job {} takes no more batches. {}", job.submission, job.remote_id.value_or(""),
               ended.why);
  auto write = [id = job.id, ended, now = context.clock.now()](Store& store) {
    return store.batches_refused(id, ended.why, now, now);
  };
  const auto written = co_await firmly(context, std::move(write));
  if (!written) spdlog::warn("submission {}: {}", job.submission, written.error().message);
}

http::Awaitable<void> apply_to_series(Context& context, queue::Job job, schedule::BatchVerdict verdict) {
  if (auto* end = std::get_if<queue::JobEnd>(&verdict.what)) {
    Applied applied = applied_to(job);
    schedule::Verdict whole{std::move(*end), std::move(verdict.pause)};
    (void)co_await apply(context, std::move(applied), std::move(whole));
    co_return;
  }
  if (verdict.pause) co_await apply_pause(context, job.table.organization, *verdict.pause);
  if (auto* again = std::get_if<schedule::BatchAgain>(&verdict.what)) {
    co_await put_off(context, std::move(job), std::move(*again));
  } else {
    co_await ask_why(context, std::move(job), std::get<schedule::EndedThere>(std::move(verdict.what)));
  }
}

schedule::BatchVerdict verdict_on_error(Context& context, const Known& known, Organization& organization,
                                        const Error& why) {
  const auto moment = moment_now(context);
  if (cannot_be_cut(why)) {
    return {schedule::on_series_broken(
                moment, known.series, fmt::format("The next batch of it cannot be made: {}.", why.message),
                "Look whether the route's CSV settings were changed since it began. " + schedule::advice_for_unknown()),
            {}};
  }
  auto verdict = schedule::on_batch_never_sent(moment, known.job, organization.memory, why, known.series);
  if (verdict.pause) ++organization.memory.unreachable_in_a_row;
  return verdict;
}

// Of a batch behind the first that was not taken.
schedule::BatchVerdict later_verdict(Context& context, const Known& known, Organization& organization,
                                     const SentBatch& sent) {
  if (const auto* why = std::get_if<Error>(&sent.what)) return verdict_on_error(context, known, organization, *why);
  const auto& result = std::get<target::SubmitResult>(sent.what);
  if (const auto* never = std::get_if<target::NeverSent>(&result)) {
    // Whatever the network says, it is not that the file cannot be cut.
    Error why = never->error;
    if (cannot_be_cut(why)) why.code = Errc::io;
    return verdict_on_error(context, known, organization, why);
  }
  if (const auto* refused = std::get_if<target::Refused>(&result)) {
    auto verdict = schedule::on_batch_refused(moment_now(context), known.job, organization.memory, call_of(*refused),
                                              known.series);
    remember(organization.memory, *refused, verdict.pause.has_value());
    return verdict;
  }
  const auto& maybe = std::get<target::MaybeSent>(result);
  const auto moment = moment_now(context);
  return {schedule::on_batch_lost(moment, known.job, known.series, maybe.error.message),
          pause_if_stranger(organization, moment, maybe.error)};
}

// Of the first one, when it was not taken: there is no job yet, as far as we know.
schedule::Verdict first_verdict(Context& context, const Known& known, Applied& applied, const SentBatch& sent) {
  auto& organization = context.organizations.at(applied.organization);
  if (const auto* why = std::get_if<Error>(&sent.what)) {
    if (cannot_be_cut(*why)) return fails_uncut(*why);
    return schedule::on_never_sent(moment_now(context), known.job, organization.memory, *why);
  }
  const auto& result = std::get<target::SubmitResult>(sent.what);
  if (const auto* maybe = std::get_if<target::MaybeSent>(&result)) {
    const auto moment = moment_now(context);
    return {schedule::on_batch_lost(moment, known.job, known.series, maybe->error.message),
            pause_if_stranger(organization, moment, maybe->error)};
  }
  return create_verdict(context, std::span(&known.job, 1), applied, result);
}

const target::Accepted* taken_by(const SentBatch& sent) {
  const auto* result = std::get_if<target::SubmitResult>(&sent.what);
  return result == nullptr ? nullptr : std::get_if<target::Accepted>(result);
}

http::Awaitable<void> note_not_taken(Context& context, queue::Job job, queue::Submission submission, SentBatch sent) {
  if (const auto* result = std::get_if<target::SubmitResult>(&sent.what)) {
    if (const auto* refused = std::get_if<target::Refused>(result)) {
      co_await slow_down_if_told(context, job.table.organization, *refused);
    }
  }
  const auto of_job = co_await job_context(context, job);
  if (!of_job) {
    spdlog::error("submission {}: {}", submission.id, of_job.error().message);
    co_return;
  }
  const Known known{of_job->front(), series_of(context, job, submission)};
  if (!job.batch_key) {
    Applied applied = applied_to(job);
    applied.calls_back = sent.calls_back;
    auto verdict = first_verdict(context, known, applied, sent);
    (void)co_await apply(context, std::move(applied), std::move(verdict));
    co_return;
  }
  auto verdict = later_verdict(context, known, context.organizations.at(job.table.organization), sent);
  co_await apply_to_series(context, std::move(job), std::move(verdict));
}

}  // namespace

bool travels_in_batches(const queue::Route& route, std::uint64_t size) {
  return route.options.file_type == zoho::FileType::csv && size > route.batch_bytes;
}

schedule::SeriesContext series_of(const Context& context, const queue::Job& job, const queue::Submission& submission) {
  schedule::SeriesContext series;
  series.batches = job.batches;
  series.taken = job.batch_offset;
  series.size = submission.size;
  series.refusals = job.failed_polls;
  // One whose route is gone is not closed: it might replace a table by a part of it.
  const auto route = context.routes.find(submission.route);
  const bool replaces =
      route == context.routes.end() || route->second.options.import_type == zoho::ImportType::truncateadd;
  const bool makes_table = job.batch_key && job.batch_view.empty();
  series.commits_at_end = replaces && !makes_table;
  return series;
}

http::Awaitable<void> upload_batch(Context& context, queue::Job job, queue::Submission submission, UniqueFd file,
                                   std::string callback_url) {
  spdlog::info("{}: batch {} begins, from byte {} of {}", name_of(submission), job.batches + 1, job.batch_offset,
               submission.size);
  auto sent = co_await send_until_cancelled(context, job, submission, file.get(), std::move(callback_url));
  // Whatever came of it is written, even while everything is being stopped.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!sent) {
    const auto settled = co_await settle_interrupted(context, std::move(job), "dropload stopped the upload");
    if (!settled) spdlog::error("submission {}: {}; the next start settles it", submission.id, settled.error().message);
    co_return;
  }
  crash_point("answered");
  co_await note_call_returned(context, job.id);
  if (const auto* accepted = taken_by(*sent)) {
    const target::Accepted taken = *accepted;
    co_await note_taken(context, std::move(job), std::move(*sent), taken);
  } else {
    co_await note_not_taken(context, std::move(job), std::move(submission), std::move(*sent));
  }
}

http::Awaitable<Result<void>> give_up_series(Context& context, queue::Job job, queue::Submission submission,
                                             std::string reason, std::string advice) {
  auto end = schedule::on_series_broken(moment_now(context), series_of(context, job, submission), std::move(reason),
                                        std::move(advice));
  Applied applied = applied_to(job);
  schedule::Verdict verdict{std::move(end), {}};
  const auto written = co_await apply(context, std::move(applied), std::move(verdict));
  co_return written;
}

http::Awaitable<Result<void>> settle_batch(Context& context, queue::Job job, queue::Submission submission,
                                           schedule::JobContext known, std::string what_happened) {
  if (!job.whole_sent) {
    auto write = [id = job.id, now = context.clock.now()](Store& store) {
      return store.batch_again(id, "", false, now);
    };
    const auto written = co_await firmly(context, std::move(write));
    co_return written;
  }
  auto end = schedule::on_batch_lost(moment_now(context), known, series_of(context, job, submission),
                                     what_happened +
                                         " after the whole batch had gone out and before the service "
                                         "answered");
  Applied applied = applied_to(job);
  schedule::Verdict verdict{std::move(end), {}};
  const auto written = co_await apply(context, std::move(applied), std::move(verdict));
  co_return written;
}

}  // namespace dropload::run
