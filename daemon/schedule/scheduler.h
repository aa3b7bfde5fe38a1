#pragma once

// The decision what to do next. Pure: decide(snapshot, settings, now) -> what to do and when to look again.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/queue/snapshot.h"

namespace dropload::schedule {

struct OrganizationSettings {
  int max_jobs = zoho::max_jobs_of_an_organization;
  // What one start costs at most; the runner charges the true cost, never more than this.
  zoho::RequestCost cost_of_start{1, 2};
  zoho::RequestCost cost_of_poll{1, 0};
  zoho::RequestCost cost_of_batch{1, 0};
  zoho::RequestCost cost_of_look{0, 3};  // at most
  // The last start found no service, or one that refuses all: one job is the probe, and nothing else starts until it is
  // answered.
  bool probing = false;
  // Until then the service's word, or an outage, has paused it, as far as is known beside a pause by a person.
  Time service_paused_until{};
};

struct StartJob {
  std::string organization;
  queue::SubmissionId submission = 0;
};
struct PollJob {
  std::string organization;
  queue::JobId job = 0;
};
// The next batch of a series, or the one that closes a lost one.
struct SendBatch {
  std::string organization;
  queue::JobId job = 0;
};
// Ask what was last imported into the table of a lost job.
struct LookForJob {
  std::string organization;
  queue::JobId job = 0;
  queue::TableKey table;
};
// A lost job cannot be running any more: give back its slot.
struct SettleLost {
  queue::JobId job = 0;
};
// Put an ended submission's original where it belongs.
struct Retire {
  queue::SubmissionId submission = 0;
};
struct Resume {  // a pause whose time is over
  std::string organization;
};
using Action = std::variant<StartJob, PollJob, LookForJob, SettleLost, Retire, Resume, SendBatch>;

// Why an organization starts no more than the plan says, when more could be waiting.
struct Standstill {
  enum class Why { paused = 1, slots, strangers, probing, budget };
  Why why = Why::slots;
  // Of a pause that ends by itself; when one job more than strangers leave us is tried; when the budget has room for
  // `next`, behind what is to be called before.
  std::optional<Time> until;
  // Of a used up budget: whose turn it is in the organization, and organizations of its account with an earlier turn.
  std::optional<queue::SubmissionId> next;
  std::vector<std::string> before;
};

struct Plan {
  std::vector<Action> actions;
  std::map<std::string, Standstill> standstills;  // by organization
  // Look again then at the latest; nothing: only when something changes. Every action changes something, so a plan with
  // actions needs none.
  std::optional<Time> wake_at;
};

// REQUIRES: settings has an entry for every organization of the snapshot.
//
// Rules, in this order, for each organization by itself but for the budget, which is that of its account:
// 1. Lost jobs whose time is over are settled; ended submissions are retired. Neither costs budget.
// 2. A paused organization starts nothing and sends no batch; its polls go on (a summary is forgotten in an hour)
//    unless the pause is over: then Resume. A person's pause, which has no end, lets batches of series that have begun
//    go on.
// 3. Due polls of the account draw from the budget before its looks for lost jobs, and these before what is sent. In
//    front are polls of jobs whose summary is forgotten within a quarter of an hour, the first one first; then those
//    that have been due longest, whosever they are.
// 4. Organizations of one account send in turn, a batch or a start each time, first the one that sent least recently.
// 5. Of one organization, due batches of series that have begun, and starts: whichever had the last turn goes second,
//    so that neither takes the other's part of the budget.
// 6. Starts: while slots and budget last (one, and none beside an upload, when probing), the lines of the highest
//    priority first, strictly; among equals the route that started least recently picks, of its tables the one that
//    started least recently; a table once per plan. With strangers in the organization the slots are those known to be
//    free for us, and one more, beside no upload, when its probe is due.
// 7. wake_at is the earliest of: next poll, next look, next batch, next line that waits for a time, next lost job over,
//    budget free again for what waits for it, end of a pause, next retirement.
Plan decide(const queue::Snapshot& snapshot, const std::map<std::string, OrganizationSettings>& settings, Time now);

}  // namespace dropload::schedule
