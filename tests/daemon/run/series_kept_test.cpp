#include "tests/daemon/run/series_fixture.h"

// A series that has begun is followed to its end, whatever the configuration says meanwhile.

namespace dropload::run {
namespace {

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

}  // namespace
}  // namespace dropload::run
