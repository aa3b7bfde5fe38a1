#include "daemon/schedule/explain_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::schedule {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Time series_now{1'700'000'000'000};

queue::Job between_batches() {
  queue::Job job;
  job.id = 7;
  job.table.organization = "acme";
  job.started_at = series_now - Milliseconds{60'000};
  job.batch_key = "key";
  job.batches = 2;
  job.next_batch_at = series_now;
  return job;
}
queue::Snapshot with_pause(std::optional<queue::Pause> pause) {
  queue::Snapshot snapshot;
  snapshot.organizations.emplace_back().name = "acme";
  snapshot.organizations.back().pause = std::move(pause);
  return snapshot;
}

std::string said_of(const queue::Job& job, const queue::Snapshot& snapshot) {
  return explain_import(job, {snapshot, {}, {}, series_now});
}

TEST(ExplainSeries, OneThatWaitsForThePauseOfTheServiceSaysSo) {
  const auto snapshot = with_pause(queue::Pause{"The units are used up.", series_now + Milliseconds{900'000}});
  EXPECT_EQ(
      said_of(between_batches(), snapshot),
      "It is being uploaded in batches as job 7 since 2023-11-14T22:12:20.000Z: 2 are taken, and the next one waits "
      "because organization acme is paused (The units are used up) until 2023-11-14T22:28:20.000Z.");
}

TEST(ExplainSeries, APersonsPauseDoesNotKeepItBack) {
  const auto snapshot = with_pause(queue::Pause{"a holiday", {}});
  EXPECT_THAT(said_of(between_batches(), snapshot), AllOf(HasSubstr("request budget"), Not(HasSubstr("paused"))));
}

TEST(ExplainSeries, OneThatWaitsForATimeSaysWhyAndOneThatIsUnderWayIsUploaded) {
  auto job = between_batches();
  job.next_batch_at = series_now + Milliseconds{5'000};
  job.message = "the table is busy";
  EXPECT_THAT(said_of(job, with_pause({})), HasSubstr("waits until 2023-11-14T22:13:25"));
  EXPECT_THAT(said_of(job, with_pause({})), HasSubstr("(the table is busy)"));
  EXPECT_THAT(said_of(job, {}), HasSubstr("organization acme is not in the configuration"));
  job.next_batch_at.reset();
  EXPECT_THAT(said_of(job, with_pause({})), HasSubstr("It is being uploaded as job 7 since"));
}

}  // namespace
}  // namespace dropload::schedule
