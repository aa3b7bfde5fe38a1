#include "daemon/queue/overview.h"

#include <gmock/gmock.h>

#include "daemon/queue/schema.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;
using S = SubmissionState;

class OverviewTest : public QueueTest {
 protected:
  Overview overview(Time now = start) { return read_overview(*store, now).value(); }
  SubmissionId done(const Made& how, Time began, Time ended, const Rows& rows = {10, 9, 0}) {
    const auto id = accept(how);
    const auto job = run(id, began);
    EXPECT_TRUE(store->job_succeeded(job, rows, "", "{}", ended));
    return id;
  }
};

TEST_F(OverviewTest, EveryChangeOfAStateIsCounted) {
  const auto held = accept({.table = "A"});
  const auto queued = accept({.table = "B", .route = "other", .at = at_second(5)});
  const auto running = accept({.table = "C"});
  ASSERT_TRUE(store->hold(held, "why", "", start));
  run(running);
  auto now = overview();
  EXPECT_THAT(now.states, UnorderedElementsAre(Pair(S::held, 1), Pair(S::queued, 1), Pair(S::importing, 1)));
  EXPECT_THAT(now.routes["other"].states, ElementsAre(Pair(S::queued, 1)));
  EXPECT_EQ(now.routes["other"].oldest_waiting_at, at_second(5));
  EXPECT_EQ(now.oldest_waiting_at, at_second(5));
  EXPECT_THAT(now.waiting, ElementsAre(Pair("main", 1)));
  ASSERT_TRUE(store->release(held, start));
  ASSERT_TRUE(store->discard(queued, start));
  now = overview();
  EXPECT_THAT(now.states, UnorderedElementsAre(Pair(S::queued, 1), Pair(S::importing, 1), Pair(S::cancelled, 1)));
  EXPECT_EQ(now.oldest_waiting_at, start);
}

TEST_F(OverviewTest, TheLastDayHasWhatEndedAndWasHeldInIt) {
  done({.table = "A"}, start, at_second(10));
  ASSERT_TRUE(store->fail(accept({.table = "B"}), "why", "", at_second(20)));
  ASSERT_TRUE(store->hold(accept({.table = "C"}), "why", "", at_second(20)));
  const auto today = overview(at_second(3600)).last_day;
  EXPECT_EQ(today.done, 1U);
  EXPECT_EQ(today.failed, 1U);
  EXPECT_EQ(today.held, 1U);
  EXPECT_EQ(today.rows, 9U);
  EXPECT_EQ(today.rows_rejected, 1U);
  EXPECT_EQ(today.bytes, 100U);
  const auto next = overview(at_second(25 * 3600)).last_day;
  EXPECT_EQ(next.done + next.failed + next.held, 0U);
}

TEST_F(OverviewTest, TheLastDoneIsTheOneThatEndedLast) {
  EXPECT_FALSE(overview().last_done);
  const auto slow = accept({.table = "A", .route = "slow"});
  const auto job = run(slow);
  done({.table = "B"}, start, at_second(10));
  succeed(job, at_second(20));
  const auto now = overview();
  ASSERT_TRUE(now.last_done);
  EXPECT_EQ(now.last_done->id, slow);
  EXPECT_EQ(now.last_done->table, "A");
  EXPECT_EQ(now.routes.at("sales").last_done_at, at_second(10));
  EXPECT_EQ(now.routes.at("slow").last_done_at, at_second(20));
}

TEST_F(OverviewTest, AFailureIsForGoodUntilItIsRetried) {
  const auto failed = accept();
  ASSERT_TRUE(store->fail(failed, "why", "", start));
  ASSERT_TRUE(store->mark_retired(failed, "/srv/failed/a.csv", start));
  EXPECT_EQ(overview().failed_for_good, 1U);
  EXPECT_EQ(overview(at_second(25 * 3600)).failed_for_good, 0U);
  auto retry = made();
  retry.retry_of = failed;
  ASSERT_TRUE(store->accept(retry));
  EXPECT_EQ(overview().failed_for_good, 0U);
}

TEST_F(OverviewTest, WarningsOfTheLastDayAreCountedByFile) {
  auto warned = made();
  warned.findings = {{"no_records", Severity::warning, "nothing in it", {}}, {"facts", Severity::note, "x", {}}};
  ASSERT_TRUE(store->accept(warned));
  accept();
  EXPECT_EQ(overview().warned_of, 1U);
  EXPECT_EQ(overview(at_second(25 * 3600)).warned_of, 0U);
}

TEST_F(OverviewTest, ThroughputHasABucketForEveryQuarterOfAnHour) {
  limits.requests = {1000, 1000, 1000};
  const Time quarter{start.ms / 900'000 * 900'000};
  for (int i = 1; i <= 20; ++i) {
    const Time began = quarter + Milliseconds(i * 1000);
    done({.table = "T" + std::to_string(i), .at = quarter}, began, began + Milliseconds(100 * i));
  }
  const auto buckets = read_throughput(*store, 1, quarter + Milliseconds(900'001)).value();
  ASSERT_EQ(buckets.size(), 4U);
  EXPECT_EQ(buckets[2].at, quarter);
  EXPECT_EQ(buckets[2].done, 20U);
  EXPECT_EQ(buckets[2].rows, 180U);
  EXPECT_EQ(buckets[3].done, 0U);
  EXPECT_FALSE(buckets[3].wait);
  ASSERT_TRUE(buckets[2].wait && buckets[2].import_ms);
  EXPECT_NEAR(static_cast<double>(buckets[2].wait->p50_ms), 10'000, 500);
  EXPECT_NEAR(static_cast<double>(buckets[2].wait->p95_ms), 19'000, 950);
  EXPECT_NEAR(static_cast<double>(buckets[2].import_ms->p50_ms), 1'000, 50);
  EXPECT_EQ(code_of(read_throughput(*store, 0, start)), Errc::invalid_argument);
  EXPECT_EQ(code_of(read_throughput(*store, 169, start)), Errc::invalid_argument);
}

TEST_F(OverviewTest, RunningJobsAreThoseThatHoldASlot) {
  const auto id = accept();
  const auto job = run(id, at_second(3));
  done({.table = "B"}, start, start);
  const auto all = read_running(*store).value();
  ASSERT_EQ(all.size(), 1U);
  const auto& running = all.at("main").front();
  EXPECT_EQ(running.job, job);
  EXPECT_EQ(running.submission, id);
  EXPECT_EQ(running.file_name, "orders.csv");
  EXPECT_EQ(running.state, JobState::running);
  EXPECT_EQ(running.since, at_second(3));
  EXPECT_EQ(running.size, 100U);
}

// What is kept from here on must be what an older daemon's queue would have had.
TEST_F(OverviewTest, ADatabaseOfBeforeIsCountedWhenItIsOpened) {
  store.reset();
  std::filesystem::remove(path());
  const auto all = migrations();
  {
    auto old = db::Database::open(path()).value();
    const auto before =
        std::ranges::find(all, std::string_view("lists and searches of a long history"), &db::Migration::name);
    ASSERT_NE(before, all.end());
    ASSERT_TRUE(old->migrate(std::span(all.begin(), before)));
    old->raw().exec(fmt::format(R"(
      INSERT INTO lane (id, organization, workspace, tbl, parallel) VALUES (1, 'main', 'Demo', 'Orders', 0);
      INSERT INTO submission (id, route, lane, state, source, file_name, size, sha256, accepted_at)
        VALUES (7, 'sales', 1, 'queued', 'drop', 'old_orders.csv', 100, 'ab', {0});
      INSERT INTO job (id, submission, last_submission, lane, organization, state, started_at)
        VALUES (3, 7, 7, 1, 'main', 'uploading', {1});
      INSERT INTO job_part VALUES (3, 7, 1, 1);
      UPDATE submission SET state = 'importing' WHERE id = 7;
      UPDATE submission SET state = 'done', ended_at = {2}, rows_total = 5, rows_success = 4, rows_warnings = 0 WHERE id = 7;
      INSERT INTO submission (id, route, lane, state, source, file_name, size, sha256, accepted_at)
        VALUES (8, 'sales', 1, 'queued', 'drop', 'new_orders.csv', 100, 'ab', {2});)",
                                start.ms, start.ms + 2000, start.ms + 5000));
  }
  open();
  const auto now = overview(at_second(60));
  EXPECT_THAT(now.states, UnorderedElementsAre(Pair(S::done, 1), Pair(S::queued, 1)));
  EXPECT_EQ(now.last_day.rows, 4U);
  ASSERT_TRUE(now.last_done);
  EXPECT_EQ(now.last_done->id, 7);
  EXPECT_EQ(list_page(*store, {.text = "OLD_"}).value().submissions.front().id, 7);
  EXPECT_EQ(list_page(*store, {.until = at_second(1)}).value().submissions.front().id, 7);
  const auto buckets = read_throughput(*store, 1, at_second(60)).value();
  const auto with_it = std::ranges::find(buckets, 1U, &Bucket::done);
  ASSERT_NE(with_it, buckets.end());
  EXPECT_NEAR(static_cast<double>(with_it->wait->p50_ms), 2000, 100);
  EXPECT_NEAR(static_cast<double>(with_it->import_ms->p50_ms), 3000, 150);
}

}  // namespace
}  // namespace dropload::queue
