// A file that travels as a series of batches: what daemon/run/series.cpp, series_close.cpp and runner_batches.cpp do
// between the store, the verdicts and the service.

#include "daemon/run/context.h"
#include "daemon/run/series.h"
#include "tests/bench/simulator/client.h"

namespace dropload::sim {

using queue::JobState;

namespace {

constexpr Milliseconds close_deadline{150'000};

}  // namespace

bool Client::in_series(const queue::Job& job) {
  return job.batch_key || (job.in_batches && job.whole_sent);
}

schedule::SeriesContext Client::series_of(const queue::Job& job, const queue::Submission& submission) const {
  const bool replaces = routes.at(submission.route).options.import_type == zoho::ImportType::truncateadd;
  const bool makes_table = job.batch_key && job.batch_view.empty();
  return {job.batches, job.batch_offset, submission.size, replaces && !makes_table, job.failed_polls};
}

void Client::send_batch(const schedule::SendBatch& action) {
  const Time now = events_.now();
  const auto job = store_->begin_batch(action.job, sites_.at(action.organization).limits, now + close_deadline, now);
  if (!check(job, "begin_batch")) return;
  send_batch(*job, store_->find(job->submission).value());
}

// The next batch, or the one that closes a lost series.
void Client::send_batch(queue::Job job, queue::Submission submission) {
  Batch batch{std::move(job), std::move(submission), Picture::closing_batch()};
  if (batch.job.state != JobState::lost) {
    const auto& route = routes.at(batch.submission.route);
    const auto& picture = pictures_.try_emplace(batch.submission.id, batch.submission.size, route.batch_bytes).first;
    const auto cut = picture->second.batch_at(batch.job.batch_offset);
    if (!check(cut, "cut")) return;
    batch.load = *cut;
  }
  auto& service = *sites_.at(batch.organization()).service;
  const bool breaks = service.is_away(events_.now()) || service.strikes(service.faults().broken_upload);
  const auto sending = breaks ? Milliseconds{1'000} : service.time_to_send(batch.load.bytes);
  later(sending, [this, batch = std::move(batch), &service, breaks] {
    if (breaks || service.is_away(events_.now())) {
      batch_answered(batch, target::NeverSent{Error{Errc::connection, "no connection"}});
      return;
    }
    if (batch.job.state != JobState::lost) check(store_->mark_whole_sent(batch.job.id), "mark_whole_sent");
    events_.after(service.one_way(), [this, batch, life = life_] { batch_arrives(batch, life); });
  });
}

// Whatever has become of us, the service has it now; only the life that sent it hears the answer.
void Client::batch_arrives(Batch batch, int life) {
  auto& service = *sites_.at(batch.organization()).service;
  const Time now = events_.now();
  auto result = batch.job.batch_key ? service.add_batch(*batch.job.remote_id, batch.load, now)
                                    : service.create(batch.job.table.table, batch.load, {batch.submission.id}, now);
  const bool lost = service.strikes(service.faults().lost_answer) || service.is_away(now);
  if (lost) result = target::MaybeSent{Error{Errc::timed_out, "no answer came"}};
  if (life != life_) return;
  later(lost ? Milliseconds{30'000} : service.one_way(),
        [this, batch = std::move(batch), result = std::move(result)] { batch_answered(batch, result); });
}

void Client::batch_answered(const Batch& batch, const target::SubmitResult& result) {
  check(store_->call_returned(batch.job.id, events_.now()), "call_returned");
  if (batch.job.state == JobState::lost) return close_answered(batch, result);
  if (const auto* accepted = std::get_if<target::Accepted>(&result)) return batch_taken(batch, *accepted);
  if (!batch.job.batch_key) return first_not_taken(batch, result);
  auto verdict = later_verdict(batch, result);
  const Time now = events_.now();
  const auto id = batch.job.id;
  if (auto* end = std::get_if<queue::JobEnd>(&verdict.what)) {
    apply(batch.job, "", {}, {std::move(*end), std::move(verdict.pause)});
    return;
  }
  pause(batch.organization(), verdict.pause);
  if (const auto* again = std::get_if<schedule::BatchAgain>(&verdict.what)) {
    check(store_->batch_again(id, again->why, again->spends_attempt, again->at), "batch_again");
  } else {
    const auto& why = std::get<schedule::EndedThere>(verdict.what).why;
    check(store_->batches_refused(id, why, now, now), "batches_refused");
  }
}

void Client::batch_taken(const Batch& batch, const target::Accepted& accepted) {
  auto& memory = sites_.at(batch.organization()).memory;
  run::remember_answer(memory);
  if (!batch.job.batch_key) memory.refused_for_all = false;
  const auto& series = accepted.series.value();
  queue::BatchTaken taken{series.workspace_id, series.view_id, accepted.job_id, series.key, batch.load.next, {}};
  const Time now = events_.now();
  if (batch.load.is_last) {
    // What is waited for begins with the last batch.
    auto timing = contexts_of(batch.job).front().timing;
    timing.in_batches = true;
    timing.sent_at = timing.ran_at = now;
    taken.poll_at = schedule::poll_at(timing, {settings.first_poll, settings.poll_every}, now);
  }
  check(store_->batch_accepted(batch.job.id, taken, now), "batch_accepted");
}

// There is no job yet, as far as we know.
void Client::first_not_taken(const Batch& batch, const target::SubmitResult& result) {
  const auto known = contexts_of(batch.job);
  std::string remote_id;
  auto job = batch.job;
  job.state = JobState::uploading;
  if (const auto* maybe = std::get_if<target::MaybeSent>(&result)) {
    auto end = schedule::on_batch_lost(moment(), known.front(), series_of(job, batch.submission), maybe->error.message);
    apply(job, "", {}, {std::move(end), {}});
  } else {
    auto verdict = create_verdict(job, known, result, remote_id);
    apply(job, "", {}, std::move(verdict));
  }
}

schedule::BatchVerdict Client::later_verdict(const Batch& batch, const target::SubmitResult& result) {
  auto& site = sites_.at(batch.organization());
  const auto known = contexts_of(batch.job).front();
  const auto series = series_of(batch.job, batch.submission);
  if (const auto* never = std::get_if<target::NeverSent>(&result)) {
    auto verdict = schedule::on_batch_never_sent(moment(), known, site.memory, never->error, series);
    if (verdict.pause) ++site.memory.unreachable_in_a_row;
    return verdict;
  }
  if (const auto* refused = std::get_if<target::Refused>(&result)) {
    auto verdict = schedule::on_batch_refused(moment(), known, site.memory, run::call_of(*refused), series);
    remember(site, *refused, verdict.pause.has_value());
    return verdict;
  }
  const auto& why = std::get<target::MaybeSent>(result).error.message;
  return {schedule::on_batch_lost(moment(), known, series, why), {}};
}

void Client::close_answered(const Batch& batch, const target::SubmitResult& result) {
  auto& site = sites_.at(batch.organization());
  const auto series = series_of(batch.job, batch.submission);
  auto verdict = schedule::on_close_failed(moment(), series);
  if (std::holds_alternative<target::Accepted>(result)) verdict = schedule::on_close_accepted(moment());
  if (const auto* refused = std::get_if<target::Refused>(&result)) {
    run::remember(site.memory, *refused, false);
    verdict = schedule::on_close_refused(moment(), run::call_of(*refused), series);
  }
  if (const auto* closed = std::get_if<schedule::Closed>(&verdict)) {
    check(store_->series_closed(batch.job.id, closed->holds_slot_until, events_.now()), "series_closed");
  } else {
    const auto at = std::get<schedule::CloseAgain>(verdict).at;
    check(store_->batch_again(batch.job.id, "", true, at), "batch_again");
  }
}

// A batch that a crash interrupted.
void Client::settle_batch(const queue::Job& job, const queue::Submission& submission) {
  if (!job.whole_sent) {
    check(store_->batch_again(job.id, "", false, events_.now()), "batch_again");
    return;
  }
  const auto known = contexts_of(job).front();
  auto end = schedule::on_batch_lost(moment(), known, series_of(job, submission), "it was interrupted");
  apply(job, "", {}, {std::move(end), {}});
}

}  // namespace dropload::sim
