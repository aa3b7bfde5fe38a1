#include "daemon/schedule/organization_plan.h"

#include <algorithm>
#include <tuple>

namespace dropload::schedule {

using queue::Candidate;

bool AccountBudget::draw(const zoho::RequestCost& cost, Time now, WakeAt& wake_at) {
  if (const auto free_at = requests_.wait_until(cost, now)) {
    wake_at.consider(free_at);
    refused_.bulk += cost.bulk;
    refused_.metadata += cost.metadata;
    return false;
  }
  requests_.add(cost, now);
  return true;
}

std::optional<Time> AccountBudget::room_for(const zoho::RequestCost& more, Time now) const {
  return requests_.wait_until({refused_.bulk + more.bulk, refused_.metadata + more.metadata}, now);
}

OrganizationPlan::OrganizationPlan(const queue::OrganizationSnapshot& snapshot, const OrganizationSettings& settings,
                                   Time now, Plan& plan, WakeAt& wake_at, AccountBudget& budget)
    : snapshot_(snapshot),
      settings_(settings),
      now_(now),
      plan_(plan),
      wake_at_(wake_at),
      budget_(budget),
      later_than_all_(now) {}

void OrganizationPlan::settle() {
  for (const auto job : snapshot_.lost_over) plan_.actions.push_back(SettleLost{job});
  wake_at_.consider(snapshot_.next_lost_over_at);
  wake_at_.consider(snapshot_.next_poll_at);
  wake_at_.consider(snapshot_.next_look_at);
}

void OrganizationPlan::poll(const queue::DuePoll& due) {
  if (!budget_.draw(settings_.cost_of_poll, now_, wake_at_)) return;
  plan_.actions.push_back(PollJob{snapshot_.name, due.job});
}

void OrganizationPlan::look(const queue::DueLook& due) {
  if (!budget_.draw(settings_.cost_of_look, now_, wake_at_)) return;
  plan_.actions.push_back(LookForJob{snapshot_.name, due.job, due.table});
}

void OrganizationPlan::prepare_to_send() {
  if (snapshot_.pause) {
    wait_out_pause();
    if (!snapshot_.pause->until) let_begun_go_on();
    return;
  }
  wake_at_.consider(snapshot_.next_batch_at);
  wake_at_.consider(snapshot_.next_ready_at);
  starts_first_ = starts_have_the_turn();
  batches_ = snapshot_.batches;
  waiting_ = snapshot_.ready;
  route_started_ = snapshot_.route_last_started;
  count_free_slots();
}

bool OrganizationPlan::take_turn() {
  if (starts_first_) return start() || send_batch();
  return send_batch() || start();
}

void OrganizationPlan::stand_still(Standstill::Why why, std::optional<Time> until) {
  plan_.standstills[snapshot_.name] = {why, until, {}, {}};
}

void OrganizationPlan::wait_out_pause() {
  stand_still(Standstill::Why::paused, snapshot_.pause->until);
  if (snapshot_.pause->until && *snapshot_.pause->until <= now_) {
    plan_.actions.push_back(Resume{snapshot_.name});
  } else {
    wake_at_.consider(snapshot_.pause->until);
  }
}

// A person's pause keeps back what has not begun. But where a pause of the service's word would be in force beside it,
// no call would go through.
void OrganizationPlan::let_begun_go_on() {
  if (!snapshot_.batches.empty() && settings_.service_paused_until > now_) {
    wake_at_.consider(settings_.service_paused_until);
    return;
  }
  wake_at_.consider(snapshot_.next_batch_at);
  batches_ = snapshot_.batches;
}

// With nothing started since the batches are due, it is not their turn.
bool OrganizationPlan::starts_have_the_turn() const {
  if (snapshot_.batches.empty() || snapshot_.ready.empty()) return false;
  const auto due_at = snapshot_.batches.front().due_at;
  return std::ranges::all_of(snapshot_.route_last_started, [&](const auto& route) { return route.second < due_at; });
}

// So many jobs may be held at once: with strangers one more than is known to be free when its probe is due.
int OrganizationPlan::most_jobs() {
  const auto& strangers = snapshot_.strangers;
  if (!strangers || snapshot_.slots_held < strangers->ours) {
    return strangers ? std::min(strangers->ours, settings_.max_jobs) : settings_.max_jobs;
  }
  if (strangers->probe_at <= now_) {
    return std::min(snapshot_.uploading > 0 ? 0 : snapshot_.slots_held + 1, settings_.max_jobs);
  }
  if (!snapshot_.ready.empty()) wake_at_.consider(strangers->probe_at);
  return 0;
}

Standstill::Why OrganizationPlan::limit_of_slots() const {
  const auto& strangers = snapshot_.strangers;
  if (!strangers || std::max(strangers->ours, snapshot_.slots_held) >= settings_.max_jobs)
    return Standstill::Why::slots;
  return strangers->probe_at <= now_ ? Standstill::Why::probing : Standstill::Why::strangers;
}

void OrganizationPlan::stand_still_for_slots() {
  if (limit_ == Standstill::Why::strangers) {
    stand_still(limit_, snapshot_.strangers->probe_at);
  } else {
    stand_still(limit_);
  }
}

void OrganizationPlan::count_free_slots() {
  limit_ = limit_of_slots();
  free_slots_ = most_jobs() - snapshot_.slots_held;
  if (settings_.probing && 1 - snapshot_.uploading < free_slots_) {
    free_slots_ = 1 - snapshot_.uploading;
    limit_ = Standstill::Why::probing;
  }
  if (free_slots_ <= 0) stand_still_for_slots();
}

// With no room for one that is due new jobs wait too, unless they have the turn.
bool OrganizationPlan::send_batch() {
  if (batches_.empty()) return false;
  if (!budget_.draw(settings_.cost_of_batch, now_, wake_at_)) {
    batches_.clear();
    if (!starts_first_) wait_for_budget(settings_.cost_of_start);
    return false;
  }
  plan_.actions.push_back(SendBatch{snapshot_.name, batches_.front().job});
  batches_.erase(batches_.begin());
  return true;
}

bool OrganizationPlan::start() {
  if (free_slots_ <= 0 || waiting_.empty()) return false;
  if (!budget_.draw(settings_.cost_of_start, now_, wake_at_)) {
    wait_for_budget({});
    return false;
  }
  const auto next = pick();
  plan_.actions.push_back(StartJob{snapshot_.name, next->submission});
  later_than_all_ = later_than_all_ + Milliseconds{1};
  route_started_[next->route] = later_than_all_;
  // A table has one job in a plan, though lines of several routes lead to it.
  std::erase_if(waiting_, [table = next->table](const Candidate& other) { return other.table == table; });
  if (--free_slots_ == 0) stand_still_for_slots();
  return true;
}

// The highest priority; among equals the route that started least recently picks; of its tables the one that started
// least recently; then arrival.
std::vector<Candidate>::iterator OrganizationPlan::pick() {
  const auto rank = [&](const Candidate& c) {
    const auto found = route_started_.find(c.route);
    return std::tuple(-c.priority, found == route_started_.end() ? Time{} : found->second, c.table_last_started,
                      c.submission);
  };
  return std::ranges::min_element(waiting_, {}, rank);
}

void OrganizationPlan::wait_for_budget(const zoho::RequestCost& more) {
  if (free_slots_ > 0 && !waiting_.empty()) {
    plan_.standstills[snapshot_.name] = {Standstill::Why::budget, budget_.room_for(more, now_), pick()->submission,
                                         budget_.in_turn};
    waiting_.clear();
  }
  budget_.in_turn.push_back(snapshot_.name);
}

}  // namespace dropload::schedule
