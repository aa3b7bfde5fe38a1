#include "daemon/schedule/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::schedule {
namespace {

using queue::JobState;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Time look_at{1'700'000'000'000};

Time after(std::int64_t seconds) {
  return look_at + Milliseconds{seconds * 1000};
}

queue::Job job_of_table(JobState state) {
  queue::Job job;
  job.id = 7;
  job.submission = 3;
  job.state = state;
  job.started_at = after(-60);
  return job;
}

// One organization, one line, and a submission in it.
class Explain : public testing::Test {
 protected:
  Explain() {
    snapshot.organizations.emplace_back();
    organization().name = "acme";
    submission.id = 12;
    submission.route = "sales";
    submission.table = {"acme", "Main", "sales"};
    standing.head = 12;
    standing.head_route = "sales";
  }
  queue::OrganizationSnapshot& organization() { return snapshot.organizations.front(); }
  // The line may start as far as the table is concerned: then it is in the snapshot.
  void is_ready() { organization().ready.push_back({12, "sales", submission.table, 100, {}, standing.priority}); }
  std::string sentence() {
    const auto plan = decide(snapshot, settings, look_at);
    return explain(submission, standing, {snapshot, settings, plan, look_at});
  }

  queue::Snapshot snapshot;
  std::map<std::string, OrganizationSettings> settings{{"acme", {}}};
  queue::Submission submission;
  queue::Standing standing;
};

TEST_F(Explain, WhatNothingKeepsBackIsStarted) {
  is_ready();
  EXPECT_EQ(sentence(), "It is started now.");
}

TEST_F(Explain, ATableThatIsBusyNamesTheJobAndItsSubmission) {
  standing.jobs = {job_of_table(JobState::running)};
  EXPECT_EQ(sentence(), "It waits for its table, which job 7 of submission 3 has had since 2023-11-14T22:12:20.000Z.");
}

TEST_F(Explain, ALostJobOfTheTableSaysUntilWhenNobodyKnows) {
  standing.jobs = {job_of_table(JobState::lost)};
  standing.jobs.front().holds_slot_until = after(900);
  EXPECT_THAT(sentence(), AllOf(HasSubstr("nobody knows whether job 7 of submission 3 still runs"),
                                HasSubstr("by 2023-11-14T22:28:20.000Z it cannot any more")));
}

TEST_F(Explain, JobsOfAParallelLineKeepNobodyBack) {
  standing.parallel = true;
  standing.jobs = {job_of_table(JobState::running)};
  is_ready();
  EXPECT_EQ(sentence(), "It is started now.");
}

TEST_F(Explain, OneBehindOthersIsToldWhatTheOneInFrontWaitsFor) {
  standing.head = 9;
  standing.ahead = 3;
  standing.head_at = after(30);
  standing.head_reason = "The service had trouble.\nline 2";
  EXPECT_EQ(sentence(),
            "It stands in its table's line behind submission 9 (and 2 in between), which waits until "
            "2023-11-14T22:13:50.000Z, when it is sent again (The service had trouble).");
  standing.ahead = queue::most_counted_ahead;
  EXPECT_THAT(sentence(), HasSubstr("(and 99 or more in between)"));
}

TEST_F(Explain, APausedRouteIsNamedWithItsReason) {
  standing.route_pause = {"the export is wrong", {}};
  EXPECT_EQ(sentence(), "It waits because route sales is paused (the export is wrong) until a person resumes it.");
}

TEST_F(Explain, APausedOrganizationSaysUntilWhen) {
  is_ready();
  organization().pause = {"The service says that all import slots are taken.", after(60)};
  EXPECT_THAT(sentence(), AllOf(HasSubstr("organization acme is paused (The service says"),
                                HasSubstr("until 2023-11-14T22:14:20.000Z, when it is tried again")));
  organization().pause = {"stop", {}};
  EXPECT_THAT(sentence(), HasSubstr("(stop) until a person resumes it"));
}

TEST_F(Explain, WithoutAFreeSlotItSaysWhoHoldsThem) {
  is_ready();
  organization().slots_held = 5;
  organization().uploading = 2;
  EXPECT_EQ(
      sentence(),
      "It waits for one of the 5 slots of organization acme (3 held by running or lost jobs, 2 by uploads): it is "
      "started when a job ends and it is its turn.");
}

TEST_F(Explain, WhatIsUrgentGoesFirst) {
  is_ready();
  organization().ready.push_back({20, "stock", {"acme", "Main", "stock"}, 100, {}, 5});
  organization().slots_held = 4;
  EXPECT_THAT(sentence(), HasSubstr("; files of a higher priority go first"));
}

TEST_F(Explain, OneWhoseTurnComesAfterOthersWaitsForASlotToo) {
  for (int i = 0; i < 5; ++i) {
    organization().ready.push_back({20 + i, "stock", {"acme", "Main", std::to_string(i)}, 100, {}, 0});
  }
  is_ready();
  organization().route_last_started["sales"] = look_at;
  organization().slots_held = 4;
  EXPECT_THAT(sentence(), StartsWith("It waits for one of the 5 slots"));
}

TEST_F(Explain, WithoutBudgetItSaysWhenThereIsRoom) {
  is_ready();
  organization().requests.add(zoho::CallKind::bulk, after(-20), 40);
  EXPECT_EQ(sentence(),
            "It waits for the request budget of organization acme, which has room at 2023-11-14T22:14:00.000Z at the "
            "earliest.");
}

TEST_F(Explain, WithoutBudgetOneWhoseTurnIsLaterIsNotPromisedTheNextCall) {
  is_ready();
  organization().ready.push_back({20, "stock", {"acme", "Main", "stock"}, 100, {}, 5});
  organization().requests.add(zoho::CallKind::bulk, after(-20), 40);
  EXPECT_EQ(sentence(),
            "It waits for the request budget of organization acme, which has room at 2023-11-14T22:14:00.000Z at the "
            "earliest for the next file: it is started when it is its turn; files of a higher priority go first.");
}

TEST_F(Explain, WithoutBudgetOrganizationsOfTheAccountWithAnEarlierTurnAreNamed) {
  is_ready();
  organization().requests.add(zoho::CallKind::bulk, after(-20), 40);
  organization().last_sent_at = after(-20);
  auto other = organization();
  other.name = "bolt";
  other.last_sent_at = after(-30);
  other.ready.front().submission = 40;
  organization().account = other.account = "account both";
  snapshot.organizations.push_back(other);
  settings["bolt"] = {};
  EXPECT_EQ(sentence(),
            "It waits for the request budget of organization acme, which has room at 2023-11-14T22:14:00.000Z at the "
            "earliest, after the next of organization bolt of the same account.");
}

TEST_F(Explain, OneThatWaitsBehindABatchWithoutBudgetIsToldOfTheBudget) {
  is_ready();
  organization().batches = {{2, after(-1)}};
  organization().route_last_started["sales"] = look_at;
  organization().requests.add(zoho::CallKind::bulk, after(-20), 40);
  EXPECT_EQ(sentence(),
            "It waits for the request budget of organization acme, which has room at 2023-11-14T22:14:00.000Z at the "
            "earliest.");
}

TEST_F(Explain, WithoutAFreeSlotABatchWithoutBudgetIsNotWhatKeepsItBack) {
  is_ready();
  organization().batches = {{2, look_at}};
  organization().route_last_started["sales"] = after(-1);
  organization().slots_held = 5;
  organization().requests.add(zoho::CallKind::bulk, after(-20), 40);
  EXPECT_THAT(sentence(), StartsWith("It waits for one of the 5 slots"));
}

TEST_F(Explain, WhileOneProbesTheOthersWaitForItsAnswer) {
  is_ready();
  settings["acme"].probing = true;
  organization().uploading = organization().slots_held = 1;
  EXPECT_THAT(sentence(), HasSubstr("waits for the one upload that finds out"));
}

TEST_F(Explain, WithStrangersInAllSlotsItSaysWhenTheServiceIsTriedAgain) {
  is_ready();
  organization().strangers = queue::Strangers{.ours = 0, .refusals = 2, .probe_at = after(80), .told_at = after(-40)};
  EXPECT_EQ(sentence(),
            "It waits for a slot of organization acme: at 2023-11-14T22:12:40.000Z the service had none left for us, "
            "others had 5; it is tried again at 2023-11-14T22:14:40.000Z.");
}

TEST_F(Explain, WithStrangersItSaysThatAJobOfOursThatEndsLeavesItsSlot) {
  is_ready();
  organization().slots_held = 2;
  organization().strangers = queue::Strangers{.ours = 2, .refusals = 1, .probe_at = after(80), .told_at = after(-40)};
  EXPECT_EQ(
      sentence(),
      "It waits for a slot of organization acme: at 2023-11-14T22:12:40.000Z the service had none left beside our 2, "
      "others had 3; one more is tried at 2023-11-14T22:14:40.000Z, or when one of ours ends.");
}

TEST_F(Explain, WhileOneUploadFindsOutWhetherStrangersAreGoneTheOthersWaitForItsAnswer) {
  is_ready();
  organization().slots_held = organization().uploading = 1;
  organization().strangers = queue::Strangers{.ours = 0, .refusals = 2, .probe_at = after(-1), .told_at = after(-40)};
  EXPECT_THAT(sentence(), HasSubstr("waits for the one upload that finds out"));
}

TEST_F(Explain, WithStrangersThatTheConfigurationAllowsFewerJobsIsStillTheReason) {
  is_ready();
  settings["acme"].max_jobs = 2;
  organization().slots_held = 2;
  organization().strangers = queue::Strangers{.ours = 3, .refusals = 1, .probe_at = after(80), .told_at = after(-40)};
  EXPECT_THAT(sentence(), StartsWith("It waits for one of the 2 slots"));
}

TEST_F(Explain, AnOrganizationThatIsGoneIsNamed) {
  submission.table.organization = "other";
  EXPECT_THAT(sentence(), HasSubstr("its organization other, which is not in the configuration"));
}

class ExplainJob : public Explain {
 protected:
  std::string sentence_of(queue::Job job) {
    job.table = submission.table;
    return explain(job, {snapshot, settings, {}, look_at});
  }
  static queue::Job running() {
    auto job = job_of_table(JobState::running);
    job.remote_id = "1767";
    job.sent_at = after(-50);
    job.next_poll_at = after(5);
    job.forgotten_at = after(3'550);
    return job;
  }
};

TEST_F(ExplainJob, OneThatIsImportedSaysWhenTheServiceIsAskedNext) {
  EXPECT_EQ(sentence_of(running()),
            "The service imports it as job 1767 since 2023-11-14T22:12:30.000Z and is asked again at "
            "2023-11-14T22:13:25.000Z.");
  EXPECT_THAT(sentence_of(job_of_table(JobState::uploading)), StartsWith("It is being uploaded as job 7 since"));
}

TEST_F(ExplainJob, OneOfAnOrganizationThatIsGoneIsAskedForByNobody) {
  submission.table.organization = "other";
  EXPECT_EQ(sentence_of(running()),
            "The service took it as job 1767 at 2023-11-14T22:12:30.000Z, and nobody asks what became of it: its "
            "organization other is not in the configuration. Put it back by 2023-11-14T23:12:30.000Z, when the "
            "service forgets the result, to have it followed to its end.");
  auto late = running();
  late.forgotten_at = after(-1);
  EXPECT_THAT(sentence_of(late), HasSubstr("Put it back to have it followed to its end."));
  for (const auto state : {JobState::lost, JobState::uploading}) {
    EXPECT_EQ(sentence_of(job_of_table(state)),
              "Nobody follows its job 7: its organization other is not in the configuration. Put it back to have it "
              "followed to its end.");
  }
}

}  // namespace
}  // namespace dropload::schedule
