#include "daemon/schedule/scheduler.h"

#include <algorithm>
#include <set>

namespace dropload::schedule {
namespace {

using queue::Candidate;
using queue::OrganizationSnapshot;

// The earliest moment at which anything asks for another look.
class WakeAt {
 public:
  void consider(std::optional<Time> at) {
    if (at && (!earliest_ || *at < *earliest_)) earliest_ = at;
  }
  [[nodiscard]] std::optional<Time> earliest() const { return earliest_; }

 private:
  std::optional<Time> earliest_;
};

// One organization's share of a plan. The request window of its account is drawn down by what the plan does.
class OrganizationPlan {
 public:
  OrganizationPlan(const OrganizationSnapshot& snapshot, const OrganizationSettings& settings, Time now, Plan& plan,
                   WakeAt& wake_at, zoho::RequestWindow& requests)
      : snapshot_(snapshot), settings_(settings), now_(now), plan_(plan), wake_at_(wake_at), requests_(requests) {}

  void settle() {
    for (const auto job : snapshot_.lost_over) plan_.actions.push_back(SettleLost{job});
    wake_at_.consider(snapshot_.next_lost_over_at);
  }

  void start_unless_paused() {
    if (snapshot_.pause) {
      wait_out_pause();
      if (!snapshot_.pause->until) send_batches_of_begun();
    } else if (starts_have_the_turn()) {
      start();
      (void)send_batches();
    } else if (send_batches()) {
      start();
    }
  }

  void poll();
  void look();

 private:
  void stand_still(Standstill::Why why, std::optional<Time> until = {}) {
    plan_.standstills[snapshot_.name] = {why, until};
  }

  void wait_out_pause() {
    stand_still(Standstill::Why::paused, snapshot_.pause->until);
    if (snapshot_.pause->until && *snapshot_.pause->until <= now_) {
      plan_.actions.push_back(Resume{snapshot_.name});
    } else {
      wake_at_.consider(snapshot_.pause->until);
    }
  }

  // A person's pause keeps back what has not begun. But where a pause of the service's word would be in force beside
  // it, no call would go through.
  void send_batches_of_begun() {
    if (snapshot_.batches.empty() || settings_.service_paused_until <= now_) {
      (void)send_batches();
    } else {
      wake_at_.consider(settings_.service_paused_until);
    }
  }

  // False when the budget has no room: then the next look is when it has.
  bool draw(const zoho::RequestCost& cost) {
    if (const auto free_at = requests_.wait_until(cost, now_)) {
      wake_at_.consider(free_at);
      return false;
    }
    requests_.add(cost, now_);
    return true;
  }

  // So many jobs may be held at once: with strangers one more than is known to be free when its probe is due.
  int most_jobs() {
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

  // With nothing started since the batches are due, it is not their turn.
  [[nodiscard]] bool starts_have_the_turn() const {
    if (snapshot_.batches.empty() || snapshot_.ready.empty()) return false;
    const auto due_at = snapshot_.batches.front().due_at;
    return std::ranges::all_of(snapshot_.route_last_started, [&](const auto& route) { return route.second < due_at; });
  }

  // False when the budget has no room for all that are due: then new jobs wait too.
  bool send_batches() {
    wake_at_.consider(snapshot_.next_batch_at);
    for (const auto& due : snapshot_.batches) {
      if (!draw(settings_.cost_of_batch)) {
        // What kept the starts back before the batches says more of them.
        if (!plan_.standstills.contains(snapshot_.name)) {
          stand_still(Standstill::Why::budget, requests_.wait_until(settings_.cost_of_batch, now_));
        }
        return false;
      }
      plan_.actions.push_back(SendBatch{snapshot_.name, due.job});
    }
    return true;
  }

  void start() {
    wake_at_.consider(snapshot_.next_ready_at);
    int free_slots = most_jobs() - snapshot_.slots_held;
    auto limit = Standstill::Why::slots;
    if (settings_.probing && 1 - snapshot_.uploading < free_slots) {
      free_slots = 1 - snapshot_.uploading;
      limit = Standstill::Why::probing;
    }
    auto route_started = snapshot_.route_last_started;
    auto waiting = snapshot_.ready;
    std::set<queue::TableKey> taken;
    // A route that starts now has started most recently of all; later picks of this plan are later still.
    Time later_than_all = now_;
    while (free_slots > 0 && !waiting.empty()) {
      const auto next = pick(waiting, route_started);
      if (taken.contains(next->table)) {
        waiting.erase(next);
        continue;
      }
      if (!draw(settings_.cost_of_start)) {
        stand_still(Standstill::Why::budget, requests_.wait_until(settings_.cost_of_start, now_));
        return;
      }
      plan_.actions.push_back(StartJob{snapshot_.name, next->submission});
      taken.insert(next->table);
      later_than_all = later_than_all + Milliseconds{1};
      route_started[next->route] = later_than_all;
      waiting.erase(next);
      --free_slots;
    }
    if (free_slots <= 0) stand_still(limit);
  }

  // The highest priority; among equals the route that started least recently picks; of its tables the one that started
  // least recently; then arrival.
  static std::vector<Candidate>::iterator pick(std::vector<Candidate>& waiting,
                                               const std::map<std::string, Time>& route_started) {
    const auto rank = [&](const Candidate& c) {
      const auto found = route_started.find(c.route);
      return std::tuple(-c.priority, found == route_started.end() ? Time{} : found->second, c.table_last_started,
                        c.submission);
    };
    return std::min_element(waiting.begin(), waiting.end(),
                            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  }

  const OrganizationSnapshot& snapshot_;
  const OrganizationSettings& settings_;
  Time now_;
  Plan& plan_;
  WakeAt& wake_at_;
  zoho::RequestWindow& requests_;  // of the account: its organizations draw from one
};

void OrganizationPlan::poll() {
  wake_at_.consider(snapshot_.next_poll_at);
  auto polls = snapshot_.polls;
  constexpr Time never{INT64_MAX};
  std::stable_sort(polls.begin(), polls.end(), [&](const auto& a, const auto& b) {
    return std::pair(a.forgotten_at.value_or(never), a.due_at) < std::pair(b.forgotten_at.value_or(never), b.due_at);
  });
  for (const auto& due : polls) {
    if (!draw(settings_.cost_of_poll)) return;
    plan_.actions.push_back(PollJob{snapshot_.name, due.job});
  }
}

void OrganizationPlan::look() {
  wake_at_.consider(snapshot_.next_look_at);
  for (const auto& due : snapshot_.looks) {
    if (!draw(settings_.cost_of_look)) return;
    plan_.actions.push_back(LookForJob{snapshot_.name, due.job, due.table});
  }
}

}  // namespace

Plan decide(const queue::Snapshot& snapshot, const std::map<std::string, OrganizationSettings>& settings, Time now) {
  Plan plan;
  WakeAt wake_at;
  for (const auto id : snapshot.to_retire) plan.actions.push_back(Retire{id});
  wake_at.consider(snapshot.next_retire_at);
  std::map<std::string, zoho::RequestWindow> accounts;
  std::vector<OrganizationPlan> plans;
  for (const auto& organization : snapshot.organizations) {
    const auto& account = organization.account.empty() ? organization.name : organization.account;
    auto& requests = accounts.emplace(account, organization.requests).first->second;
    plans.emplace_back(organization, settings.at(organization.name), now, plan, wake_at, requests);
  }
  // What one organization polls goes before what another one of the same account starts.
  for (auto& one : plans) one.settle();
  for (auto& one : plans) one.poll();
  for (auto& one : plans) one.look();
  for (auto& one : plans) one.start_unless_paused();
  plan.wake_at = wake_at.earliest();
  return plan;
}

}  // namespace dropload::schedule
