// What the runner's actions do: one remote call, then the store hears of it.

#include "daemon/run/context.h"
#include "daemon/run/remember_duration.h"
#include "tests/bench/simulator/client.h"

namespace dropload::sim {

using queue::JobState;
using schedule::Verdict;

namespace {

constexpr Milliseconds poll_deadline{150'000};

}  // namespace

// One request: its bytes go out, then the last piece, then it arrives.
void Client::send(Upload upload) {
  auto& service = *sites_.at(upload.organization()).service;
  const bool breaks = service.is_away(events_.now()) || service.strikes(service.faults().broken_upload);
  const auto sending = breaks ? Milliseconds{1'000} : service.time_to_send(upload.bytes);
  later(sending, [this, upload = std::move(upload), &service, breaks] {
    if (breaks || service.is_away(events_.now())) {
      created(upload, target::NeverSent{Error{Errc::connection, "no connection"}});
      return;
    }
    check(store_->mark_whole_sent(upload.job.id), "mark_whole_sent");
    // From here on the service gets it, whatever becomes of us.
    events_.after(service.one_way(), [this, upload] { arrive(upload); });
  });
}

void Client::arrive(Upload upload) {
  auto& service = *sites_.at(upload.organization()).service;
  auto result = service.create(upload.table, {upload.bytes, 0, upload.bytes, true}, upload.carries, events_.now());
  const bool lost = service.strikes(service.faults().lost_answer) || service.is_away(events_.now());
  if (lost) result = target::MaybeSent{Error{Errc::timed_out, "no answer came"}};
  const auto wait = lost ? Milliseconds{30'000} : service.one_way();
  // Only the life that sent it hears the answer.
  events_.after(wait, [this, upload = std::move(upload), result = std::move(result)] {
    if (!store_) return;
    const auto job = store_->find_job(upload.job.id);
    if (!job || job->state != JobState::uploading) return;
    created(upload, result);
    done();
  });
}

void Client::created(const Upload& upload, const target::SubmitResult& result) {
  const auto known = contexts_of(upload.job);
  std::string remote_id;
  auto verdict = create_verdict(upload.job, known, result, remote_id);
  auto job = upload.job;
  job.state = JobState::uploading;
  apply(job, remote_id, {}, std::move(verdict));
}

Verdict Client::create_verdict(const queue::Job& job, const std::vector<schedule::JobContext>& known,
                               const target::SubmitResult& result, std::string& remote_id) {
  auto& site = sites_.at(job.table.organization);
  if (const auto* accepted = std::get_if<target::Accepted>(&result)) {
    site.memory = {};
    remote_id = accepted->job_id;
    return schedule::on_accepted(moment(), known.front());
  }
  if (const auto* refused = std::get_if<target::Refused>(&result)) {
    const auto call = run::call_of(*refused);
    auto verdict = schedule::for_each_part(
        known, [&](const auto& part) { return schedule::on_refused(moment(), part, site.memory, call); });
    verdict = schedule::split_if_content_is_bad(moment(), known, call.message, std::move(verdict));
    remember(site, *refused, verdict.pause.has_value());
    return verdict;
  }
  if (const auto* never = std::get_if<target::NeverSent>(&result)) {
    auto verdict = schedule::for_each_part(
        known, [&](const auto& part) { return schedule::on_never_sent(moment(), part, site.memory, never->error); });
    if (verdict.pause) ++site.memory.unreachable_in_a_row;
    return verdict;
  }
  return schedule::on_maybe_sent(moment(), std::get<target::MaybeSent>(result).error.message);
}

void Client::poll(const schedule::PollJob& action) {
  auto& site = sites_.at(action.organization);
  const Time now = events_.now();
  const auto job = store_->begin_poll(action.job, site.limits, now + poll_deadline, now);
  if (!check(job, "begin_poll")) return;
  auto& service = *site.service;
  if (service.is_away(now)) {
    later(Milliseconds{1'000}, [this, job = *job] {
      answered(job, target::NeverSent{Error{Errc::connection, "no connection"}});
    });
    return;
  }
  events_.after(service.one_way(), [this, job = *job, &service, life = life_] {
    auto result = service.status(*job.remote_id, events_.now());
    if (life != life_) return;
    later(service.one_way(), [this, job, result = std::move(result)] { answered(job, result); });
  });
}

void Client::answered(const queue::Job& job, const target::StatusResult& result) {
  auto& site = sites_.at(job.table.organization);
  if (!std::holds_alternative<target::NeverSent>(result) && site.memory.unreachable_in_a_row > 0) {
    const auto ended = store_->end_pause(job.table.organization, site.memory.paused_until);
    if (check(ended, "end_pause") && *ended) site.memory.paused_until = events_.now();
  }
  const auto known = contexts_of(job);
  std::optional<schedule::SeriesContext> series;
  if (job.batch_key) series = series_of(job, store_->find(job.submission).value());
  if (const auto* answer = std::get_if<target::Details>(&result)) {
    run::remember_answer(site.memory);
    apply(job, "", static_cast<int>(answer->details.code),
          series ? schedule::on_series_details(moment(), known.front(), answer->details, *series)
                 : schedule::on_details(moment(), known, answer->details),
          zoho::encode_job_details(answer->details));
    const auto lesson = run::lesson_of(known.front().timing, answer->details,
                                       {settings.first_poll, settings.poll_every}, events_.now());
    if (lesson) check(store_->remember_durations(job.id, lesson->table, lesson->organization), "remember_durations");
  } else if (const auto* refused = std::get_if<target::Refused>(&result)) {
    auto verdict = schedule::for_each_part(known, [&](const auto& part) {
      return schedule::on_status_refused(moment(), part, site.memory, run::call_of(*refused), job.failed_polls);
    });
    remember(site, *refused, verdict.pause.has_value());
    if (series) verdict = schedule::for_series(std::move(verdict), known.front(), *series);
    apply(job, "", {}, std::move(verdict));
  } else {
    apply(job, "", {}, schedule::on_status_unreachable(moment(), job.failed_polls));
  }
}

void Client::remember(Site& site, const target::Refused& refused, bool pauses) {
  run::remember(site.memory, refused, pauses);
  const auto closed_until = schedule::window_closed_until(moment(), run::call_of(refused));
  if (closed_until) check(store_->slow_down(site.limits, *closed_until, events_.now()), "slow_down");
}

void Client::look_for(const schedule::LookForJob& action) {
  auto& site = sites_.at(action.organization);
  const Time now = events_.now();
  const auto job = store_->begin_look(action.job, site.limits, {0, 1}, now + poll_deadline, now);
  if (!check(job, "begin_look")) return;
  auto& service = *site.service;
  if (service.is_away(now)) {
    later(Milliseconds{1'000}, [this, job = *job] { looked(job, schedule::NotSeen{"no connection"}); });
    return;
  }
  later(2 * service.one_way(), [this, job = *job, &service] {
    auto last = service.last_import(job.table.table, events_.now());
    looked(job, schedule::Seen{std::move(last.import), last.service_time, std::move(last.verbatim)});
  });
}

void Client::looked(const queue::Job& job, const schedule::LookAnswer& answer) {
  const Time now = events_.now();
  auto& site = sites_.at(job.table.organization);
  check(store_->call_returned(job.id, now), "call_returned");
  schedule::LostJob lost;
  lost.facts = store_->lost_facts(job.id).value();
  lost.earlier = schedule::earlier_import(lost.facts);
  const auto& route = routes.at(lost.facts.parts.front().submission.route);
  lost.import_type = route.options.import_type;
  lost.on_unknown = route.on_unknown_append;
  lost.on_error = route.options.on_error;
  lost.on_row_difference = route.on_row_difference;
  lost.max_attempts = route.max_attempts;
  const auto verdict = schedule::on_look(moment(), lost, site.memory, answer);
  if (const auto* again = std::get_if<schedule::LookAgain>(&verdict.what)) {
    check(store_->look_again(job.id, again->answered, again->at), "look_again");
  } else {
    check(store_->settle_lost(job.id, std::get<queue::LostEnd>(verdict.what), now), "settle_lost");
  }
}

}  // namespace dropload::sim
