// Organizations of one account, which draw from one budget.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/schedule/scheduler.h"

namespace dropload::schedule {
namespace {

using queue::OrganizationSnapshot;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Time turn_now{1'000'000};

Time turn_in(std::int64_t seconds) {
  return turn_now + Milliseconds{seconds * 1000};
}

class AccountTurns : public testing::Test {
 protected:
  AccountTurns() {
    for (const auto* name : {"aaa", "zzz"}) {
      auto& one = snapshot.organizations.emplace_back();
      one.name = name;
      one.account = "account both";
      settings[name] = {};
    }
  }
  OrganizationSnapshot& aaa() { return snapshot.organizations.front(); }
  OrganizationSnapshot& zzz() { return snapshot.organizations.back(); }
  static void let_wait(OrganizationSnapshot& one, queue::SubmissionId first, int files) {
    for (int i = 0; i < files; ++i) {
      one.ready.push_back({first + i, "r", {one.name, "Main", "t" + std::to_string(i)}, 100, {}});
    }
  }
  void leave_calls(int calls, std::int64_t used_at = -10) {
    for (auto& one : snapshot.organizations) one.requests.add(zoho::CallKind::bulk, turn_in(used_at), 40 - calls);
  }
  std::vector<std::int64_t> planned() {
    plan = decide(snapshot, settings, turn_now);
    std::vector<std::int64_t> ids;
    for (const auto& action : plan.actions) {
      if (const auto* start = std::get_if<StartJob>(&action)) ids.push_back(start->submission);
      if (const auto* poll = std::get_if<PollJob>(&action)) ids.push_back(poll->job);
      if (const auto* batch = std::get_if<SendBatch>(&action)) ids.push_back(batch->job);
      if (const auto* look = std::get_if<LookForJob>(&action)) ids.push_back(look->job);
    }
    return ids;
  }

  queue::Snapshot snapshot;
  std::map<std::string, OrganizationSettings> settings;
  Plan plan;
};

TEST_F(AccountTurns, TheOneThatSentLeastRecentlyHasTheNextCall) {
  let_wait(aaa(), 1, 5);
  let_wait(zzz(), 100, 1);
  leave_calls(1);
  aaa().last_sent_at = turn_in(-5);
  EXPECT_THAT(planned(), ElementsAre(100));
  zzz().last_sent_at = turn_in(-1);
  EXPECT_THAT(planned(), ElementsAre(1));
}

TEST_F(AccountTurns, TheyTakeTurnsWithinOnePlan) {
  let_wait(aaa(), 1, 5);
  let_wait(zzz(), 100, 2);
  leave_calls(4);
  EXPECT_THAT(planned(), ElementsAre(1, 100, 2, 101));
}

TEST_F(AccountTurns, TheBatchesOfASeriesAreTurnsToo) {
  aaa().batches = {{7, turn_in(-9)}};
  aaa().last_sent_at = turn_in(-1);
  let_wait(zzz(), 100, 1);
  zzz().last_sent_at = turn_in(-5);
  leave_calls(1);
  EXPECT_THAT(planned(), ElementsAre(100));
}

TEST_F(AccountTurns, ThePollThatIsDueLongestGoesFirstWhoseverItIs) {
  aaa().polls = {{1, turn_in(-2), turn_in(3'000)}, {2, turn_in(-4), turn_in(3'100)}};
  zzz().polls = {{9, turn_in(-3), turn_in(3'500)}};
  leave_calls(2);
  EXPECT_THAT(planned(), ElementsAre(2, 9));
}

TEST_F(AccountTurns, AJobWhoseSummaryIsSoonForgottenIsPolledBeforeAllOthers) {
  aaa().polls = {{1, turn_in(-20), turn_in(3'000)}};
  zzz().polls = {{9, turn_in(-1), turn_in(300)}};
  leave_calls(1);
  EXPECT_THAT(planned(), ElementsAre(9));
}

TEST_F(AccountTurns, TheLookThatIsDueLongestGoesFirstWhoseverItIs) {
  aaa().looks = {{1, {"aaa", "Main", "t"}, turn_in(-2)}};
  zzz().looks = {{9, {"zzz", "Main", "t"}, turn_in(-3)}};
  for (auto& one : snapshot.organizations) one.requests.add(zoho::CallKind::metadata, turn_now, 57);
  EXPECT_THAT(planned(), ElementsAre(9));
}

TEST_F(AccountTurns, WhatOnePollsGoesBeforeWhatAnotherStarts) {
  let_wait(aaa(), 1, 5);
  zzz().polls = {{66, turn_now, turn_in(3'000)}};
  leave_calls(2);
  EXPECT_THAT(planned(), ElementsAre(66, 1));
}

TEST_F(AccountTurns, OneThatIsPausedOrHasNoSlotLeavesItsTurnToTheOthers) {
  let_wait(aaa(), 1, 2);
  let_wait(zzz(), 100, 2);
  leave_calls(1);
  aaa().pause = queue::Pause{"stop", {}};
  EXPECT_THAT(planned(), ElementsAre(100));
  aaa().pause.reset();
  aaa().slots_held = 5;
  EXPECT_THAT(planned(), ElementsAre(100));
}

TEST_F(AccountTurns, TheTimeOfTheNextStartCountsWhatGoesBeforeIt) {
  let_wait(aaa(), 1, 1);
  let_wait(zzz(), 100, 1);
  aaa().last_sent_at = turn_in(-1);
  for (auto& one : snapshot.organizations) {
    for (int i = 0; i < 40; ++i) one.requests.add(zoho::CallKind::bulk, turn_in(i - 50));
  }
  zzz().polls = {{66, turn_now, turn_in(3'000)}};
  EXPECT_THAT(planned(), IsEmpty());
  const auto& first = plan.standstills.at("zzz");
  EXPECT_EQ(first.why, Standstill::Why::budget);
  EXPECT_EQ(first.until, turn_in(11)) << "the poll has the call that is free at 10";
  EXPECT_EQ(first.next, 100);
  EXPECT_THAT(first.before, IsEmpty());
  const auto& second = plan.standstills.at("aaa");
  EXPECT_EQ(second.until, turn_in(12));
  EXPECT_THAT(second.before, ElementsAre("zzz"));
  EXPECT_EQ(plan.wake_at, turn_in(10));
}

TEST_F(AccountTurns, FilesThatWaitBehindABatchWithoutACallWaitForTheBudget) {
  aaa().batches = {{7, turn_in(-9)}};
  let_wait(aaa(), 1, 1);
  aaa().route_last_started["r"] = turn_now;
  leave_calls(0);
  EXPECT_THAT(planned(), IsEmpty());
  EXPECT_EQ(plan.standstills.at("aaa").why, Standstill::Why::budget);
}

}  // namespace
}  // namespace dropload::schedule
