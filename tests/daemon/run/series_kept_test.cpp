#include "tests/daemon/run/series_fixture.h"

// A series that has begun is followed to its end, whatever a person or the configuration says meanwhile.

namespace dropload::run {
namespace {

using queue::JobState;
using target::NeverSent;

TEST_F(SeriesTest, AFirstBatchThatIsLostIsOneWhateverTheConfigurationSaysByThen) {
  target_->hang = true;
  const auto raised = submit_text("sales", five_rows);
  const auto gone = submit_text("stock", five_rows, "update");
  start();
  run_until([&] { return target_->batches.size() == 2 && job_of(raised).whole_sent && job_of(gone).whole_sent; });
  context_->routes["append"].batch_bytes = 1'000;
  context_->routes.erase("update");
  run_until_done(stop_runner(Milliseconds{0}));
  for (const auto id : {raised, gone}) {
    EXPECT_EQ(find(id).state, SubmissionState::held);
    EXPECT_THAT(find(id).reason, HasSubstr("whether batch 1 of it was imported"));
    EXPECT_EQ(job_of(id).holds_slot_until, clock_.now() + context_->settings.outcome.open_job_wait);
  }
}

TEST_F(SeriesTest, APersonsPauseLetsASeriesGoOnToItsEnd) {
  target_->answering = [this] {
    if (target_->batches.size() != 1) return;
    EXPECT_TRUE(store_->run_blocking([](Store& store) { return store.pause_organization("acme", "a holiday"); }));
  };
  const auto id = submit_text("sales", five_rows);
  const auto other = submit_text("stock", five_rows);
  context_->organizations["acme"].limits.max_jobs = 1;
  start();
  run_until([&] { return !jobs_of(id).empty() && job_of(id).state == JobState::running; });
  pass(context_->settings.outcome.first_poll);
  run_until_state(id, SubmissionState::done);
  look_some_times();
  EXPECT_EQ(find(other).state, SubmissionState::queued);
}

TEST_F(SeriesTest, AnOutageDuringAPersonsPauseIsNotRunInto) {
  answer_second_with(NeverSent{Error{Errc::connection, "refused"}});
  target_->answering = [this] {
    if (target_->batches.size() != 1) return;
    EXPECT_TRUE(store_->run_blocking([](Store& store) { return store.pause_organization("acme", "a holiday"); }));
  };
  const auto id = submit_text("sales", five_rows);
  start();
  run_until([&] { return target_->batches.size() == 2 && !target_->under_way && job_of(id).next_batch_at; });
  look_some_times();
  EXPECT_EQ(target_->batches.size(), 2U);
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return job_of(id).state == JobState::running; });
}

}  // namespace
}  // namespace dropload::run
