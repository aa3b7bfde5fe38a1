#include "tests/daemon/queue/queue_fixture.h"

// The budget of accounts, and strangers in an organization.

namespace dropload::queue {
namespace {

class StoreAccount : public QueueTest {
 protected:
  JobId begin_at(int second) { return begin(accept({.table = "t" + std::to_string(++tables)}), at_second(second)); }
  void take(JobId job, int second) {
    ASSERT_TRUE(store->mark_whole_sent(job));
    ASSERT_TRUE(store->job_accepted(job, "77", "r" + std::to_string(job), at_second(second + 2), at_second(second)));
  }
  // The service says that there is no slot.
  void refuse(JobId job, int second, int probe_in) {
    auto end = ended(JobState::failed, Requeue{at_second(second), false});
    end.no_slot_until = at_second(second + probe_in);
    ASSERT_TRUE(store->job_ended(job, end, at_second(second)));
  }
  std::optional<Strangers> strangers() { return look().strangers; }
  int tables = 0;
};

TEST_F(StoreAccount, OrganizationsOfOneAccountShareTheirBudget) {
  OrganizationLimits other{.name = "other", .account = "account both"};
  limits.account = "account both";
  limits.requests.bulk = other.requests.bulk = 2;
  begin_at(0);
  const auto b = accept({.table = "x", .organization = "other"});
  ASSERT_TRUE(store->begin_job(b, other, cost, start));
  const auto third = store->begin_job(accept({.table = "y"}), limits, cost, start);
  EXPECT_EQ(code_of(third), Errc::stale);
  EXPECT_EQ(look().requests.used(zoho::CallKind::bulk, start), 2);
  EXPECT_EQ(look().account, "account both");
}

TEST_F(StoreAccount, AnOrganizationKnowsWhenItLastSentAJobOrABatch) {
  EXPECT_EQ(look().last_sent_at, Time{});
  const auto series = begin_at(1);
  EXPECT_EQ(look().last_sent_at, at_second(1));
  ASSERT_TRUE(store->batch_accepted(series, {"77", "5", "r1", "key", 10, {}}, at_second(2)));
  ASSERT_TRUE(store->begin_batch(series, limits, at_second(60), at_second(9)));
  restart();
  EXPECT_EQ(look(at_second(10)).last_sent_at, at_second(9));
  EXPECT_EQ(store->snapshot({{.name = "other"}}, start).value().organizations[0].last_sent_at, Time{});
}

TEST_F(StoreAccount, TooManyCallsCloseTheWindowAndHalveThePaceRestartsIncluded) {
  const auto pace = store->slow_down(limits, at_second(60), start).value();
  EXPECT_EQ(pace.sixteenths, 8);
  restart();
  EXPECT_EQ(code_of(store->begin_job(accept(), limits, cost, at_second(59))), Errc::stale) << "closed";
  EXPECT_EQ(look(at_second(59)).requests.wait_until(cost, at_second(59)), at_second(60));
  EXPECT_EQ(look(at_second(59)).requests.limits().bulk, 20);
  EXPECT_EQ(look(at_second(60)).requests.limits().bulk, 25) << "an eighth more after a minute";
  EXPECT_EQ(look(at_second(240)).requests.limits().bulk, 40);
  EXPECT_EQ(store->slow_down(limits, at_second(61), at_second(30)).value().sixteenths, 8) << "one with the first";
}

TEST_F(StoreAccount, AClockThatWasSetBackDoesNotKeepItSlow) {
  ASSERT_TRUE(store->slow_down(limits, at_second(10'000), at_second(10'000)));
  ASSERT_TRUE(store->poll_all_at(start));
  EXPECT_EQ(look(at_second(240)).requests.limits().bulk, 40);
}

TEST_F(StoreAccount, ARefusedStartTellsHowManySlotsAreOurs) {
  take(begin_at(0), 0);
  take(begin_at(0), 0);
  const auto third = begin_at(1);
  const auto fourth = begin_at(1);
  EXPECT_FALSE(strangers());
  refuse(third, 2, 10);
  EXPECT_EQ(strangers()->ours, 3) << "the fourth has no answer yet";
  refuse(fourth, 2, 10);
  EXPECT_EQ(strangers()->ours, 2);
  EXPECT_EQ(strangers()->others(2), 3);
  EXPECT_EQ(strangers()->refusals, 1) << "they fell together";
  EXPECT_EQ(strangers()->probe_at, at_second(12));
  restart();
  EXPECT_EQ(strangers()->ours, 2);
}

TEST_F(StoreAccount, AProbeThatIsRefusedWaitsLongerAndOneThatIsTakenFindsASlot) {
  take(begin_at(0), 0);
  refuse(begin_at(1), 1, 10);
  refuse(begin_at(11), 12, 20);
  EXPECT_EQ(strangers()->refusals, 2);
  EXPECT_EQ(strangers()->probe_at, at_second(32));
  take(begin_at(32), 32);
  EXPECT_EQ(strangers()->ours, 2);
  EXPECT_EQ(strangers()->refusals, 0);
  EXPECT_EQ(strangers()->probe_at, at_second(34)) << "the next one comes soon";
  for (int i = 0; i < 3; ++i) take(begin_at(34), 34);
  EXPECT_FALSE(strangers()) << "all five are ours";
}

TEST_F(StoreAccount, OneThatTakesThePlaceOfOneThatEndedTellsNothingNew) {
  const auto job = begin_at(0);
  take(job, 0);
  refuse(begin_at(1), 1, 10);
  succeed(job, at_second(2));
  take(begin_at(3), 3);
  EXPECT_EQ(strangers()->ours, 1);
  EXPECT_EQ(strangers()->probe_at, at_second(11));
}

TEST_F(StoreAccount, ASeriesThatTheServiceKnowsIsOneOfOurs) {
  const auto job = begin_at(0);
  take(job, 0);
  refuse(begin_at(1), 1, 10);
  succeed(job, at_second(2));
  const auto series = begin_at(3);
  ASSERT_TRUE(store->batch_accepted(series, {"77", "5", "r1", "key", 10, {}}, at_second(4)));
  EXPECT_EQ(strangers()->ours, 1) << "it has the place of the one that ended";
  const auto probe = begin_at(12);
  ASSERT_TRUE(store->batch_accepted(probe, {"77", "5", "r2", "key", 10, {}}, at_second(13)));
  EXPECT_EQ(strangers()->ours, 2) << "the second one tells that a stranger has gone";
  EXPECT_EQ(strangers()->told_at, at_second(13));
}

TEST_F(StoreAccount, ItIsKnownWhenTheServiceToldOfStrangers) {
  take(begin_at(0), 0);
  refuse(begin_at(1), 1, 10);
  EXPECT_EQ(strangers()->told_at, at_second(1));
  refuse(begin_at(11), 12, 20);
  restart();
  EXPECT_EQ(strangers()->told_at, at_second(12));
  EXPECT_EQ(strangers()->others(3), 2) << "never more than there are slots";
  EXPECT_EQ(strangers()->others(0), 4);
}

}  // namespace
}  // namespace dropload::queue
