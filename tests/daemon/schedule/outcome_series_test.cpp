#include "daemon/schedule/outcome_series.h"

#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

using testing::AllOf;
using testing::Not;

JobContext job_of(zoho::ImportType type) {
  JobContext job = known_job();
  job.import_type = type;
  return job;
}
const JobContext append = job_of(zoho::ImportType::append);
const JobContext truncateadd = job_of(zoho::ImportType::truncateadd);

// Three batches of a file are in.
const SeriesContext by_batch{3, 300, 900, false, 0};
const SeriesContext at_end{3, 300, 900, true, 0};
const SeriesContext none_yet{0, 0, 900, false, 0};

const JobEnd& job_end(const BatchVerdict& verdict) {
  return std::get<JobEnd>(verdict.what);
}
const BatchAgain& again(const BatchVerdict& verdict) {
  return std::get<BatchAgain>(verdict.what);
}
bool is_held(const JobEnd& end) {
  return std::holds_alternative<queue::Hold>(end.after);
}
bool is_queued(const JobEnd& end) {
  return std::holds_alternative<queue::Requeue>(end.after);
}

TEST(OutcomeSeries, WhatIsTheEnvironmentsFaultWaitsAndTheSameBatchGoesAgain) {
  for (const auto& refusal : {call(401, 8535), call(400, 8134), call(200, 6045), call(429, 0), call(400, 7092),
                              call(400, 7198), call(400, 6043), call(400, 6001)}) {
    EXPECT_FALSE(again(on_batch_refused(moment, append, {}, refusal, by_batch)).spends_attempt) << refusal.code;
  }
  for (const auto code : {Errc::connection, Errc::timed_out, Errc::io, Errc::unavailable}) {
    EXPECT_FALSE(again(on_batch_never_sent(moment, append, {}, Error{code, "x"}, by_batch)).spends_attempt);
  }
  EXPECT_TRUE(on_batch_refused(moment, append, {}, call(200, 6045), by_batch).pause);
  EXPECT_TRUE(on_batch_never_sent(moment, append, {}, Error{Errc::connection, "x"}, by_batch).pause);
  EXPECT_GT(again(on_batch_refused(moment, append, {}, call(400, 7092), by_batch)).at,
            asked_at + outcome_settings.backoff.first)
      << "a batch is much to be sent in vain";
}

TEST(OutcomeSeries, AFailureOfTheServiceCostsAttemptsOfTheBatch) {
  EXPECT_TRUE(again(on_batch_refused(moment, append, {}, call(500, 7005), by_batch)).spends_attempt);
  SeriesContext fifth = by_batch;
  fifth.refusals = 4;
  const auto held = job_end(on_batch_refused(moment, append, {}, call(500, 7005), fifth));
  EXPECT_TRUE(is_held(held));
  EXPECT_THAT(held.advice, HasSubstr("tail -c +301 FILE"));
  const auto queued = job_end(on_batch_refused(moment, truncateadd, {}, call(500, 7005), fifth));
  EXPECT_TRUE(std::get<queue::Requeue>(queued.after).spends_attempt);
}

TEST(OutcomeSeries, AWrongRequestEndsItWithWhatStays) {
  const auto end = job_end(on_batch_refused(moment, append, {}, call(400, 7103), by_batch));
  EXPECT_TRUE(is_held(end)) << "nobody sends by mistake what is in";
  EXPECT_THAT(end.reason, HasSubstr("has taken its first 3 batches (300 of 900 bytes); the rows of these stay"));
  EXPECT_THAT(end.advice, HasSubstr("tail -c +301 FILE"));
  const auto replaced = job_end(on_batch_refused(moment, truncateadd, {}, call(400, 7103), at_end));
  EXPECT_TRUE(std::holds_alternative<queue::Fail>(replaced.after)) << "nothing of it is in";
}

TEST(OutcomeSeries, OneThatCannotGoOnLeavesAJobOpenThatHoldsItsSlotAndIsClosedUnlessThatWouldReplaceATable) {
  const auto open_until = asked_at + outcome_settings.open_job_wait;
  for (const auto& [series, closed] : {std::pair(by_batch, true), std::pair(at_end, false)}) {
    for (const auto& end : {on_batch_lost(moment, append, series, "x"), on_series_broken(moment, series, "x", "y"),
                            job_end(on_batch_refused(moment, append, {}, call(400, 7103), series))}) {
      EXPECT_EQ(end.state, JobState::lost);
      EXPECT_EQ(end.holds_slot_until, open_until);
      EXPECT_EQ(end.close_at.has_value(), closed);
    }
  }
  EXPECT_FALSE(on_batch_lost(moment, append, none_yet, "x").close_at) << "its key is not known";
}

TEST(OutcomeSeries, ALostBatchOfAnAppendIsHeldWhateverTheRouteSaysOnceOneIsIn) {
  JobContext resend = append;
  resend.on_unknown_append = queue::OnUnknown::resend;
  const auto held = on_batch_lost(moment, resend, by_batch, "the connection broke");
  EXPECT_TRUE(is_held(held));
  EXPECT_THAT(held.reason, AllOf(HasSubstr("batch 4 of it was imported: the connection broke"), HasSubstr("double")));
  const auto first = on_batch_lost(moment, resend, none_yet, "x");
  EXPECT_TRUE(is_queued(first));
  EXPECT_THAT(first.reason, HasSubstr("as the route says"));
}

TEST(OutcomeSeries, ALostBatchOfOthersIsSentAgainFromTheStartUnlessANewerFileRan) {
  const auto replaced = on_batch_lost(moment, truncateadd, at_end, "x");
  ASSERT_TRUE(is_queued(replaced));
  EXPECT_EQ(std::get<queue::Requeue>(replaced.after).not_before, asked_at + outcome_settings.open_job_wait);
  const auto updated = on_batch_lost(moment, job_of(zoho::ImportType::updateadd), by_batch, "x");
  EXPECT_EQ(std::get<queue::Requeue>(updated.after).not_before, asked_at + outcome_settings.lost_job_wait);
  JobContext older = truncateadd;
  older.newer_ran = true;
  EXPECT_TRUE(is_held(on_batch_lost(moment, older, at_end, "x")));
}

TEST(OutcomeSeries, AJobThatTakesNoMoreBatchesIsAskedWhy) {
  for (const int code : {7337, 7338}) {
    EXPECT_TRUE(
        std::holds_alternative<EndedThere>(on_batch_refused(moment, append, {}, call(400, code), by_batch).what));
  }
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 7005;
  EXPECT_TRUE(holds(on_series_details(moment, append, failed, by_batch)));
  EXPECT_FALSE(holds(on_series_details(moment, truncateadd, failed, at_end)));
  EXPECT_THAT(end_of(on_series_details(moment, append, failed, by_batch)).reason, Not(HasSubstr("nothing of it")));
}

TEST(OutcomeSeries, AnAppendThatFailsBehindBatchesThatAreInIsHeldWithThemAndNoAdviceThatDoublesThem) {
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = 7232;
  failed.error_message = "aborted";
  failed.import_errors = "<nobr>[Line: 3 Field: 1] (x) -ERROR: no number</nobr><br>";
  const auto verdict = on_series_details(moment, append, failed, by_batch);
  ASSERT_TRUE(holds(verdict));
  EXPECT_THAT(end_of(verdict).reason, AllOf(HasSubstr("no number"), HasSubstr("first 3 batches (300 of 900 bytes)"),
                                            HasSubstr("counted in a batch"), Not(HasSubstr("nothing of it"))));
  EXPECT_THAT(end_of(verdict).advice,
              AllOf(HasSubstr("would double"), HasSubstr("how far its rows go"), Not(HasSubstr("tail -c"))));
  const SeriesContext first_only{1, 100, 900, false, 0};
  EXPECT_THAT(end_of(on_series_details(moment, append, failed, first_only)).reason, Not(HasSubstr("counted in a")))
      << "the first batch has the lines of the file";
  EXPECT_TRUE(fails(on_series_details(moment, truncateadd, failed, at_end)));
  EXPECT_TRUE(fails(on_series_details(moment, job_of(zoho::ImportType::updateadd), failed, by_batch)))
      << "that may be sent again";
}

TEST(OutcomeSeries, OneThatIsCompleteBeforeAllIsSentIsNoSuccess) {
  const auto completed = details(zoho::JobCode::completed);
  EXPECT_TRUE(holds(on_series_details(moment, append, completed, by_batch)));
  const SeriesContext whole{9, 900, 900, false, 0};
  EXPECT_TRUE(std::holds_alternative<Succeeded>(on_series_details(moment, append, completed, whole).what));
}

TEST(OutcomeSeries, AResultThatIsForgottenIsHeldForAnAppend) {
  JobContext resend = forgotten(append);
  resend.on_unknown_append = queue::OnUnknown::resend;
  const SeriesContext whole{9, 900, 900, false, 0};
  EXPECT_TRUE(holds(on_series_details(moment, resend, details(zoho::JobCode::not_found), whole)));
}

TEST(OutcomeSeries, ClosingEndsTheWaitAndIsTriedAgainWhenItDoesNotGoThrough) {
  const auto loading = asked_at + outcome_settings.lost_job_wait;
  EXPECT_EQ(std::get<Closed>(on_close_accepted(moment)).holds_slot_until, loading);
  EXPECT_EQ(std::get<Closed>(on_close_refused(moment, call(400, 7337), by_batch)).holds_slot_until, loading);
  EXPECT_EQ(std::get<Closed>(on_close_refused(moment, call(400, 7338), by_batch)).holds_slot_until, asked_at);
  EXPECT_GT(std::get<CloseAgain>(on_close_refused(moment, call(500, 7005), by_batch)).at, asked_at);
  EXPECT_GT(std::get<CloseAgain>(on_close_failed(moment, by_batch)).at, asked_at);
}

}  // namespace
}  // namespace dropload::schedule
