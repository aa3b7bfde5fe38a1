#include "tests/bench/simulator/client.h"

#include <algorithm>

#include "daemon/run/remember_duration.h"

namespace dropload::sim {

using queue::JobState;
using schedule::RefusedCall;
using schedule::Verdict;

namespace {

constexpr Milliseconds poll_deadline{150'000};
constexpr int most_merged = 1'000;

RefusedCall call_of(const target::Refused& refused) {
  return {refused.refusal.http_status, refused.refusal.code, refused.refusal.message, refused.retry_after, false};
}

}  // namespace

Client::Client(Events& events, std::filesystem::path database, std::map<std::string, Site> sites, unsigned seed)
    : events_(events), path_(std::move(database)), sites_(std::move(sites)), random_(seed) {
  for (const auto& [name, site] : sites_) {
    scheduling_[name].max_jobs = site.limits.max_jobs;
    limits_.push_back(site.limits);
  }
  open();
}

void Client::open() {
  store_ = queue::Store::open(path_).value();
  store_->database().raw().exec("PRAGMA synchronous = OFF");
}

template <typename T>
bool Client::check(const Result<T>& result, const char* what) {
  if (!result) broken.push_back(std::string(what) + ": " + result.error().message);
  return static_cast<bool>(result);
}

void Client::later(Milliseconds wait, std::function<void()> what) {
  events_.after(wait, [this, life = life_, what = std::move(what)] {
    if (life != life_ || !store_) return;
    what();
    after_step();
    look();
  });
}

schedule::Moment Client::moment() {
  return {settings, events_.now(), std::uniform_real_distribution<double>(0, 1)(random_)};
}

void Client::look() {
  if (looking_ || !store_) return;
  looking_ = true;
  for (bool changed = true; changed;) {
    const auto snapshot = store_->snapshot(limits_, events_.now());
    if (!check(snapshot, "snapshot")) break;
    for (auto& [name, to] : scheduling_) {
      const auto& memory = sites_.at(name).memory;
      to.probing = memory.unreachable_in_a_row > 0 || memory.no_slot_in_a_row > 0;
    }
    const auto plan = schedule::decide(*snapshot, scheduling_, events_.now());
    changed = !plan.actions.empty();
    for (const auto& action : plan.actions) {
      act(action);
      after_step();
    }
    wakes_at_ = plan.wake_at;
    if (changed || !plan.wake_at) continue;
    if (*plan.wake_at <= events_.now()) broken.push_back("a plan without actions is to be made anew at once");
    events_.at(*plan.wake_at, [this, life = life_, at = *plan.wake_at] {
      if (life == life_ && wakes_at_ == at) look();
    });
  }
  looking_ = false;
}

void Client::act(const schedule::Action& action) {
  const Time now = events_.now();
  if (const auto* wanted = std::get_if<schedule::StartJob>(&action)) {
    start(*wanted);
  } else if (const auto* due = std::get_if<schedule::PollJob>(&action)) {
    poll(*due);
  } else if (const auto* lost = std::get_if<schedule::SettleLost>(&action)) {
    check(store_->settle_lost(lost->job, now), "settle_lost");
  } else if (const auto* resume = std::get_if<schedule::Resume>(&action)) {
    check(store_->resume(resume->organization, now), "resume");
  } else {
    check(store_->mark_retired(std::get<schedule::Retire>(action).submission, "away", now), "mark_retired");
  }
}

void Client::crash() {
  ++life_;
  store_.reset();
  for (auto& [name, site] : sites_) {
    site.memory = {};
    site.known_tables.clear();
  }
}

void Client::restart() {
  open();
  const Time now = events_.now();
  check(store_->poll_all_at(now), "poll_all_at");
  const auto interrupted = store_->uploading_jobs();
  if (!check(interrupted, "uploading_jobs")) return;
  for (const auto& job : *interrupted) {
    const auto known = context_of(job);
    auto verdict = job.whole_sent
                       ? schedule::on_maybe_sent(moment(), known, "it was interrupted after the whole file was sent")
                       : schedule::on_never_sent(moment(), known, {}, Error{Errc::unavailable, "it was interrupted"});
    apply(job, "", {}, std::move(verdict));
    after_step();
  }
  look();
}

std::vector<queue::JobPart> Client::parts_for(const queue::Submission& head) {
  std::vector parts{queue::JobPart{head.id}};
  if (head.shape.empty() || head.merge_most == 1) return parts;
  const auto behind = store_->behind(head.id, most_merged);
  if (!check(behind, "behind")) return parts;
  auto bytes = head.size;
  for (const auto& next : *behind) {
    bytes += next.size;
    if (next.shape != head.shape || next.route != head.route || bytes > zoho::max_file_bytes) break;
    parts.push_back({next.id, static_cast<std::int64_t>(parts.size()) * 10 + 2, 2});
  }
  return parts;
}

void Client::start(const schedule::StartJob& action) {
  const auto head = store_->find(action.submission);
  if (!check(head, "find")) return;
  const auto overtaken = store_->overtaken(head->id);
  if (!check(overtaken, "overtaken")) return;
  if (*overtaken) {
    check(store_->hold(head->id, "a newer file ran", "", events_.now()), "hold");
    return;
  }
  auto& site = sites_.at(action.organization);
  const zoho::RequestCost cost{.bulk = 1, .metadata = site.known_tables.contains(head->table) ? 0 : 1};
  const auto job = store_->begin_job(parts_for(*head), site.limits, cost, events_.now());
  if (!job) {
    // Another start of the same plan has begun a pause.
    if (job.error().code != Errc::stale) broken.push_back("begin_job: " + job.error().message);
    return;
  }
  site.known_tables.insert(head->table);
  Upload upload{*job, action.organization, head->table.table, {}, 0, 1, 0, ""};
  for (const auto& part : store_->parts_of(job->id).value()) upload.carries.push_back(part.submission);
  for (const auto id : upload.carries) upload.bytes += store_->find(id).value().size;
  upload.batches = static_cast<int>((upload.bytes + zoho::max_file_bytes - 1) / zoho::max_file_bytes);
  upload.batches = std::max(upload.batches, 1);
  send(std::move(upload));
}

// One request: its bytes go out, then the last piece, then it arrives.
void Client::send(Upload upload) {
  auto& service = *sites_.at(upload.organization).service;
  const auto bytes = upload.bytes / static_cast<std::uint64_t>(upload.batches);
  const bool breaks = service.is_away(events_.now()) || service.strikes(service.faults().broken_upload);
  const auto sending = breaks ? Milliseconds{1'000} : service.time_to_send(bytes);
  later(sending, [this, upload = std::move(upload), &service, breaks] {
    if (breaks || service.is_away(events_.now())) {
      created(upload, target::NeverSent{Error{Errc::connection, "no connection"}});
      return;
    }
    if (upload.sent + 1 == upload.batches) check(store_->mark_whole_sent(upload.job.id), "mark_whole_sent");
    // From here on the service gets it, whatever becomes of us.
    events_.after(service.one_way(), [this, upload] { arrive(upload); });
  });
}

void Client::arrive(Upload upload) {
  auto& service = *sites_.at(upload.organization).service;
  const auto bytes = upload.bytes / static_cast<std::uint64_t>(upload.batches);
  const bool is_last = upload.sent + 1 == upload.batches;
  auto result = upload.sent == 0 ? service.create(upload.table, bytes, upload.carries, !is_last, events_.now())
                                 : service.add_batch(upload.remote_id, bytes, is_last, events_.now());
  const bool lost = service.strikes(service.faults().lost_answer) || service.is_away(events_.now());
  if (lost) result = target::MaybeSent{Error{Errc::timed_out, "no answer came"}};
  const auto wait = lost ? Milliseconds{30'000} : service.one_way();
  // Only the life that sent it hears the answer.
  events_.after(wait, [this, upload = std::move(upload), result = std::move(result)] {
    if (!store_) return;
    const auto job = store_->find_job(upload.job.id);
    if (!job || job->state != JobState::uploading) return;
    created(upload, result);
    after_step();
    look();
  });
}

void Client::created(const Upload& upload, const target::SubmitResult& result) {
  if (const auto* accepted = std::get_if<target::Accepted>(&result); accepted && upload.sent + 1 < upload.batches) {
    auto next = upload;
    next.remote_id = accepted->job_id;
    ++next.sent;
    next_batch(std::move(next));
    return;
  }
  auto& site = sites_.at(upload.organization);
  const auto known = context_of(upload.job);
  Verdict verdict;
  std::string remote_id;
  if (const auto* accepted = std::get_if<target::Accepted>(&result)) {
    site.memory = {};
    remote_id = accepted->job_id;
    verdict = schedule::on_accepted(moment(), known);
  } else if (const auto* refused = std::get_if<target::Refused>(&result)) {
    verdict = schedule::on_refused(moment(), known, site.memory, call_of(*refused));
    remember(site, *refused, verdict.pause.has_value());
  } else if (const auto* never = std::get_if<target::NeverSent>(&result)) {
    verdict = schedule::on_never_sent(moment(), known, site.memory, never->error);
    if (verdict.pause) ++site.memory.unreachable_in_a_row;
  } else {
    verdict = schedule::on_maybe_sent(moment(), known, std::get<target::MaybeSent>(result).error.message);
  }
  auto job = upload.job;
  job.state = JobState::uploading;
  apply(job, remote_id, {}, std::move(verdict));
}

// A further batch is a call like any other: it waits until the budget has room.
void Client::next_batch(Upload upload) {
  const auto& limits = sites_.at(upload.organization).limits;
  const auto requests = store_->snapshot({limits}, events_.now()).value().organizations.front().requests;
  if (const auto free_at = requests.wait_until({.bulk = 1}, events_.now())) {
    later(*free_at - events_.now(), [this, upload = std::move(upload)] { next_batch(upload); });
    return;
  }
  check(store_->charge(upload.organization, {.bulk = 1}, events_.now()), "charge");
  send(std::move(upload));
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
  const auto known = context_of(job);
  if (const auto* answer = std::get_if<target::Details>(&result)) {
    site.memory.token_refused_before = false;
    site.memory.unreachable_in_a_row = 0;
    apply(job, "", static_cast<int>(answer->details.code), schedule::on_details(moment(), known, answer->details));
    const auto lesson =
        run::lesson_of(known.timing, answer->details, {settings.first_poll, settings.poll_every}, events_.now());
    if (lesson) check(store_->remember_durations(job.id, lesson->table, lesson->organization), "remember_durations");
  } else if (const auto* refused = std::get_if<target::Refused>(&result)) {
    auto verdict = schedule::on_status_refused(moment(), known, site.memory, call_of(*refused), job.failed_polls);
    remember(site, *refused, verdict.pause.has_value());
    apply(job, "", {}, std::move(verdict));
  } else {
    apply(job, "", {}, schedule::on_status_unreachable(moment(), job.failed_polls));
  }
}

void Client::apply(const queue::Job& job, const std::string& remote_id, std::optional<int> code, Verdict verdict) {
  const Time now = events_.now();
  if (verdict.pause) {
    auto& until = sites_.at(job.table.organization).memory.paused_until;
    until = std::max(until, verdict.pause->until.value_or(Time{INT64_MAX}));
    check(store_->pause(job.table.organization, *verdict.pause), "pause");
  }
  if (const auto* runs = std::get_if<schedule::Runs>(&verdict.what)) {
    if (job.state == JobState::uploading) {
      check(store_->job_accepted(job.id, "77", remote_id, runs->next_poll_at, now), "job_accepted");
    } else {
      check(store_->job_runs_on(job.id, code, "", runs->next_poll_at), "job_runs_on");
    }
  } else if (const auto* succeeded = std::get_if<schedule::Succeeded>(&verdict.what)) {
    std::vector<queue::PartSuccess> parts;
    for (const auto& part : store_->parts_of(job.id).value()) parts.push_back({part.submission, succeeded->rows, ""});
    check(store_->job_succeeded(job.id, parts, "{}", now), "job_succeeded");
  } else {
    check(store_->job_ended(job.id, std::get<queue::JobEnd>(verdict.what), now), "job_ended");
  }
}

schedule::JobContext Client::context_of(const queue::Job& job) {
  check(store_->call_returned(job.id, events_.now()), "call_returned");
  const auto submission = store_->find(job.submission).value();
  const auto& route = routes.at(submission.route);
  schedule::JobContext known;
  known.import_type = route.options.import_type;
  known.on_unknown_append = route.on_unknown_append;
  known.max_attempts = route.max_attempts;
  known.attempts = submission.attempts;
  known.earlier_jobs = static_cast<int>(store_->jobs_of(job.submission).value().size()) - 1;
  known.newer_ran = store_->newer_ran(job.submission).value();
  known.forgotten_at = job.forgotten_at;
  const auto& limits = sites_.at(job.table.organization).limits.requests;
  known.timing = store_->timing_of(job.id, limits, events_.now()).value();
  return known;
}

void Client::remember(Site& site, const target::Refused& refused, bool pauses) {
  site.memory.unreachable_in_a_row = 0;
  const auto failure = zoho::classify(refused.refusal.http_status, refused.refusal.code);
  if (failure == zoho::FailureClass::no_slot && pauses) ++site.memory.no_slot_in_a_row;
}

}  // namespace dropload::sim
