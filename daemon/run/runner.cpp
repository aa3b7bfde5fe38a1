#include "daemon/run/runner.h"

#include <spdlog/spdlog.h>
#include <boost/asio/this_coro.hpp>

#include "common/base/crash_point.h"
#include "daemon/queue/callbacks.h"
#include "daemon/run/actions.h"
#include "daemon/run/apply.h"
#include "daemon/run/callback.h"
#include "daemon/run/firmly.h"
#include "daemon/run/series.h"
#include "daemon/run/stranded.h"
#include "daemon/schedule/sentences.h"

namespace dropload::run {

using queue::Store;
using queue::SubmissionId;

namespace {

constexpr auto overtaken_reason =
    "Nobody can know whether it was imported, and a newer file for the same table was imported since, so sending it "
    "again could put old data over new.";

// Nothing when one of them is held instead. In one transaction: on a parallel line a newer one may be going on
// meanwhile.
Result<std::optional<queue::Job>> begin_unless_overtaken(Store& store, const std::vector<queue::JobPart>& parts,
                                                         const queue::OrganizationLimits& limits,
                                                         const zoho::RequestCost& cost,
                                                         const std::string& callback_sha256, bool in_batches,
                                                         Time now) {
  bool is_held = false;
  for (const auto& part : parts) {
    const auto overtaken = store.overtaken(part.submission);
    if (!overtaken) return overtaken.error();
    if (!*overtaken) continue;
    const auto held = store.hold(part.submission, overtaken_reason, schedule::advice_for_unknown(), now);
    if (!held) return held.error();
    is_held = true;
  }
  if (is_held) return std::nullopt;
  auto job = store.begin_job(parts, limits, cost, now, in_batches);
  if (!job) return job.error();
  if (callback_sha256.empty()) return std::move(*job);
  if (const auto noted = queue::expect_callback(store, job->id, callback_sha256); !noted) return noted.error();
  return std::move(*job);
}

}  // namespace

Runner::Runner(Context& context, boost::asio::any_io_executor executor)
    : context_(context), wakeup_(executor), loop_(executor), actions_(executor) {
  for (const auto& [name, organization] : context.organizations) {
    scheduling_[name].max_jobs = organization.limits.max_jobs;
    limits_.push_back(organization.limits);
  }
}

http::Awaitable<Result<void>> Runner::recover() {
  const auto now = context_.clock.now();
  auto rearm = [now](Store& store) { return store.poll_all_at(now); };
  const auto rearmed = co_await firmly(context_, std::move(rearm));
  if (!rearmed) co_return rearmed.error();
  auto read = [](Store& store) { return store.uploading_jobs(); };
  const auto interrupted = co_await firmly(context_, std::move(read));
  if (!interrupted) co_return interrupted.error();
  for (const auto& job : *interrupted) {
    const auto settled = co_await settle_interrupted(context_, job, "dropload was interrupted");
    if (!settled) co_return settled.error();
  }
  const auto held = co_await hold_stranded(context_);
  co_return held;
}

void Runner::start() {
  context_.running = true;
  loop_.spawn("runner", run());
}

http::Awaitable<void> Runner::run() {
  while (!stopping_) {
    const auto wait = co_await run_once();
    co_await wakeup_.wait(wait);
  }
}

http::Awaitable<std::optional<Milliseconds>> Runner::run_once() {
  const auto now = context_.clock.now();
  auto read = [limits = limits_, now](Store& store) { return store.snapshot(limits, now); };
  const auto snapshot = co_await context_.store.run(std::move(read));
  if (!snapshot) {
    spdlog::error("the queue cannot be read: {}", snapshot.error().message);
    co_return context_.settings.storage_retry;
  }
  const auto plan = schedule::decide(*snapshot, scheduling(), now);
  bool changed = false;
  // What runs is followed to its end; what would begin could not be recorded to its end.
  const bool may_begin = !context_.store.short_of_room();
  bool is_put_off = false;
  for (const auto& action : plan.actions) {
    if (stopping_) co_return std::nullopt;
    if (!may_begin && std::holds_alternative<schedule::StartJob>(action)) {
      is_put_off = true;
      continue;
    }
    const auto done = co_await perform(action);
    if (!done) {
      // stale: something has changed since the look (a pause began), so another one is due.
      if (done.error().code != Errc::stale) spdlog::warn("the plan could not be carried out: {}", done.error().message);
      co_return context_.settings.storage_retry;
    }
    changed = changed || *done;
  }
  if (changed) co_return Milliseconds{0};
  if (is_put_off) co_return context_.settings.storage_retry;
  if (!plan.wake_at) co_return std::nullopt;
  co_return std::max(*plan.wake_at - context_.clock.now(), Milliseconds{0});
}

std::map<std::string, schedule::OrganizationSettings> Runner::scheduling() const {
  auto all = scheduling_;
  for (auto& [name, settings] : all) {
    const auto& memory = context_.organizations.at(name).memory;
    settings.service_paused_until = memory.paused_until;
    settings.probing = memory.unreachable_in_a_row > 0 || memory.refused_for_all;
  }
  return all;
}

void Runner::resumed(const std::string& organization) {
  const auto found = context_.organizations.find(organization);
  if (found != context_.organizations.end()) found->second.memory.paused_until = {};
}

http::Awaitable<Result<bool>> Runner::perform(schedule::Action action) {
  const auto now = context_.clock.now();
  if (auto* wanted = std::get_if<schedule::StartJob>(&action)) co_return co_await start(*wanted);
  if (auto* wanted = std::get_if<schedule::PollJob>(&action)) co_return co_await poll(*wanted);
  if (auto* wanted = std::get_if<schedule::SendBatch>(&action)) co_return co_await send_batch(*wanted);
  if (auto* wanted = std::get_if<schedule::LookForJob>(&action)) co_return co_await look(*wanted);
  Result<void> done;
  if (auto* settle = std::get_if<schedule::SettleLost>(&action)) {
    done = co_await context_.store.run([job = settle->job, now](Store& store) { return store.settle_lost(job, now); });
  } else if (auto* resume = std::get_if<schedule::Resume>(&action)) {
    auto lift = [name = resume->organization, now](Store& store) { return store.resume(name, now); };
    done = co_await context_.store.run(std::move(lift));
  } else {
    const SubmissionId id = std::get<schedule::Retire>(action).submission;
    // Nothing is committed at its beginning, so it is here that a second look knows of the first.
    if (retiring_.insert(id).second) actions_.spawn("retire", retire_then_wake(id));
    co_return false;
  }
  if (!done) co_return done.error();
  co_return true;
}

http::Awaitable<Result<bool>> Runner::start(schedule::StartJob action) {
  const auto id = action.submission;
  const auto submission = co_await context_.store.run([id](Store& store) { return store.find(id); });
  if (!submission) co_return submission.error();
  if (!context_.routes.contains(submission->route)) {
    const auto held = co_await hold(
        *submission, "Its route '" + submission->route + "' is not in the configuration any more.",
        "Put the route back and send it with `dropload release ID`, or end it with `dropload discard ID`.");
    co_return held;
  }
  auto cargo = co_await cargo_of(context_, *submission);
  if (!cargo) {
    const auto held = co_await hold(
        *submission, "Its bytes in the spool cannot be sent: " + cargo.error().message + ".",
        "Mend that and send it with `dropload release ID`, or end it with `dropload discard ID` and drop it again.");
    co_return held;
  }
  auto& organization = context_.organizations.at(action.organization);
  const auto cost = organization.target->cost_of_submit(submission->table);
  auto callback = new_callback(context_, organization);
  const bool in_batches =
      cargo->parts.size() == 1 && travels_in_batches(context_.routes.at(submission->route), submission->size);
  auto begin = [parts = cargo->parts, limits = organization.limits, cost, sha256 = callback.sha256, in_batches,
                now = context_.clock.now()](Store& store) {
    return begin_unless_overtaken(store, parts, limits, cost, sha256, in_batches, now);
  };
  const auto job = co_await context_.store.run(std::move(begin));
  if (!job) co_return job.error();
  if (!*job) {
    spdlog::warn("{}: held, or one that was to travel with it. {}", name_of(*submission), overtaken_reason);
    co_return true;
  }
  crash_point("intent");
  if (in_batches) {
    actions_.spawn("batch", then_wake(upload_batch(context_, **job, *submission, std::move(cargo->file),
                                                   std::move(callback.url))));
  } else {
    actions_.spawn("upload",
                   then_wake(upload(context_, **job, *submission, std::move(*cargo), std::move(callback.url))));
  }
  co_return true;
}

http::Awaitable<Result<bool>> Runner::hold(queue::Submission submission, std::string reason, std::string advice) {
  spdlog::warn("{}: held. {} {}", name_of(submission), reason, advice);
  auto write = [id = submission.id, reason, advice, now = context_.clock.now()](Store& store) {
    return store.hold(id, reason, advice, now);
  };
  const auto held = co_await context_.store.run(std::move(write));
  if (!held) co_return held.error();
  co_return true;
}

http::Awaitable<Result<bool>> Runner::poll(schedule::PollJob action) {
  const auto now = context_.clock.now();
  auto begin = [id = action.job, limits = context_.organizations.at(action.organization).limits,
                again = now + context_.settings.poll_deadline,
                now](Store& store) { return store.begin_poll(id, limits, again, now); };
  const auto job = co_await context_.store.run(std::move(begin));
  if (!job) co_return job.error();
  actions_.spawn("poll", then_wake(run::poll(context_, *job)));
  co_return true;
}

http::Awaitable<Result<bool>> Runner::look(schedule::LookForJob action) {
  const auto now = context_.clock.now();
  const auto& organization = context_.organizations.at(action.organization);
  const auto cost = organization.target->cost_of_look(action.table);
  auto begin = [id = action.job, limits = organization.limits, cost, again = now + context_.settings.poll_deadline,
                now](Store& store) { return store.begin_look(id, limits, cost, again, now); };
  const auto job = co_await context_.store.run(std::move(begin));
  if (!job) co_return job.error();
  actions_.spawn("look", then_wake(look_for(context_, *job)));
  co_return true;
}

http::Awaitable<void> Runner::then_wake(http::Awaitable<void> action) {
  co_await std::move(action);
  wake();
}

http::Awaitable<void> Runner::retire_then_wake(SubmissionId id) {
  co_await retire(context_, id);
  retiring_.erase(id);
  wake();
}

void Runner::begin_stop() {
  stopping_ = true;
  context_.running = false;
  wake();
}

http::Awaitable<void> Runner::stop(Milliseconds grace) {
  begin_stop();
  // First the loop: an action whose intent is just being committed must be among those that are drained.
  co_await loop_.join();
  co_await actions_.drain(grace);
}

}  // namespace dropload::run
