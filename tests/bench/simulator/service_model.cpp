#include "tests/bench/simulator/service_model.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace dropload::sim {
namespace {

target::Refused refusal(int http_status, int code) {
  target::Refused refused;
  refused.refusal.http_status = http_status;
  refused.refusal.code = code;
  refused.refusal.message = "no";
  return refused;
}

target::Accepted accepted(const std::string& job, bool in_series) {
  target::Accepted answer{"77", job};
  if (in_series) answer.series = target::Series{"77", "view", "key of " + job};
  return answer;
}

}  // namespace

bool ServiceModel::is_away(Time now) const {
  return std::ranges::any_of(faults_.outages, [&](const Interval& outage) { return outage.has(now); });
}

bool ServiceModel::strikes(double part) {
  return part > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < part;
}

Milliseconds ServiceModel::one_way() {
  return settings_.latency +
         Milliseconds{std::uniform_int_distribution<Milliseconds::rep>(0, settings_.jitter.count())(random_)};
}

Milliseconds ServiceModel::time_to_send(std::uint64_t bytes) const {
  return Milliseconds{std::llround(static_cast<double>(bytes) / settings_.upload_bytes_per_ms)};
}

Milliseconds ServiceModel::time_to_load(Milliseconds start_up, std::uint64_t bytes) {
  const double noise = 1 + settings_.noise * std::uniform_real_distribution<double>(-1, 1)(load_random_);
  const auto ms = static_cast<double>(start_up.count()) + static_cast<double>(bytes) / settings_.load_bytes_per_ms;
  return Milliseconds{std::llround(ms * noise)};
}

int ServiceModel::jobs_at(Time now) const {
  return static_cast<int>(std::ranges::count_if(jobs_, [&](const auto& entry) {
    const ModelJob& job = entry.second;
    return (job.open ? job.last_batch_at + settings_.series_kept : job.ends_at) > now;
  }));
}

int ServiceModel::strangers_at(Time now) const {
  int slots = 0;
  for (const auto& stranger : faults_.strangers) {
    if (stranger.has(now)) slots = std::max(slots, stranger.slots);
  }
  return slots;
}

// What every call goes through: the minute's count, and faults.
std::optional<target::Refused> ServiceModel::call(Time now) {
  ++calls_;
  expire_open_jobs(now);
  while (!window_.empty() && window_.front() + Milliseconds{60'000} <= now) window_.pop_front();
  window_.push_back(now);
  most_calls_ = std::max(most_calls_, static_cast<int>(window_.size()));
  if (static_cast<int>(window_.size()) > settings_.calls_a_minute) {
    broken.push_back(fmt::format("call {} of a minute at {}", window_.size(), to_rfc3339(now)));
    return refusal(400, 6045);
  }
  if (strikes(faults_.too_fast)) return refusal(400, 6045);
  if (strikes(faults_.server_error)) return refusal(500, 7005);
  return std::nullopt;
}

target::SubmitResult ServiceModel::create(const std::string& table, const Load& load,
                                          std::vector<queue::SubmissionId> carries, Time now) {
  if (auto refused = call(now)) {
    for (const auto id : carries) failures_[id] += refused->refusal.code == 7005 ? 1 : 0;
    return *refused;
  }
  const int ours = jobs_at(now);
  if (ours + strangers_at(now) >= settings_.max_jobs) {
    if (ours >= settings_.max_jobs) broken.push_back(fmt::format("job {} at once at {}", ours + 1, to_rfc3339(now)));
    return refusal(400, 8134);
  }
  if (!rules[table].parallel) watch_line(table, carries, now);
  ModelJob job;
  job.table = table;
  job.carries = std::move(carries);
  job.in_batches = !load.is_last;
  job.began_at = now;
  job.ends_at =
      (rules[table].parallel ? now : std::max(now, busy_until_[table])) + time_to_load(settings_.start_up, load.bytes);
  load_into(job, load, now);
  const auto id = fmt::format("{}", 1'000'000 + jobs_.size());
  jobs_[id] = std::move(job);
  most_jobs_ = std::max(most_jobs_, ours + 1);
  return accepted(id, !load.is_last);
}

// `ends_at` is known. A batch is written by itself where it is not to replace the table.
void ServiceModel::load_into(ModelJob& job, const Load& load, Time now) {
  busy_until_[job.table] = job.ends_at;
  job.last_batch_at = now;
  job.next_offset = load.next;
  job.fails = strikes(faults_.failed_load);
  job.open = !load.is_last && !job.fails;
  if (job.fails) {
    for (const auto id : job.carries) ++failures_[id];
    return;
  }
  for (const auto id : job.carries) {
    if (job.in_batches && !rules[job.table].replaced && !load.only_closes()) ++batches_in_[{id, load.offset}];
    if (load.is_last && !load.only_closes()) ++landed_[id];
  }
}

void ServiceModel::watch_line(const std::string& table, const std::vector<queue::SubmissionId>& carries, Time now) {
  const bool is_open =
      std::ranges::any_of(jobs_, [&](const auto& job) { return job.second.open && job.second.table == table; });
  if (is_open || busy_until_[table] > now) {
    out_of_line.push_back(fmt::format("a second job for {} at {}", table, to_rfc3339(now)));
  }
  const auto first = std::ranges::min(carries);
  auto& last = last_of_[table];
  if (first < last && !out_of_turn.contains(first)) {
    out_of_line.push_back(fmt::format("submission {} for {} after {}", first, table, last));
  }
  last = std::max(last, first);
}

std::optional<target::Refused> ServiceModel::refuse_batch(const ModelJob& job, const Load& load) {
  if (job.expired) return refusal(400, 7338);
  if (!job.open) return refusal(400, 7337);
  if (!load.only_closes() && load.offset != job.next_offset) {
    broken.push_back(fmt::format("a batch of submission {} from byte {} instead of {}", job.carries.front(),
                                 load.offset, job.next_offset));
  }
  return std::nullopt;
}

target::SubmitResult ServiceModel::add_batch(const std::string& id, const Load& load, Time now) {
  auto& job = jobs_.at(id);
  if (auto refused = call(now)) {
    for (const auto one : job.carries) failures_[one] += refused->refusal.code == 7005 ? 1 : 0;
    return *refused;
  }
  if (auto refused = refuse_batch(job, load)) return *refused;
  job.ends_at = std::max(now, job.ends_at) + time_to_load(Milliseconds{0}, load.bytes);
  load_into(job, load, now);
  return accepted(id, true);
}

// What nobody sends batches for any more.
void ServiceModel::expire_open_jobs(Time now) {
  for (auto& [id, job] : jobs_) {
    if (!job.open || job.last_batch_at + settings_.series_kept > now) continue;
    job.open = false;
    job.expired = job.fails = true;
    job.ends_at = job.last_batch_at + settings_.series_kept;
    for (const auto one : job.carries) ++failures_[one];
  }
}

target::LastImport ServiceModel::last_import(const std::string& table, Time now) const {
  const ModelJob* last = nullptr;
  for (const auto& [id, job] : jobs_) {
    const bool has_ended = job.table == table && !job.open && job.ends_at <= now;
    if (has_ended && (last == nullptr || last->ends_at < job.ends_at)) last = &job;
  }
  const Time clock = now + settings_.clock_ahead;
  if (last == nullptr) return {std::nullopt, "{}", clock};
  zoho::ImportDetails import;
  import.at = Time{(last->ends_at + settings_.clock_ahead).ms / 1'000 * 1'000};
  import.at_text = to_rfc3339(*import.at);
  import.status = last->fails ? "Failed" : "Success";
  import.total = import.success = last->fails ? 0 : 10 * static_cast<std::int64_t>(last->carries.size());
  return {import, "{}", clock};
}

target::StatusResult ServiceModel::status(const std::string& id, Time now) {
  if (auto refused = call(now)) return *refused;
  target::Details answer;
  auto& details = answer.details;
  details.job_id = id;
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || (!found->second.open && found->second.ends_at + zoho::summary_kept_for <= now)) {
    details.code = zoho::JobCode::not_found;
    return answer;
  }
  auto& job = found->second;
  if (job.looks++ == 0) job.first_look = now;
  if (job.open || job.ends_at > now) {
    details.code = zoho::JobCode::in_progress;
    return answer;
  }
  job.summary_read = true;
  details.forgotten_at = job.ends_at + settings_.clock_ahead + zoho::summary_kept_for;
  if (job.fails) {
    details.code = zoho::JobCode::failed;
    details.error_code = 7005;
    details.error_message = "server trouble";
  } else {
    details.code = zoho::JobCode::completed;
    details.summary = zoho::ImportSummary{"APPEND", 2, 2, 10, 10, 0, "updated"};
  }
  return answer;
}

int ServiceModel::failures_of(queue::SubmissionId id) const {
  const auto found = failures_.find(id);
  return found == failures_.end() ? 0 : found->second;
}

int ServiceModel::most_often_landed(queue::SubmissionId id) const {
  int most = landed(id);
  for (auto at = batches_in_.lower_bound({id, 0}); at != batches_in_.end() && at->first.first == id; ++at) {
    most = std::max(most, at->second);
  }
  return most;
}

int ServiceModel::landed(queue::SubmissionId id) const {
  const auto found = landed_.find(id);
  return found == landed_.end() ? 0 : found->second;
}

}  // namespace dropload::sim
