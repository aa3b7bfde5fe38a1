#pragma once

// One organization's share of a plan. Private to the room. Pure.

#include "daemon/schedule/scheduler.h"

namespace dropload::schedule {

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

// The calls of an account, drawn down by what the plan does for each of its organizations.
class AccountBudget {
 public:
  explicit AccountBudget(zoho::RequestWindow requests) : requests_(std::move(requests)) {}

  // False when there is no room: then it is to be had before what is refused later.
  bool draw(const zoho::RequestCost& cost, Time now, WakeAt& wake_at);
  // When there is room for all that was refused so far, and this.
  [[nodiscard]] std::optional<Time> room_for(const zoho::RequestCost& more, Time now) const;
  // Organizations whose turn to send was refused, the first one in front.
  std::vector<std::string> in_turn{};

 private:
  zoho::RequestWindow requests_;
  zoho::RequestCost refused_;
};

class OrganizationPlan {
 public:
  OrganizationPlan(const queue::OrganizationSnapshot& snapshot, const OrganizationSettings& settings, Time now,
                   Plan& plan, WakeAt& wake_at, AccountBudget& budget);

  [[nodiscard]] const queue::OrganizationSnapshot& snapshot() const { return snapshot_; }
  void settle();
  void poll(const queue::DuePoll& due);
  void look(const queue::DueLook& due);
  // Before the first turn: what it may send, and when to look again for what it may not yet.
  void prepare_to_send();
  // One batch or one start. False when there is none, or none that may be.
  bool take_turn();

 private:
  void stand_still(Standstill::Why why, std::optional<Time> until = {});
  void wait_out_pause();
  void let_begun_go_on();
  [[nodiscard]] bool starts_have_the_turn() const;
  int most_jobs();
  [[nodiscard]] Standstill::Why limit_of_slots() const;
  void stand_still_for_slots();
  void count_free_slots();
  bool send_batch();
  bool start();
  std::vector<queue::Candidate>::iterator pick();
  void wait_for_budget(const zoho::RequestCost& more);

  const queue::OrganizationSnapshot& snapshot_;
  const OrganizationSettings& settings_;
  Time now_;
  Plan& plan_;
  WakeAt& wake_at_;
  AccountBudget& budget_;
  // What is left to be sent.
  bool starts_first_ = false;
  std::vector<queue::DueBatch> batches_;
  std::vector<queue::Candidate> waiting_;
  int free_slots_ = 0;
  Standstill::Why limit_ = Standstill::Why::slots;
  std::map<std::string, Time> route_started_;
  // A route that starts now has started most recently of all; later picks of this plan are later still.
  Time later_than_all_;
};

}  // namespace dropload::schedule
