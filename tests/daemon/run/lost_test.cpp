// What becomes of a job whose answer was lost.

#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {
namespace {

class LostTest : public RunnerTest {
 protected:
  // Sends it and loses the answer.
  SubmissionId lose(const std::string& route = "append") {
    target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
    const auto id = submit("sales", route);
    start();
    run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::lost; });
    return id;
  }
  void count_records(SubmissionId id, int records) {
    other_.exec("UPDATE submission SET records = " + std::to_string(records) + " WHERE id = " + std::to_string(id));
  }
  target::LastImport imported(std::int64_t rows) {
    return {zoho::ImportDetails{clock_.now(), "just then", "Success", rows, rows, 0, ""}, R"({"rows":{}})",
            clock_.now()};
  }
  void pass_until_over() {
    pass(context_->settings.outcome.lost_job_wait);
    run_until([&, looks = target_->looked_at.size()] { return target_->looked_at.size() > looks; });
  }
};

TEST_F(LostTest, WhileItIsLookedForItSaysSoAndHoldsItsSlot) {
  const auto id = lose();
  EXPECT_EQ(find(id).state, SubmissionState::importing);
  EXPECT_THAT(find(id).reason, HasSubstr("the connection broke"));
  EXPECT_THAT(find(id).reason, HasSubstr("at the latest"));
  EXPECT_TRUE(jobs_of(id)[0].holds_slot_until);
  const auto behind = submit("sales");
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return jobs_of(id)[0].looks == 1; });
  EXPECT_EQ(target_->looked_at, std::vector<std::string>{"sales"});
  EXPECT_EQ(find(behind).state, SubmissionState::queued);
}

TEST_F(LostTest, WhatTheServiceTellsOfTheTableSettlesItAsDone) {
  const auto id = lose();
  count_records(id, 50);
  target_->look_answers.push_back(imported(50));
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return find(id).retired_to.has_value(); });
  EXPECT_EQ(find(id).state, SubmissionState::done);
  EXPECT_EQ(find(id).rows->success, 50);
  EXPECT_THAT(find(id).reason, HasSubstr("just then"));
  EXPECT_EQ(jobs_of(id)[0].summary, R"({"rows":{}})");
}

TEST_F(LostTest, OneThatNeverLandedIsSentAgainAndSpendsNothing) {
  const auto id = lose();
  target_->look_answers.assign(20, target::NoTable{});
  pass_until_over();
  run_until([&] { return jobs_of(id).size() == 2; });
  EXPECT_EQ(find(id).attempts, 0);
  EXPECT_EQ(find(id).state, SubmissionState::importing);
}

TEST_F(LostTest, AnAppendOfWhichNothingIsFoundOutIsHeld) {
  const auto id = lose();
  const auto other_rows = imported(7);
  target_->look_answers.assign(20, other_rows);
  pass_until_over();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("could double its rows"));
  EXPECT_TRUE(std::filesystem::exists(spool_->data_path(id)));
  EXPECT_FALSE(jobs_of(id)[0].holds_slot_until);
}

TEST_F(LostTest, ATruncateaddOfWhichNothingIsFoundOutIsSentAgainWhenItsTimeIsOver) {
  const auto id = lose("replace");
  const auto other_rows = imported(7);
  target_->look_answers.assign(20, other_rows);
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return jobs_of(id)[0].looks == 1; });
  EXPECT_EQ(target_->submitted.size(), 1U);
  pass_until_over();
  run_until([&] { return jobs_of(id).size() == 2; });
}

TEST_F(LostTest, AnOutageKeepsItWaitingHoweverLongItIs) {
  const auto id = lose();
  target_->look_answers.assign(3, target::NeverSent{Error{Errc::connection, "connection refused"}});
  pass_until_over();
  run_until([&] { return jobs_of(id)[0].failed_polls == 1; });
  EXPECT_EQ(find(id).state, SubmissionState::importing);
  pass(Milliseconds{60'000});
  run_until([&] { return jobs_of(id)[0].failed_polls == 2; });
  pass(Milliseconds{60'000});
  run_until([&] { return jobs_of(id)[0].failed_polls == 3; });
  pass(Milliseconds{60'000});
  run_until([&] { return jobs_of(id).size() == 2; });
}

TEST_F(LostTest, ARestartGoesOnLooking) {
  const auto id = lose();
  count_records(id, 50);
  run_until_done(stop_runner(Milliseconds{0}));
  target_->look_answers.push_back(imported(50));
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  run_until_done(recover_runner());
  start();
  run_until_state(id, SubmissionState::done);
}

}  // namespace
}  // namespace dropload::run
