#include "tests/bench/simulator/client.h"

#include <algorithm>

#include "daemon/run/series.h"
#include "daemon/schedule/packing.h"

namespace dropload::sim {

using queue::JobState;
using schedule::Verdict;

namespace {

constexpr std::uint64_t header_bytes = 40;

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
  store_->database().raw().exec("PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE");
}

void Client::later(Milliseconds wait, std::function<void()> what) {
  events_.after(wait, [this, life = life_, what = std::move(what)] {
    if (life != life_ || !store_) return;
    what();
    done();
  });
}

void Client::done() {
  after_step();
  look();
}

schedule::Moment Client::moment() {
  return {settings, events_.now(), std::uniform_real_distribution<double>(0, 1)(random_)};
}

void Client::look() {
  if (looking_ || !store_) return;
  looking_ = true;
  const int life = life_;
  int looks = 0;
  for (bool changed = true; changed;) {
    if (++looks > 1'000) {
      broken.push_back("the plan never comes to rest");
      break;
    }
    const auto snapshot = store_->snapshot(limits_, events_.now());
    if (!check(snapshot, "snapshot")) break;
    for (auto& [name, to] : scheduling_) {
      const auto& memory = sites_.at(name).memory;
      to.service_paused_until = memory.paused_until;
      to.probing = memory.unreachable_in_a_row > 0 || memory.refused_for_all;
    }
    const auto plan = schedule::decide(*snapshot, scheduling_, events_.now());
    on_plan(*snapshot, plan);
    changed = !plan.actions.empty();
    for (const auto& action : plan.actions) {
      act(action);
      if (life == life_) after_step();
      if (life != life_) return;
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
  } else if (const auto* batch = std::get_if<schedule::SendBatch>(&action)) {
    send_batch(*batch);
  } else if (const auto* look = std::get_if<schedule::LookForJob>(&action)) {
    look_for(*look);
  } else if (const auto* lost = std::get_if<schedule::SettleLost>(&action)) {
    check(store_->settle_lost(lost->job, now), "settle_lost");
  } else if (const auto* resume = std::get_if<schedule::Resume>(&action)) {
    check(store_->resume(resume->organization, now), "resume");
  } else {
    retire(std::get<schedule::Retire>(action));
  }
}

void Client::retire(const schedule::Retire& action) {
  const auto id = action.submission;
  const Time now = events_.now();
  if (originals == nullptr) {
    check(store_->mark_retired(id, "away", now), "mark_retired");
    return;
  }
  const auto submission = store_->find(id).value();
  const int life = life_;
  const auto placed = originals->retire(submission, routes.at(submission.route), now);
  after_step();
  if (life != life_) return;
  if (!placed) {
    check(store_->retire_later(id, placed.error().message, now + Milliseconds{60'000}, now), "retire_later");
    return;
  }
  check(store_->mark_retired(id, *placed, now), "mark_retired");
  after_step();
  if (life == life_) originals->forget(id);
}

void Client::crash() {
  ++life_;
  looking_ = false;
  wakes_at_ = std::nullopt;
  store_.reset();
  pictures_.clear();
  for (auto& [name, site] : sites_) {
    site.memory = {};
    site.known_tables.clear();
  }
}

void Client::restart() {
  open();
  const int life = life_;
  const Time now = events_.now();
  check(store_->poll_all_at(now), "poll_all_at");
  const auto interrupted = store_->uploading_jobs();
  if (!check(interrupted, "uploading_jobs")) return;
  for (const auto& job : *interrupted) {
    settle_interrupted(job);
    after_step();
    if (life != life_) return;
  }
  if (originals != nullptr) originals->recover(*store_);
  look();
}

void Client::settle_interrupted(const queue::Job& job) {
  const auto submission = store_->find(job.submission).value();
  if (in_series(job)) return settle_batch(job, submission);
  const auto known = contexts_of(job);
  auto verdict = schedule::for_each_part(known, [&](const auto& part) {
    return job.whole_sent ? schedule::on_maybe_sent(moment(), "it was interrupted after the whole file was sent")
                          : schedule::on_never_sent(moment(), part, {}, Error{Errc::unavailable, "it was interrupted"});
  });
  apply(job, "", {}, std::move(verdict));
}

std::vector<queue::JobPart> Client::parts_for(const queue::Submission& head) {
  std::vector parts{queue::JobPart{head.id}};
  if (head.shape.empty() || head.merge_most == 1) return parts;
  const schedule::PackingLimits limits;
  const auto behind = store_->behind(head.id, limits.files - 1, events_.now());
  if (!check(behind, "behind")) return parts;
  std::vector<schedule::WaitingFile> line{{head.size, head.shape, head.merge_most}};
  for (const auto& next : *behind) line.push_back({next.size, next.shape, next.merge_most});
  const auto together = schedule::how_many_together(line, header_bytes, limits);
  for (std::size_t i = 1; i < together; ++i) {
    parts.push_back({(*behind)[i - 1].id, static_cast<std::int64_t>(i) * 10 + 2, 2});
  }
  return parts;
}

// True when one of them is held now.
Result<bool> Client::hold_overtaken(const std::vector<queue::JobPart>& parts) {
  bool is_held = false;
  for (const auto& part : parts) {
    const auto overtaken = store_->overtaken(part.submission);
    if (!overtaken) return overtaken.error();
    if (!*overtaken) continue;
    const auto held = store_->hold(part.submission, "a newer file ran", "", events_.now());
    if (!held) return held.error();
    is_held = true;
  }
  return is_held;
}

void Client::start(const schedule::StartJob& action) {
  const auto head = store_->find(action.submission);
  if (!check(head, "find")) return;
  const auto parts = parts_for(*head);
  const auto held = hold_overtaken(parts);
  if (!check(held, "hold_overtaken") || *held) return;
  auto& site = sites_.at(action.organization);
  const zoho::RequestCost cost{.bulk = 1, .metadata = site.known_tables.contains(head->table) ? 0 : 1};
  const bool in_batches = parts.size() == 1 && run::travels_in_batches(routes.at(head->route), head->size);
  const auto job = store_->begin_job(parts, site.limits, cost, events_.now(), in_batches);
  if (!job) {
    // Another start of the same plan has begun a pause.
    if (job.error().code != Errc::stale) broken.push_back("begin_job: " + job.error().message);
    return;
  }
  site.known_tables.insert(head->table);
  if (in_batches) {
    send_batch(*job, *head);
    return;
  }
  Upload upload{*job, head->table.table, {}, 0};
  for (const auto& part : parts) upload.carries.push_back(part.submission);
  for (const auto id : upload.carries) upload.bytes += store_->find(id).value().size;
  send(std::move(upload));
}

void Client::pause(const std::string& organization, const std::optional<queue::Pause>& pause) {
  if (!pause) return;
  auto& until = sites_.at(organization).memory.paused_until;
  until = std::max(until, pause->until.value_or(Time{INT64_MAX}));
  check(store_->pause(organization, *pause), "pause");
}

void Client::apply(const queue::Job& job, const std::string& remote_id, std::optional<int> code, Verdict verdict,
                   const std::string& summary) {
  const Time now = events_.now();
  pause(job.table.organization, verdict.pause);
  if (const auto* runs = std::get_if<schedule::Runs>(&verdict.what)) {
    if (job.state == JobState::uploading) {
      check(store_->job_accepted(job.id, "77", remote_id, runs->next_poll_at, now), "job_accepted");
    } else {
      check(store_->job_runs_on(job.id, code, "", runs->next_poll_at), "job_runs_on");
    }
  } else if (const auto* succeeded = std::get_if<schedule::Succeeded>(&verdict.what)) {
    check(store_->job_succeeded(job.id, succeeded->parts, summary, now), "job_succeeded");
  } else {
    auto end = std::get<queue::JobEnd>(std::move(verdict.what));
    end.summary = summary;
    check(store_->job_ended(job.id, end, now), "job_ended");
  }
}

std::vector<schedule::JobContext> Client::contexts_of(const queue::Job& job) {
  check(store_->call_returned(job.id, events_.now()), "call_returned");
  const auto& limits = sites_.at(job.table.organization).limits.requests;
  const auto timing = store_->timing_of(job.id, limits, events_.now()).value();
  const auto strangers = store_->strangers(job.table.organization).value();
  std::vector<schedule::JobContext> known;
  for (const auto& carried : store_->carried_by(job.id).value()) {
    const auto& route = routes.at(carried.submission.route);
    auto& one = known.emplace_back();
    one.part = carried.part;
    one.records = carried.submission.records;
    one.on_error = route.options.on_error;
    one.on_row_difference = route.on_row_difference;
    one.import_type = route.options.import_type;
    one.on_unknown_append = route.on_unknown_append;
    one.newer_ran = carried.newer_ran;
    one.max_attempts = route.max_attempts;
    one.attempts = carried.submission.attempts;
    one.earlier_jobs = carried.jobs - 1;
    one.forgotten_at = job.forgotten_at;
    one.timing = timing;
    one.no_slot_refusals = strangers ? strangers->refusals : 0;
  }
  return known;
}

}  // namespace dropload::sim
