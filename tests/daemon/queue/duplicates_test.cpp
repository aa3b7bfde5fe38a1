// The same content for the same table.

#include <gmock/gmock.h>

#include "common/base/local_time.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto day = std::chrono::hours(24);

class Duplicates : public QueueTest {
 protected:
  NewSubmission guarded(OnDuplicate choice = OnDuplicate::hold, const Made& how = {}) {
    auto s = made(how);
    s.on_duplicate = choice;
    s.duplicate_days = 30;
    return s;
  }
  Submission accept_guarded(const Made& how = {}) { return store->accept(guarded(OnDuplicate::hold, how)).value(); }
  void fail(SubmissionId id) { ASSERT_TRUE(store->fail(id, "no", "", start)); }
  Submission retried(SubmissionId earlier, OnDuplicate choice = OnDuplicate::hold) {
    EXPECT_TRUE(store->mark_retired(earlier, "/drop/failed/2023-11-14/orders.csv", start));
    auto s = guarded(choice);
    s.retry_of = earlier;
    return store->accept(s).value();
  }
};

TEST_F(Duplicates, TheSameContentIsHeldAndNamesTheFirstWhateverItsNameAndRoute) {
  const auto first = accept();
  succeed(run(first));
  auto again = guarded(OnDuplicate::hold, {.route = "other", .at = start + day});
  again.file_name = "copy.csv";
  const auto held = store->accept(again).value();
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_EQ(held.duplicate_of, first);
  EXPECT_EQ(held.reason,
            fmt::format("Same content as submission {} (orders.csv of {}), which was done when this one came.", first,
                        to_local_minute(start)));
  EXPECT_EQ(held.advice,
            fmt::format("`dropload release {0}` imports it all the same, `dropload discard {0}` ends it.", held.id));
  EXPECT_FALSE(held.ended_at);
  EXPECT_THAT(timeline(held.id), ElementsAre("queued", "held"));
  EXPECT_THAT(ready(), IsEmpty());
}

TEST_F(Duplicates, ADiscardedOneStillNamesTheFirstAndWhenItCame) {
  const auto first = accept();
  const auto held = accept_guarded();
  ASSERT_TRUE(store->discard(held.id, start + day));
  const auto discarded = store->find(held.id).value();
  EXPECT_EQ(discarded.reason, fmt::format("Discarded by a person. Same content as submission {} (orders.csv of {}).",
                                          first, to_local_minute(start)));
  EXPECT_EQ(discarded.advice, "");
}

TEST_F(Duplicates, AThirdNamesTheFirstToo) {
  const auto first = accept();
  accept_guarded();
  EXPECT_EQ(accept_guarded().duplicate_of, first);
}

TEST_F(Duplicates, AnotherByteAnotherSizeOrAnotherTableIsNoDuplicate) {
  accept();
  auto other_bytes = guarded();
  other_bytes.sha256 = "ac";
  auto other_size = guarded();
  other_size.size = 101;
  EXPECT_EQ(store->accept(other_bytes).value().state, SubmissionState::queued);
  EXPECT_EQ(store->accept(other_size).value().state, SubmissionState::queued);
  EXPECT_EQ(accept_guarded({.table = "Other"}).state, SubmissionState::queued);
  EXPECT_EQ(accept_guarded({.organization = "second"}).state, SubmissionState::queued);
}

TEST_F(Duplicates, AfterTheDaysItIsNoDuplicateAndUpToThenItIs) {
  accept();
  EXPECT_EQ(accept_guarded({.at = start + 30 * day + Milliseconds(1)}).state, SubmissionState::queued);
  EXPECT_EQ(accept_guarded({.table = "Other"}).state, SubmissionState::queued);
  EXPECT_EQ(accept_guarded({.table = "Other", .at = start + 30 * day}).state, SubmissionState::held);
}

TEST_F(Duplicates, AClockThatWasSetBackHidesNone) {
  accept({.at = start + day});
  EXPECT_EQ(accept_guarded().state, SubmissionState::held);
}

TEST_F(Duplicates, WhatIsQueuedOrImportedOrHeldCounts) {
  const auto first = accept();
  EXPECT_THAT(accept_guarded().reason, HasSubstr("which was queued when"));
  const auto job = run(first);
  EXPECT_THAT(accept_guarded().reason, HasSubstr("which was importing when"));
  ASSERT_TRUE(store->job_ended(job, ended(JobState::lost, Hold{}), start));
  const auto held = accept_guarded();
  EXPECT_THAT(held.reason, HasSubstr("which was held when"));
  EXPECT_THAT(held.advice, HasSubstr(fmt::format("Decide on submission {} first.", first)));
}

TEST_F(Duplicates, WhatFailedOrWasCancelledDoesNotCount) {
  fail(accept());
  EXPECT_EQ(accept_guarded().state, SubmissionState::queued);
  ASSERT_TRUE(store->discard(accept({.table = "Other"}), start));
  EXPECT_EQ(accept_guarded({.table = "Other"}).state, SubmissionState::queued);
}

TEST_F(Duplicates, WhatWasSupersededDoesNotCount) {
  auto older = made();
  older.supersede = true;
  auto newer = made();
  newer.supersede = true;
  newer.sha256 = "ac";
  const auto id = store->accept(older).value().id;
  ASSERT_TRUE(store->accept(newer));
  ASSERT_EQ(state_of(id), SubmissionState::superseded);
  EXPECT_EQ(accept_guarded().state, SubmissionState::queued);
}

TEST_F(Duplicates, WhatFailedThoughItsRowsAreInCounts) {
  const auto first = accept();
  const auto job = run(first);
  PartSuccess part{.submission = first, .rows = {10, 10, 0}, .reason = "10 rows are in, 11 were counted"};
  part.fails = true;
  ASSERT_TRUE(store->job_succeeded(job, std::vector{part}, "{}", start));
  ASSERT_EQ(state_of(first), SubmissionState::failed);
  const auto held = accept_guarded();
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_THAT(held.reason, HasSubstr("which was failed when this one came, though rows of it are in"));
}

TEST_F(Duplicates, WhatWasGivenUpWithBatchesOfItInCounts) {
  const auto first = accept();
  const auto job = store->begin_job({JobPart{first}}, limits, cost, start).value().id;
  ASSERT_TRUE(store->mark_whole_sent(job));
  ASSERT_TRUE(store->batch_accepted(job, {"77", "88", "remote", "key", 40, {}}, start));
  ASSERT_TRUE(store->job_ended(job, ended(JobState::failed, Hold{}), start));
  ASSERT_TRUE(store->discard(first, start));
  const auto held = accept_guarded();
  EXPECT_EQ(held.state, SubmissionState::held);
  EXPECT_THAT(held.reason, HasSubstr("which was cancelled when this one came, though rows of it are in"));
}

TEST_F(Duplicates, ASkippedOneHasEndedAndItsOriginalGoesAway) {
  const auto first = accept();
  const auto skipped = store->accept(guarded(OnDuplicate::skip)).value();
  EXPECT_EQ(skipped.state, SubmissionState::cancelled);
  EXPECT_EQ(skipped.duplicate_of, first);
  EXPECT_EQ(skipped.ended_at, start);
  EXPECT_THAT(skipped.reason, HasSubstr(fmt::format("Same content as submission {}", first)));
  EXPECT_EQ(store->snapshot({limits}, start).value().to_retire.size(), 1U);
  EXPECT_THAT(ready(), ElementsAre(first));
}

TEST_F(Duplicates, ARouteThatImportsAllTakesThemLikeAnyOther) {
  const auto first = accept();
  const auto second = accept();
  EXPECT_EQ(state_of(second), SubmissionState::queued);
  EXPECT_FALSE(store->find(second).value().duplicate_of);
  EXPECT_THAT(ready(), ElementsAre(first));
}

TEST_F(Duplicates, AReleasedOneStandsInLineAgainAndKeepsItsLink) {
  const auto first = accept();
  const auto held = accept_guarded().id;
  const auto last = accept({.at = start + day});
  const auto released = store->release(held, start).value();
  EXPECT_EQ(released.state, SubmissionState::queued);
  EXPECT_EQ(released.duplicate_of, first);
  succeed(run(first));
  EXPECT_THAT(ready(), ElementsAre(held));
  succeed(run(held));
  EXPECT_THAT(ready(), ElementsAre(last));
}

TEST_F(Duplicates, AHeldOneIsNoGapInWhatMayTravelTogether) {
  const auto first = accept();
  accept_guarded();
  const auto last = accept();
  const auto behind = store->behind(first, 10, start).value();
  ASSERT_EQ(behind.size(), 1U);
  EXPECT_EQ(behind.front().id, last);
  EXPECT_TRUE(store->begin_job({JobPart{first}, JobPart{last, 2, 2}}, limits, cost, start));
}

TEST_F(Duplicates, ARetryOfAFailedOneIsTaken) {
  const auto first = accept();
  fail(first);
  EXPECT_EQ(retried(first).state, SubmissionState::queued);
}

TEST_F(Duplicates, ARetryWhoseContentCameInMeanwhileIsHeldAndNeverSkipped) {
  const auto first = accept();
  fail(first);
  const auto second = accept_guarded().id;
  const auto retry = retried(first, OnDuplicate::skip);
  EXPECT_EQ(retry.state, SubmissionState::held);
  EXPECT_EQ(retry.duplicate_of, second);
  EXPECT_EQ(retry.retry_of, first);
  EXPECT_EQ(store->find(first).value().retried_as, retry.id);
}

TEST_F(Duplicates, ARetryOfASkippedOneIsAPersonsDecision) {
  accept();
  const auto skipped = store->accept(guarded(OnDuplicate::skip)).value().id;
  EXPECT_EQ(retried(skipped, OnDuplicate::skip).state, SubmissionState::queued);
}

TEST_F(Duplicates, WhatNobodyHashedIsNotLookedAt) {
  auto first = made();
  first.sha256.clear();
  auto second = guarded();
  second.sha256.clear();
  ASSERT_TRUE(store->accept(first));
  EXPECT_EQ(store->accept(second).value().state, SubmissionState::queued);
}

TEST_F(Duplicates, TheLinkOutlivesARestart) {
  const auto first = accept();
  const auto held = accept_guarded().id;
  restart();
  EXPECT_EQ(store->find(held).value().duplicate_of, first);
  EXPECT_EQ(accept_guarded().duplicate_of, first);
}

}  // namespace
}  // namespace dropload::queue
