#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using StoreIntake = QueueTest;
using Ids = std::vector<SubmissionId>;

TEST_F(StoreIntake, WhatIsAcceptedIsReadBackAsItWas) {
  NewSubmission s = made();
  s.source = Source::rest;
  s.file_name = "or\xff\nders.csv";
  s.drop_directory = "/srv/drop";
  s.size = 1ULL << 40;
  s.sha256 = "00ff";
  ASSERT_TRUE(store->accept(s));
  const auto found = store->find(s.id).value();
  EXPECT_EQ(found.route, "sales");
  EXPECT_EQ(found.table, (TableKey{"main", "Demo", "Orders"}));
  EXPECT_EQ(found.source, Source::rest);
  EXPECT_EQ(found.file_name, s.file_name);
  EXPECT_EQ(found.drop_directory, s.drop_directory);
  EXPECT_EQ(found.size, s.size);
  EXPECT_EQ(found.sha256, s.sha256);
  EXPECT_EQ(found.state, SubmissionState::queued);
  EXPECT_EQ(found.accepted_at, start);
  EXPECT_EQ(found.attempts, 0);
  EXPECT_FALSE(found.rows || found.ended_at || found.not_before || found.code || found.retired_to);
  EXPECT_EQ(timeline(s.id), std::vector<std::string>{"queued"});
}

TEST_F(StoreIntake, AnIdIsAcceptedOnce) {
  const auto s = made();
  ASSERT_TRUE(store->accept(s));
  EXPECT_EQ(code_of(store->accept(s)), Errc::already_exists);
  EXPECT_EQ(timeline(s.id).size(), 1U);
}

TEST_F(StoreIntake, IdsAreNeverThoseOfARowRestartsIncluded) {
  const auto first = accept();
  EXPECT_GT(store->reserve_id(), first);
  auto late = made();
  late.id = 50;
  ASSERT_TRUE(store->accept(late));
  EXPECT_EQ(store->reserve_id(), 51);
  restart();
  EXPECT_EQ(store->reserve_id(), 51);
}

TEST_F(StoreIntake, IdsOfSpoolEntriesAreNotGivenAgain) {
  store->reserve_up_to(9);
  EXPECT_EQ(store->reserve_id(), 10);
  store->reserve_up_to(3);
  EXPECT_EQ(store->reserve_id(), 11);
}

TEST_F(StoreIntake, AnOrderedLineIsHeadedByTheSmallestIdEvenIfItComesLate) {
  const auto early = made();
  const auto second = accept();
  EXPECT_EQ(ready(), Ids{second});
  ASSERT_TRUE(store->accept(early));
  EXPECT_EQ(ready(), Ids{early.id});
}

TEST_F(StoreIntake, TheNewestSubmissionSaysWhetherItsTableIsParallel) {
  const auto a = accept();
  const auto b = accept();
  begin(a);
  EXPECT_EQ(ready(), Ids{});
  accept({.parallel = true});
  EXPECT_EQ(ready(), Ids{b});
  accept({.parallel = false});
  EXPECT_EQ(ready(), Ids{});
}

TEST_F(StoreIntake, TheListIsNewestFirstAndCutToItsLimit) {
  Ids ids;
  for (int i = 0; i < 5; ++i) ids.push_back(accept({.table = "T" + std::to_string(i)}));
  const auto page = store->list({.limit = 2}).value();
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].id, ids[4]);
  const auto next = store->list({.before = page[1].id, .limit = 10}).value();
  ASSERT_EQ(next.size(), 3U);
  EXPECT_EQ(next[0].id, ids[2]);
}

TEST_F(StoreIntake, TheListIsFilteredByStateAndByRouteAndByBoth) {
  const auto a = accept({.table = "A", .route = "one"});
  const auto b = accept({.table = "B", .route = "two"});
  const auto c = accept({.table = "C", .route = "one"});
  begin(c);
  const auto ids = [&](const ListFilter& filter) {
    Ids found;
    const auto list = store->list(filter);
    for (const auto& s : list.value()) found.push_back(s.id);
    return found;
  };
  EXPECT_EQ(ids({.route = "one"}), (Ids{c, a}));
  EXPECT_EQ(ids({.route = "one", .limit = 1}), Ids{c});
  EXPECT_EQ(ids({.states = {SubmissionState::queued}}), (Ids{b, a}));
  EXPECT_EQ(ids({.states = {SubmissionState::queued}, .route = "one"}), Ids{a});
  EXPECT_EQ(ids({.states = {SubmissionState::done}}), Ids{});
}

TEST_F(StoreIntake, AListOfNoOrTooManySubmissionsIsRefused) {
  EXPECT_EQ(code_of(store->list({.limit = 0})), Errc::invalid_argument);
  EXPECT_EQ(code_of(store->list({.limit = 1001})), Errc::invalid_argument);
}

TEST_F(StoreIntake, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(code_of(store->find(4)), Errc::not_found);
  EXPECT_EQ(code_of(store->find_job(4)), Errc::not_found);
  EXPECT_EQ(code_of(store->newer_ran(4)), Errc::not_found);
  EXPECT_EQ(code_of(store->release(4, start)), Errc::not_found);
  EXPECT_EQ(code_of(store->discard(4, start)), Errc::not_found);
  EXPECT_EQ(code_of(store->hold(4, "r", "", start)), Errc::not_found);
  EXPECT_EQ(code_of(store->mark_retired(4, "/x", start)), Errc::not_found);
  EXPECT_EQ(code_of(store->begin_job(4, limits, cost, start)), Errc::not_found);
  EXPECT_EQ(code_of(store->mark_whole_sent(4)), Errc::not_found);
  EXPECT_EQ(code_of(store->settle_lost(4, start)), Errc::not_found);
  EXPECT_TRUE(store->jobs_of(4).value().empty());
  EXPECT_TRUE(store->events_of(4).value().empty());
}

TEST_F(StoreIntake, ADatabaseOfANewerProgramIsRefused) {
  store->database().raw().exec("PRAGMA user_version = 99");
  store.reset();
  const auto opened = Store::open(path());
  EXPECT_EQ(code_of(opened), Errc::unavailable);
}

}  // namespace
}  // namespace dropload::queue
