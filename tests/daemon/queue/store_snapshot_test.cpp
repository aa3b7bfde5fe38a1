#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using StoreSnapshot = QueueTest;
using Ids = std::vector<SubmissionId>;

TEST_F(StoreSnapshot, ShowsOnlyTheHeadOfEachLine) {
  const auto a = accept({.table = "A"});
  accept({.table = "A"});
  const auto b = accept({.table = "B"});
  EXPECT_EQ(ready(), (Ids{a, b}));
  const auto seen = look();
  EXPECT_EQ(seen.ready[0].table, (TableKey{"main", "Demo", "A"}));
  EXPECT_EQ(seen.ready[0].size, 100U);
  EXPECT_EQ(seen.ready[0].route, "sales");
}

TEST_F(StoreSnapshot, HoldsAsManyOfARouteAsThereAreSlotsAndEveryRoute) {
  limits.max_jobs = 2;
  for (int i = 0; i < 6; ++i) accept({.table = "T" + std::to_string(i), .route = "busy"});
  const auto quiet = accept({.table = "Q", .route = "quiet"});
  const auto seen = look();
  ASSERT_EQ(seen.ready.size(), 3U);
  EXPECT_EQ(seen.ready[2].submission, quiet);
  EXPECT_EQ(seen.route_last_started.at("quiet"), Time{});
}

TEST_F(StoreSnapshot, TheTableThatWaitedLongestSinceItsLastStartIsFirst) {
  const auto a = accept({.table = "A"});
  const auto b = accept({.table = "B"});
  accept({.table = "A"});
  accept({.table = "B"});
  succeed(run(b, at_second(1)));
  succeed(run(a, at_second(2)));
  const auto seen = look(at_second(3));
  ASSERT_EQ(seen.ready.size(), 2U);
  EXPECT_EQ(seen.ready[0].table.table, "B");
  EXPECT_EQ(seen.ready[0].table_last_started, at_second(1));
  EXPECT_EQ(seen.route_last_started.at("sales"), at_second(2));
}

TEST_F(StoreSnapshot, EachOrganizationSeesItsOwn) {
  const auto mine = accept({.table = "A"});
  accept({.table = "A", .organization = "other"});
  const auto seen = store->snapshot({limits, {.name = "other"}, {.name = "third"}}, start).value();
  ASSERT_EQ(seen.organizations.size(), 3U);
  ASSERT_EQ(seen.organizations[0].ready.size(), 1U);
  EXPECT_EQ(seen.organizations[0].ready[0].submission, mine);
  EXPECT_EQ(seen.organizations[1].ready.size(), 1U);
  EXPECT_TRUE(seen.organizations[2].ready.empty());
}

TEST_F(StoreSnapshot, PollsThatAreDueComeWithTheFirstToBeForgottenInFront) {
  const auto young = run(accept({.table = "A"}), at_second(10));
  const auto old = run(accept({.table = "B"}), at_second(5));
  const auto later = run(accept({.table = "C"}), at_second(100));
  const auto seen = look(at_second(50));
  ASSERT_EQ(seen.polls.size(), 2U);
  EXPECT_EQ(seen.polls[0].job, old);
  EXPECT_EQ(seen.polls[1].job, young);
  EXPECT_EQ(seen.next_poll_at, store->find_job(later).value().next_poll_at);
  EXPECT_EQ(seen.slots_held, 3);
}

TEST_F(StoreSnapshot, APauseIsShownUntilItIsTakenBack) {
  EXPECT_FALSE(look().pause);
  ASSERT_TRUE(store->pause("main", {"no units left", at_second(900)}));
  ASSERT_TRUE(store->pause("main", {"the token is refused", std::nullopt}));
  restart();
  const auto paused = look().pause;
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->reason, "the token is refused");
  EXPECT_FALSE(paused->until);
}

TEST_F(StoreSnapshot, OfTwoPausesTheOneThatLastsLongerIsKept) {
  ASSERT_TRUE(store->pause("main", {"no units left", at_second(900)}));
  EXPECT_FALSE(store->pause("main", {"too fast", at_second(60)}).value());
  EXPECT_EQ(look().pause->reason, "no units left");
  EXPECT_EQ(look().pause->until, at_second(900));
  EXPECT_TRUE(store->pause("main", {"no units left", at_second(1'800)}).value());
  EXPECT_EQ(look().pause->until, at_second(1'800));
  EXPECT_TRUE(store->pause("main", {"for ever", std::nullopt}).value());
  EXPECT_FALSE(store->pause("main", {"too fast", at_second(5'000)}).value());
  EXPECT_FALSE(look().pause->until);
}

TEST_F(StoreSnapshot, APauseIsTakenBackOnlyWhenItIsOver) {
  ASSERT_TRUE(store->pause("main", {"no units left", at_second(900)}));
  EXPECT_EQ(code_of(store->resume("main", at_second(899))), Errc::stale);
  EXPECT_TRUE(look().pause);
  EXPECT_TRUE(store->resume("main", at_second(900)));
  EXPECT_FALSE(look().pause);
}

TEST_F(StoreSnapshot, WhileItsOrganizationIsPausedNoJobBegins) {
  const auto id = accept();
  ASSERT_TRUE(store->pause("main", {"no units left", at_second(900)}));
  EXPECT_EQ(code_of(store->begin_job(id, limits, cost, at_second(899))), Errc::stale);
  EXPECT_TRUE(store->begin_job(id, limits, cost, at_second(900)));
}

TEST_F(StoreSnapshot, TheRequestsOfTheLastWindowSurviveARestart) {
  ASSERT_TRUE(store->charge("main", {.bulk = 3, .metadata = 2}, start));
  ASSERT_TRUE(store->charge("main", {.metadata = 1}, at_second(30)));
  ASSERT_TRUE(store->charge("other", {.bulk = 9}, at_second(30)));
  restart();
  EXPECT_EQ(look(at_second(59)).requests.used(zoho::CallKind::bulk, at_second(59)), 3);
  EXPECT_EQ(look(at_second(59)).requests.used(zoho::CallKind::metadata, at_second(59)), 3);
  EXPECT_EQ(look(at_second(60)).requests.used(zoho::CallKind::bulk, at_second(60)), 0);
  EXPECT_EQ(look(at_second(60)).requests.used(zoho::CallKind::metadata, at_second(60)), 1);
}

TEST_F(StoreSnapshot, AtMostSixtyFourOriginalsAreRetiredAtATime) {
  for (int i = 0; i < 70; ++i) {
    const auto id = accept({.table = "T" + std::to_string(i)});
    ASSERT_TRUE(store->fail(id, "why", "", start));
  }
  EXPECT_EQ(store->snapshot({limits}, start).value().to_retire.size(), 64U);
}

TEST_F(StoreSnapshot, OfLinesThatWaitTheFirstMomentIsTold) {
  const auto a = accept({.table = "A"});
  const auto b = accept({.table = "B"});
  ASSERT_TRUE(store->job_ended(begin(a), ended(JobState::failed, Requeue{at_second(30), true}), start));
  ASSERT_TRUE(store->job_ended(begin(b), ended(JobState::failed, Requeue{at_second(20), true}), start));
  EXPECT_EQ(look(at_second(10)).next_ready_at, at_second(20));
  EXPECT_EQ(ready(at_second(20)), Ids{b});
  EXPECT_EQ(look(at_second(20)).next_ready_at, at_second(30));
  EXPECT_EQ(ready(at_second(30)).size(), 2U);
  EXPECT_FALSE(look(at_second(30)).next_ready_at);
}

}  // namespace
}  // namespace dropload::queue
