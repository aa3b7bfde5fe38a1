#include "daemon/schedule/scheduler.h"

#include <algorithm>
#include <tuple>

#include "daemon/schedule/organization_plan.h"

namespace dropload::schedule {
namespace {

// A job whose summary is forgotten within this time is polled before all others.
constexpr Milliseconds soon_forgotten{900'000};

// The organizations that draw from one budget.
struct AccountPlan {
  explicit AccountPlan(const zoho::RequestWindow& requests) : budget(requests) {}

  AccountBudget budget;
  std::vector<OrganizationPlan*> members{};
};

template <typename Due>
struct DueOf {
  Due due;
  OrganizationPlan* plan;
};

void poll(const AccountPlan& account, Time now) {
  std::vector<DueOf<queue::DuePoll>> all;
  for (auto* plan : account.members) {
    for (const auto& due : plan->snapshot().polls) all.push_back({due, plan});
  }
  std::ranges::stable_sort(all, {}, [now](const auto& one) {
    constexpr Time never{INT64_MAX};
    const auto forgotten_at = one.due.forgotten_at.value_or(never);
    return std::tuple(forgotten_at < now + soon_forgotten ? forgotten_at : never, one.due.due_at, forgotten_at);
  });
  for (const auto& one : all) one.plan->poll(one.due);
}

void look(const AccountPlan& account) {
  std::vector<DueOf<queue::DueLook>> all;
  for (auto* plan : account.members) {
    for (const auto& due : plan->snapshot().looks) all.push_back({due, plan});
  }
  std::ranges::stable_sort(all, {}, [](const auto& one) { return one.due.due_at; });
  for (const auto& one : all) one.plan->look(one.due);
}

void send(const AccountPlan& account, Time now) {
  struct Turn {
    Time last_sent_at;
    OrganizationPlan* plan;
  };
  std::vector<Turn> turns;
  for (auto* plan : account.members) {
    plan->prepare_to_send();
    turns.push_back({plan->snapshot().last_sent_at, plan});
  }
  // What is sent now is the latest of all; later turns of this plan are later still.
  Time later_than_all = now;
  while (!turns.empty()) {
    const auto next = std::ranges::min_element(turns, {}, &Turn::last_sent_at);
    if (next->plan->take_turn()) {
      later_than_all = later_than_all + Milliseconds{1};
      next->last_sent_at = later_than_all;
    } else {
      turns.erase(next);
    }
  }
}

}  // namespace

Plan decide(const queue::Snapshot& snapshot, const std::map<std::string, OrganizationSettings>& settings, Time now) {
  Plan plan;
  WakeAt wake_at;
  for (const auto id : snapshot.to_retire) plan.actions.push_back(Retire{id});
  wake_at.consider(snapshot.next_retire_at);
  std::map<std::string, AccountPlan> accounts;
  std::vector<OrganizationPlan> plans;
  plans.reserve(snapshot.organizations.size());
  for (const auto& organization : snapshot.organizations) {
    const auto& name = organization.account.empty() ? organization.name : organization.account;
    auto& account = accounts.try_emplace(name, organization.requests).first->second;
    plans.emplace_back(organization, settings.at(organization.name), now, plan, wake_at, account.budget);
    account.members.push_back(&plans.back());
  }
  for (auto& one : plans) one.settle();
  for (auto& [name, account] : accounts) {
    poll(account, now);
    look(account);
    send(account, now);
  }
  plan.wake_at = wake_at.earliest();
  return plan;
}

}  // namespace dropload::schedule
