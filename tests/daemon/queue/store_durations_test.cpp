#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using StoreDurations = QueueTest;

constexpr LearnedDuration of_the_table{2, 200, 9'000, 20'000.5, 900'000, 0.25};
constexpr LearnedDuration of_all{3, 300, 8'000, 30'000, 800'000, 0.5};

TEST_F(StoreDurations, WhatWasLearnedOutlivesARestartAndIsOfItsTableAndItsOrganization) {
  const JobId first = run(accept());
  ASSERT_TRUE(store->remember_durations(first, of_the_table, of_all));
  restart();
  const auto same = store->timing_of(first, limits.requests, start).value();
  EXPECT_EQ(same.table.weight, of_the_table.weight);
  EXPECT_EQ(same.table.bytes_squared, of_the_table.bytes_squared);
  EXPECT_EQ(same.table.spread, of_the_table.spread);
  const auto other = store->timing_of(run(accept({.table = "Customers"})), limits.requests, start).value();
  EXPECT_EQ(other.table.weight, 0);
  EXPECT_EQ(other.organization.ms, of_all.ms);
}

TEST_F(StoreDurations, ATimingTellsTheBytesOfAllThatAJobCarriesAndWhenItWasSeenRunning) {
  const auto a = accept();
  const auto b = accept();
  const JobId job = store->begin_job({JobPart{a}, JobPart{b, 3, 2}}, limits, cost, start).value().id;
  EXPECT_EQ(store->timing_of(job, limits.requests, at_second(1)).value().sent_at, at_second(1));
  ASSERT_TRUE(store->mark_whole_sent(job));
  ASSERT_TRUE(store->job_accepted(job, "77", "remote", at_second(4), at_second(2)));
  auto timing = store->timing_of(job, limits.requests, at_second(3)).value();
  EXPECT_EQ(timing.bytes, 200U);
  EXPECT_EQ(timing.sent_at, at_second(2));
  EXPECT_EQ(timing.ran_at, at_second(2));
  ASSERT_TRUE(store->begin_poll(job, limits, at_second(60), at_second(5)));
  ASSERT_TRUE(store->job_runs_on(job, 1002, "", at_second(15)));
  timing = store->timing_of(job, limits.requests, at_second(6)).value();
  EXPECT_EQ(timing.ran_at, at_second(5));
  EXPECT_DOUBLE_EQ(timing.budget_used, 2.0 / 40);
}

TEST_F(StoreDurations, OfAJobThatDoesNotExistNothingIsKnown) {
  EXPECT_EQ(code_of(store->timing_of(7, limits.requests, start)), Errc::not_found);
  EXPECT_EQ(code_of(store->remember_durations(7, of_the_table, of_all)), Errc::not_found);
}

}  // namespace
}  // namespace dropload::queue
