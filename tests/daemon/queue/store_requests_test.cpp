#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

class StoreRequests : public QueueTest {
 protected:
  int used(std::int64_t second) {
    return look(at_second(second)).requests.used(zoho::CallKind::bulk, at_second(second));
  }
};

TEST_F(StoreRequests, ACallCountsUntilAMinuteAfterItsAnswerSinceNobodyKnowsWhenItArrived) {
  const JobId job = begin(accept());
  EXPECT_EQ(used(200), 1) << "its upload is under way still";
  ASSERT_TRUE(store->call_returned(job, at_second(200)));
  EXPECT_EQ(used(259), 1);
  EXPECT_EQ(used(260), 0);
}

TEST_F(StoreRequests, AnotherJobsCallDoesNotComeBackWithIt) {
  const JobId first = begin(accept());
  begin(accept({.table = "Customers"}));
  ASSERT_TRUE(store->call_returned(first, at_second(1)));
  EXPECT_EQ(used(100), 1);
}

TEST_F(StoreRequests, ACallUnderWayTakesItsPlaceInTheBudget) {
  limits.requests.bulk = 1;
  const JobId job = run(accept());
  EXPECT_EQ(code_of(store->begin_poll(job, limits, at_second(400), at_second(120))), Errc::stale);
  ASSERT_TRUE(store->call_returned(job, at_second(2)));
  EXPECT_TRUE(store->begin_poll(job, limits, at_second(400), at_second(120)));
}

TEST_F(StoreRequests, ARestartEndsTheCallsThatWereUnderWay) {
  begin(accept());
  restart();
  ASSERT_TRUE(store->poll_all_at(at_second(10)));
  EXPECT_EQ(used(69), 1);
  EXPECT_EQ(used(70), 0);
}

}  // namespace
}  // namespace dropload::queue
