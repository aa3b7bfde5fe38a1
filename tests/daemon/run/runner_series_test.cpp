#include "tests/daemon/run/series_fixture.h"

namespace dropload::run {
namespace {

using queue::JobState;
using target::MaybeSent;
using target::NeverSent;
using target::Refused;
using testing::AllOf;
using testing::ElementsAre;

TEST_F(SeriesTest, ALargeFileGoesAsASeriesOfBatchesUnderOneJob) {
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return !jobs_of(id).empty() && job_of(id).state == JobState::running; });
  EXPECT_THAT(target_->batches, ElementsAre(batch_1, batch_2, batch_3));
  EXPECT_EQ(job_of(id).batches, 3);
  EXPECT_EQ(job_of(id).batch_offset, find(id).size);
  pass(context_->settings.outcome.first_poll);
  run_until_state(id, SubmissionState::done);
  EXPECT_EQ(jobs_of(id).size(), 1U);
}

TEST_F(SeriesTest, AfterTheLastBatchTheJobIsAskedForWhenItIsLikelyToBeDone) {
  target_->answering = [this] {
    const queue::LearnedDuration takes_40_seconds{10, 100, 400'000, 1'000, 4'000'000, 0};
    const auto write = [&](Store& store) { return store.remember_durations(1, takes_40_seconds, takes_40_seconds); };
    EXPECT_TRUE(store_->run_blocking(write));
  };
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return !jobs_of(id).empty() && job_of(id).state == JobState::running; });
  ASSERT_EQ(job_of(id).id, 1);
  EXPECT_EQ(job_of(id).next_poll_at, clock_.now() + Milliseconds{40'000});
}

TEST_F(SeriesTest, AFileThatFitsIntoOneBatchAndJsonTravelWhole) {
  submit_text("small", "a,b\n1,x\n2,y\n");
  context_->routes["append"].options.file_type = zoho::FileType::json;
  submit_text("json", five_rows);
  start();
  run_until([&] { return target_->submitted.size() == 2; });
  EXPECT_TRUE(target_->batches.empty());
}

TEST_F(SeriesTest, WhatWasFoundOutIsSaidAndLinesAboveTheHeaderAreNotSent) {
  context_->routes["append"].options.skip_top = 1;
  submit_text("sales", "made\n" + std::string(five_rows));
  start();
  run_until_batches(3);
  EXPECT_EQ(target_->batches[0], batch_1);
  EXPECT_FALSE(target_->options.skip_top);
  EXPECT_EQ(target_->options.delimiter, 0);
  EXPECT_EQ(target_->options.quoted, 2);
}

TEST_F(SeriesTest, WhatCannotBeCutFailsBeforeAnyOfItIsSent) {
  const auto long_record = submit_text("a", "a,b\n1,x\n2,y\n3,zzzzzzzzzzz\n");
  const auto open_quote = submit_text("b", "a,b\n1,x\n2,y\n3,\"z\n");
  std::string rows = "a,b\n";
  for (int i = 0; i < 202; ++i) rows += "1,x\n";
  const auto many = submit_text("c", rows);
  start();
  for (const auto id : {long_record, open_quote, many}) run_until_state(id, SubmissionState::failed);
  EXPECT_TRUE(target_->submitted.empty());
  EXPECT_THAT(find(long_record).reason, AllOf(HasSubstr("line 4"), HasSubstr("Nothing of it was sent")));
  EXPECT_THAT(find(open_quote).reason, HasSubstr("line 4 is never closed"));
  EXPECT_THAT(find(many).reason, HasSubstr("more than 100 batches"));
}

TEST_F(SeriesTest, ABatchThatTheServiceDoesNotTakeGoesAgainAndOthersGoOnMeanwhile) {
  answer_second_with(Refused{{400, 7092, "", "busy"}, {}});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return target_->batches.size() == 2 && !target_->under_way && job_of(id).next_batch_at; });
  const auto small = submit("customers");
  look_some_times();
  run_until_state(small, SubmissionState::importing);
  EXPECT_EQ(target_->batches.size(), 2U) << "it waits";
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return job_of(id).state == JobState::running; });
  EXPECT_THAT(target_->batches, ElementsAre(batch_1, batch_2, batch_2, batch_3));
  EXPECT_EQ(find(id).attempts, 0);
}

TEST_F(SeriesTest, APauseIsWaitedOut) {
  answer_second_with(Refused{{429, 0, "", "slow down"}, Milliseconds{30'000}});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return target_->batches.size() == 2 && !target_->under_way && job_of(id).next_batch_at; });
  pass(Milliseconds{29'000});
  look_some_times();
  EXPECT_EQ(target_->batches.size(), 2U);
  pass(Milliseconds{1'000});
  run_until_batches(4);
}

TEST_F(SeriesTest, AnOutageSpendsNoAttempt) {
  target_->submit_answers = {target::Accepted{"workspace-1", "job-1", {}}};
  for (int i = 0; i < 6; ++i) target_->submit_answers.push_back(NeverSent{Error{Errc::connection, "refused"}});
  const auto id = submit_text("sales", five_rows);
  start();
  for (std::size_t sent = 2; sent <= 7; ++sent) {
    run_until([&] { return target_->batches.size() == sent && !target_->under_way && job_of(id).next_batch_at; });
    pass(context_->settings.outcome.backoff.most);
  }
  run_until([&] { return job_of(id).state == JobState::running; });
  EXPECT_EQ(find(id).attempts, 0);
}

TEST_F(SeriesTest, EachBatchIsChargedAndWaitsForTheBudget) {
  context_->organizations["acme"].limits.requests.bulk = 2;
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  const auto id = submit_text("sales", five_rows);
  start();
  run_until_batches(2);
  look_some_times();
  EXPECT_EQ(target_->batches.size(), 2U);
  EXPECT_TRUE(job_of(id).next_batch_at);
  pass(Milliseconds{60'000});
  run_until_batches(3);
}

TEST_F(SeriesTest, AnAppendWhoseBatchMayHaveLandedIsHeldAndItsJobClosed) {
  answer_second_with(MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto id = submit_text("sales", five_rows);
  context_->routes["append"].on_unknown_append = queue::OnUnknown::resend;
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, AllOf(HasSubstr("whether batch 2 of it was imported: the connection broke"),
                                     HasSubstr("first batch (12 of 24 bytes)"), HasSubstr("double")));
  EXPECT_THAT(find(id).advice, HasSubstr("tail -c +13 FILE"));
  EXPECT_EQ(job_of(id).state, JobState::lost);
  run_until([&] { return target_->batches.size() == 3 && !job_of(id).next_batch_at; });
  EXPECT_EQ(target_->batches[2], closing);
  EXPECT_EQ(job_of(id).holds_slot_until, clock_.now() + context_->settings.outcome.lost_job_wait);
}

TEST_F(SeriesTest, AJobThatCannotBeClosedHoldsItsSlotAsLongAsTheServiceMayWaitForABatch) {
  answer_second_with(MaybeSent{Error{Errc::connection, "the connection broke"}});
  target_->submit_answers.push_back(NeverSent{Error{Errc::timed_out, "nothing"}});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return target_->batches.size() == 3 && job_of(id).failed_polls == 1; });
  EXPECT_EQ(job_of(id).holds_slot_until, clock_.now() + context_->settings.outcome.open_job_wait);
  target_->submit_answers.push_back(Refused{{400, 7338, "", "no such key"}, {}});
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return !job_of(id).holds_slot_until; });
}

TEST_F(SeriesTest, ATableThatIsReplacedIsNeverClosedHalfAndIsSentAgainFromItsStart) {
  answer_second_with(MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto id = submit_text("sales", five_rows, "replace");
  start();
  run_until([&] { return !jobs_of(id).empty() && job_of(id).state == JobState::lost; });
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  EXPECT_THAT(find(id).reason, HasSubstr("replaced only when the last one is in"));
  pass(context_->settings.outcome.lost_job_wait);
  look_some_times();
  EXPECT_EQ(target_->batches.size(), 2U);
  pass(context_->settings.outcome.open_job_wait);
  run_until_batches(5);
  EXPECT_THAT(target_->batches, ElementsAre(batch_1, batch_2, batch_1, batch_2, batch_3));
}

TEST_F(SeriesTest, AnUpdateIsClosedAndSentAgainFromItsStart) {
  answer_second_with(MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto id = submit_text("sales", five_rows, "update");
  start();
  run_until([&] { return target_->batches.size() == 3 && !job_of(id).next_batch_at; });
  pass(context_->settings.outcome.lost_job_wait);
  run_until_batches(6);
  EXPECT_THAT(target_->batches, ElementsAre(batch_1, batch_2, closing, batch_1, batch_2, batch_3));
}

TEST_F(SeriesTest, AFirstBatchThatMayHaveLandedLeavesAJobThatNobodyCanClose) {
  target_->submit_answers = {MaybeSent{Error{Errc::connection, "the connection broke"}}};
  const auto id = submit_text("sales", five_rows);
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_EQ(job_of(id).holds_slot_until, clock_.now() + context_->settings.outcome.open_job_wait);
  EXPECT_THAT(find(id).reason, HasSubstr("whether batch 1 of it was imported"));
  look_some_times();
  EXPECT_EQ(target_->batches.size(), 1U);
}

TEST_F(SeriesTest, AFirstBatchThatIsRefusedEndsLikeAnyFile) {
  target_->submit_answers = {Refused{{400, 8134, "", "no slot"}, {}}};
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return !jobs_of(id).empty() && job_of(id).state == JobState::failed; });
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return jobs_of(id).size() == 2 && jobs_of(id)[1].state == JobState::running; });
}

TEST_F(SeriesTest, AWrongRequestEndsItAndTheReasonSaysWhatStays) {
  answer_second_with(Refused{{400, 7104, "META_OBJECT_NOT_PRESENT", "the table is gone"}, {}});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, AllOf(HasSubstr("the table is gone"), HasSubstr("first batch (12 of 24 bytes)")));
  EXPECT_THAT(find(id).advice, HasSubstr("tail -c +13 FILE"));
  run_until([&] { return target_->batches.size() == 3; });
  EXPECT_EQ(target_->batches[2], closing);
}

TEST_F(SeriesTest, AnUpdateThatFailsIsClosedFromWhereItsOriginalLiesByThen) {
  answer_second_with(Refused{{400, 7104, "META_OBJECT_NOT_PRESENT", "the table is gone"}, {}});
  const auto id = submit_text("sales", five_rows, "update");
  start();
  run_until_state(id, SubmissionState::failed);
  run_until([&] { return target_->batches.size() == 3; });
  EXPECT_EQ(target_->batches[2], closing);
}

TEST_F(SeriesTest, AppendsAreHeldAndOthersSentAgainWhenABatchHasSpentItsAttempts) {
  for (const auto* route : {"append", "replace"}) {
    target_->batches.clear();
    target_->submit_answers = {target::Accepted{"workspace-1", "job-1", {}}};
    for (int i = 0; i < 3; ++i) target_->submit_answers.push_back(Refused{{500, 7005, "", "internal"}, {}});
    const auto id = submit_text(route, five_rows, route);
    if (std::string(route) == "append") start();
    runner_->wake();
    for (std::size_t sent = 2; sent <= 3; ++sent) {
      run_until([&] { return target_->batches.size() == sent && !target_->under_way && job_of(id).next_batch_at; });
      pass(context_->settings.outcome.backoff.most);
    }
    run_until([&] { return job_of(id).state == JobState::lost; });
    const bool held = find(id).state == SubmissionState::held;
    EXPECT_EQ(held, std::string(route) == "append");
    EXPECT_EQ(find(id).attempts, held ? 0 : 1);
    if (held) {
      EXPECT_THAT(find(id).reason, HasSubstr("attempt 3 of 3"));
      run_until([&] { return !job_of(id).next_batch_at; });
    }
  }
}

TEST_F(SeriesTest, AJobThatTheServiceHasEndedIsAskedWhy) {
  answer_second_with(Refused{{400, 7338, "", "has ended"}, {}});
  zoho::JobDetails details;
  details.code = zoho::JobCode::failed;
  details.error_code = 7232;
  details.error_message = "Batch 1: no number";
  target_->status_answers.push_back(target::Details{details, "{}"});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, AllOf(HasSubstr("Batch 1: no number"), HasSubstr("stay in the table")));
  EXPECT_EQ(job_of(id).state, JobState::failed);
}

TEST_F(SeriesTest, AJobThatTheServiceTookForCompleteIsNotDone) {
  answer_second_with(Refused{{400, 7337, "", "closed"}, {}});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("before all batches were sent"));
}

TEST_F(SeriesTest, AStopBeforeTheLastPieceOfABatchLeavesTheSeriesToGoOn) {
  target_->answering = [&] { target_->hang_before_last_piece = true; };
  const auto id = submit_text("sales", five_rows);
  start();
  run_until_batches(2);
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(id).state, SubmissionState::importing);
  EXPECT_EQ(job_of(id).batches, 1);
  target_->hang_before_last_piece = false;
  target_->answering = [] {};
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  run_until_done(recover_runner());
  start();
  run_until([&] { return job_of(id).state == JobState::running; });
  EXPECT_THAT(target_->batches, ElementsAre(batch_1, batch_2, batch_2, batch_3));
}

TEST_F(SeriesTest, AStopAfterTheLastPieceOfABatchLosesIt) {
  target_->answering = [&] { target_->hang = true; };
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return target_->batches.size() == 2 && job_of(id).whole_sent; });
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(id).state, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("after the whole batch had gone out"));
}

TEST_F(SeriesTest, ASeriesWhoseRouteIsGoneIsHeldWithWhatIsIn) {
  answer_second_with(Refused{{400, 7092, "", "busy"}, {}});
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return target_->batches.size() == 2 && !target_->under_way && job_of(id).next_batch_at; });
  context_->routes.erase("append");
  pass(context_->settings.outcome.backoff.most);
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, AllOf(HasSubstr("route 'append'"), HasSubstr("first batch")));
  look_some_times();
  EXPECT_EQ(target_->batches.size(), 2U);
}

}  // namespace
}  // namespace dropload::run
