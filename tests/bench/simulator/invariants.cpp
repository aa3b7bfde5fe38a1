#include "tests/bench/simulator/invariants.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/db/query.h"

namespace dropload::sim {

using queue::JobId;
using queue::SubmissionId;
using zoho::ImportType;

void Invariants::say(std::string what) {
  broken.push_back(fmt::format("step {}: {}", steps_, what));
}

void Invariants::say_all(const std::vector<std::string>& what) {
  for (const auto& one : what) say(one);
}

void Invariants::check(Time now) {
  ++steps_;
  for (const auto& [name, service] : services_) {
    say_all(service->broken);
    say_all(service->out_of_line);
  }
  say_all(client_.broken);
  check_submissions();
  check_slots(now);
  check_lines();
  check_new_jobs();
  check_summaries(now);
}

void Invariants::check_submissions() {
  std::size_t rows = 0;
  db::Query query(client_.store().database(),
                  "SELECT id, state, attempts, retired_to IS NOT NULL FROM submission ORDER BY id");
  while (query.step()) {
    ++rows;
    const auto id = query.get<SubmissionId>(0);
    Row row{query.get<std::string>(1), query.get<bool>(3)};
    check_rows_in(id, row.state, query.get<int>(2));
    // Files are looked at when something has changed: looking costs more than all the rest.
    auto& seen = seen_[id];
    if (seen == row) continue;
    seen = std::move(row);
    check_original(id);
  }
  if (rows != accepted_.size()) say(fmt::format("{} of {} accepted files are left", rows, accepted_.size()));
}

bool Invariants::may_be_in_twice(const queue::NewSubmission& submission) const {
  const auto& route = client_.routes.at(submission.route);
  return route.options.import_type != ImportType::append || route.on_unknown_append == queue::OnUnknown::resend ||
         sent_again_.contains(submission.id);
}

void Invariants::check_rows_in(SubmissionId id, const std::string& state, int attempts) {
  const auto& submission = accepted_.at(id);
  const auto& service = *services_.at(submission.table.organization);
  if (state == "done" && service.landed(id) == 0) say(fmt::format("submission {} is done and not in", id));
  if (attempts > service.failures_of(id)) {
    say(fmt::format("submission {} spent {} attempts on {} failures", id, attempts, service.failures_of(id)));
  }
  if (may_be_in_twice(submission)) return;
  if (service.most_often_landed(id) > 1) say(fmt::format("submission {} was imported twice", id));
  if (state == "failed" && service.landed(id) > 0) say(fmt::format("submission {} has failed and is in", id));
}

void Invariants::check_original(SubmissionId id) {
  const auto submission = client_.store().find(id).value();
  say_all(originals_.wrong_with(submission, client_.routes.at(submission.route)));
}

// Lost jobs that are not settled hold their slot.
void Invariants::check_slots(Time now) {
  std::map<std::string, int> held;
  db::Query query(client_.store().database(),
                  "SELECT organization, count(*) FROM job WHERE holds_slot = 1 GROUP BY organization");
  while (query.step()) held[query.get<std::string>(0)] = query.get<int>(1);
  for (const auto& [name, service] : services_) {
    if (held[name] > client_.sites().at(name).limits.max_jobs) say("more jobs than slots");
    if (const int there = service->jobs_at(now); there > held[name]) {
      say(fmt::format("{} jobs run at {} and {} slots are held", there, name, held[name]));
    }
  }
}

void Invariants::check_lines() {
  db::Query query(
      client_.store().database(),
      "SELECT l.tbl FROM job j JOIN lane l ON l.id = j.lane WHERE j.holds_slot = 1 AND l.parallel = 0 GROUP "
      "BY l.id HAVING count(*) > 1");
  while (query.step()) say("two jobs for " + query.get<std::string>(0));
}

// Nobody who came before is left behind.
void Invariants::check_new_jobs() {
  db::Query query(client_.store().database(),
                  "SELECT j.id, (SELECT min(s.id) FROM submission s WHERE s.lane = j.lane AND s.state = 'queued' AND "
                  "s.id < j.last_submission) FROM job j JOIN lane l ON l.id = j.lane WHERE j.id > ? AND l.parallel = 0",
                  newest_job_);
  while (query.step()) {
    newest_job_ = query.get<JobId>(0);
    const auto passed = query.get<std::optional<SubmissionId>>(1);
    if (passed) say(fmt::format("job {} was begun before submission {}", newest_job_, *passed));
  }
}

void Invariants::check_summaries(Time now) {
  db::Query query(client_.store().database(),
                  "SELECT remote_id, organization FROM job WHERE holds_slot = 1 AND state = 'running'");
  while (query.step()) {
    const auto id = query.get<std::string>(0);
    const auto& job = services_.at(query.get<std::string>(1))->jobs().at(id);
    if (!job.open && job.ends_at + zoho::summary_kept_for <= now && !job.summary_read) {
      say(fmt::format("the summary of job {} is forgotten and was not read", id));
    }
  }
}

void Invariants::check_plan(const queue::Snapshot& snapshot, const schedule::Plan& plan, Time now) {
  // Those that are forgotten within a quarter of an hour go first, in that order; see scheduler.h.
  constexpr Milliseconds soon{900'000};
  std::map<std::string, Time> last;
  for (const auto& action : plan.actions) {
    const auto* poll = std::get_if<schedule::PollJob>(&action);
    if (poll == nullptr) continue;
    const auto organization =
        std::ranges::find(snapshot.organizations, poll->organization, &queue::OrganizationSnapshot::name);
    const auto due = std::ranges::find(organization->polls, poll->job, &queue::DuePoll::job);
    Time forgotten = due->forgotten_at.value_or(Time{INT64_MAX});
    if (forgotten >= now + soon) forgotten = Time{INT64_MAX};
    if (forgotten < last[poll->organization]) say(fmt::format("job {} is polled too late in a plan", poll->job));
    last[poll->organization] = forgotten;
  }
}

void Invariants::check_end(Time now) {
  if (!client_.is_up()) return say("it was never restarted");
  seen_.clear();
  check(now);
  if (client_.wakes_at() && *client_.wakes_at() > now) say("it is idle and wants to be woken");
  db::Query open(client_.store().database(),
                 "SELECT id, state FROM submission WHERE state IN ('queued', 'importing') OR (ended_at IS NOT NULL AND "
                 "retired_to IS NULL)");
  while (open.step()) {
    say(fmt::format("submission {} is {} in the end", open.get<SubmissionId>(0), open.get<std::string>(1)));
  }
  db::Query jobs(client_.store().database(),
                 "SELECT remote_id, organization, state, summary FROM job WHERE remote_id IS NOT NULL AND state IN "
                 "('succeeded', 'lost') AND batch_key IS NULL");
  while (jobs.step()) {
    const auto id = jobs.get<std::string>(0);
    const bool was_read = services_.at(jobs.get<std::string>(1))->jobs().at(id).summary_read;
    if (jobs.get<std::string>(2) == "lost" || !was_read || jobs.get<std::string>(3).empty()) {
      say(fmt::format("the summary of job {} was not read and kept", id));
    }
  }
  db::Query away(client_.store().database(), "SELECT count(*) FROM submission WHERE retired_to <> ''");
  away.step();
  say_all(originals_.wrong_in_the_end(away.get<std::size_t>(0)));
}

}  // namespace dropload::sim
