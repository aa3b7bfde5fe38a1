#include "daemon/queue/listing.h"

#include <gmock/gmock.h>

#include "daemon/queue/text_match.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ListingTest : public QueueTest {
 protected:
  SubmissionId accept_named(const std::string& file_name, const Made& how = {}) {
    auto submission = made(how);
    submission.file_name = file_name;
    return store->accept(submission).value().id;
  }
  ListPage page(const ListFilter& filter) { return list_page(*store, filter).value(); }
  std::vector<SubmissionId> ids(const ListFilter& filter) {
    std::vector<SubmissionId> found;
    for (const auto& submission : page(filter).submissions) found.push_back(submission.id);
    return found;
  }
  std::vector<SubmissionId> search(const std::string& text) { return ids({.text = text}); }
  // What the counts say, beside what is there.
  void expect_counts_are_true() {
    SQLite::Statement wrong(store->database().raw(),
                            "SELECT lane, route, state, count(*) FROM submission GROUP BY 1, 2, 3 EXCEPT SELECT lane, "
                            "route, state, count FROM tally");
    EXPECT_FALSE(wrong.executeStep());
  }
};

TEST_F(ListingTest, SeveralStatesAreListedTogetherNewestFirst) {
  const auto held = accept({.table = "A"});
  const auto failed = accept({.table = "B"});
  const auto queued = accept({.table = "C"});
  const auto running = accept({.table = "D"});
  ASSERT_TRUE(store->hold(held, "why", "", start));
  ASSERT_TRUE(store->fail(failed, "why", "", start));
  run(running);
  EXPECT_THAT(ids({.states = {SubmissionState::held, SubmissionState::queued}}), ElementsAre(queued, held));
  EXPECT_THAT(ids({.states = {SubmissionState::failed, SubmissionState::importing}}), ElementsAre(running, failed));
  EXPECT_THAT(ids({}), ElementsAre(running, queued, failed, held));
  expect_counts_are_true();
}

TEST_F(ListingTest, OrganizationTableAndRouteMustAllFit) {
  const auto a = accept({.table = "Orders", .route = "north", .organization = "main"});
  const auto b = accept({.table = "Orders", .route = "south", .organization = "main"});
  const auto c = accept({.table = "Orders", .route = "north", .organization = "other"});
  const auto d = accept({.table = "Stock", .route = "north", .organization = "main"});
  EXPECT_THAT(ids({.organization = "main"}), ElementsAre(d, b, a));
  EXPECT_THAT(ids({.table = "Orders"}), ElementsAre(c, b, a));
  EXPECT_THAT(ids({.route = "north", .organization = "main"}), ElementsAre(d, a));
  EXPECT_THAT(ids({.route = "north", .organization = "main", .table = "Orders"}), ElementsAre(a));
  EXPECT_THAT(ids({.organization = "nobody"}), IsEmpty());
}

TEST_F(ListingTest, PagesOfAFilterJoinWhateverTablesTheyAreOf) {
  std::vector<SubmissionId> all;
  for (int i = 0; i < 30; ++i)
    all.insert(all.begin(), accept({.table = "T" + std::to_string(i % 7), .route = i % 2 == 0 ? "a" : "b"}));
  std::vector<SubmissionId> found;
  for (std::optional<SubmissionId> before;;) {
    const auto next = page({.states = {SubmissionState::queued}, .before = before, .limit = 4});
    for (const auto& submission : next.submissions) found.push_back(submission.id);
    EXPECT_LE(next.submissions.size(), 4U);
    if (!next.next) break;
    before = next.next;
  }
  EXPECT_EQ(found, all);
}

TEST_F(ListingTest, ATimeHasItsBeginningAndNotItsEnd) {
  std::vector<SubmissionId> by_hour;
  for (int i = 0; i < 5; ++i) by_hour.push_back(accept({.at = at_second(i * 3600LL)}));
  EXPECT_THAT(ids({.since = at_second(3600), .until = at_second(3 * 3600)}), ElementsAre(by_hour[2], by_hour[1]));
  EXPECT_THAT(ids({.since = at_second(3 * 3600 + 1)}), ElementsAre(by_hour[4]));
  EXPECT_THAT(ids({.until = at_second(1)}), ElementsAre(by_hour[0]));
  EXPECT_THAT(ids({.states = {SubmissionState::queued}, .since = at_second(4 * 3600)}), ElementsAre(by_hour[4]));
  EXPECT_THAT(ids({.until = at_second(-1)}), IsEmpty());
}

// A clock that was set back: numbers then do not grow with the time.
TEST_F(ListingTest, ATimeIsFoundThoughTheClockWasSetBack) {
  const auto late = accept({.at = at_second(100 * 3600LL)});
  const auto early = accept({.at = at_second(0)});
  const auto later = accept({.at = at_second(200 * 3600LL)});
  EXPECT_THAT(ids({.until = at_second(1)}), ElementsAre(early));
  EXPECT_THAT(ids({.since = at_second(50 * 3600LL), .until = at_second(150 * 3600LL)}), ElementsAre(late));
  EXPECT_THAT(ids({.since = at_second(50 * 3600LL)}), ElementsAre(later, late));
}

TEST_F(ListingTest, ATextIsFoundInNameTableAndReasonInAnyCase) {
  const auto a = accept_named("Sales_North.csv", {.table = "A"});
  const auto b = accept_named("b.csv", {.table = "BigSales"});
  const auto c = accept_named("c.csv", {.table = "C"});
  ASSERT_TRUE(store->hold(c, "Nobody knows of those sales", "", start));
  accept_named("d.csv", {.table = "D"});
  EXPECT_THAT(search("sales"), ElementsAre(c, b, a));
  EXPECT_THAT(search("NORTH.c"), ElementsAre(a));
  EXPECT_THAT(search("gsal"), ElementsAre(b));
  EXPECT_THAT(search("knows of"), ElementsAre(c));
  EXPECT_THAT(search("csva"), IsEmpty()) << "not across what is beside one another";
  EXPECT_THAT(ids({.states = {SubmissionState::held}, .text = "sales"}), ElementsAre(c));
}

TEST_F(ListingTest, WhatAReasonSaidBeforeIsNotFoundAnyMore) {
  const auto id = accept();
  ASSERT_TRUE(store->hold(id, "wonderful reason", "", start));
  EXPECT_THAT(search("wonderful"), ElementsAre(id));
  ASSERT_TRUE(store->release(id, start));
  EXPECT_THAT(search("wonderful"), IsEmpty());
  EXPECT_THAT(search("orders"), ElementsAre(id));
}

TEST_F(ListingTest, LettersOfOtherAlphabetsAreFoundInAnyCaseToo) {
  const auto german = accept_named("UMSÄTZE.csv");
  const auto russian = accept_named("Отчёт.csv");
  const auto greek = accept_named("ΑΝΑΦΟΡΑ.csv");
  EXPECT_THAT(search("umsätze"), ElementsAre(german));
  EXPECT_THAT(search("отчЁт"), ElementsAre(russian));
  EXPECT_THAT(search("αναφορα"), ElementsAre(greek));
}

TEST_F(ListingTest, SignsOfTheSearchLanguageAreOnlySigns) {
  const auto id = accept_named("a\"b* OR (c)%_'x.csv");
  EXPECT_THAT(search("\"b* OR"), ElementsAre(id));
  EXPECT_THAT(search("(c)%_'"), ElementsAre(id));
  EXPECT_THAT(search("\"\"\""), IsEmpty());
  EXPECT_THAT(search("%_"), ElementsAre(id));
}

TEST_F(ListingTest, NamesThatAreNotUtf8AreFoundByWhatIs) {
  const auto id = accept_named(
      "gr\xFC\xDF"
      "e_2026.csv");
  EXPECT_THAT(search("e_2026"), ElementsAre(id));
  EXPECT_THAT(search("gr"), ElementsAre(id));
}

TEST_F(ListingTest, ANumberFindsTheSubmissionBesideTheNamesThatHoldIt) {
  const auto first = accept_named("x.csv");
  const auto second = accept_named("y.csv");
  const auto named = accept_named(fmt::format("of_{}.csv", first));
  EXPECT_THAT(search(fmt::format("#{}", second)), ElementsAre(second));
  EXPECT_THAT(search(fmt::format("{}", first)), ElementsAre(named, first));
  EXPECT_THAT(ids({.states = {SubmissionState::held}, .text = "#1"}), IsEmpty());
  EXPECT_THAT(search("#99"), IsEmpty());
}

TEST_F(ListingTest, ASearchForWhatIsRareStopsAndSaysWhereToGoOn) {
  const auto rare = accept_named("zz.csv");
  store->database().raw().exec(
      "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO submission (id, "
      "route, lane, state, source, file_name, size, sha256, accepted_at) SELECT i, 'sales', 1, 'queued', 'drop', "
      "'x.csv', 1, '', 1 FROM n");
  const auto first = page({.text = "zz"});
  EXPECT_THAT(first.submissions, IsEmpty());
  ASSERT_EQ(first.next, 30000 - most_looked_at + 1);
  const auto second = page({.text = "zz", .before = first.next});
  ASSERT_EQ(second.submissions.size(), 1U);
  EXPECT_EQ(second.submissions.front().id, rare);
  EXPECT_FALSE(second.next);
}

TEST(TextMatch, TrigramsCoverTheTextSideBySide) {
  EXPECT_EQ(trigram_query("ab"), "");
  EXPECT_EQ(trigram_query("abc"), "\"abc\"");
  EXPECT_EQ(trigram_query("abcdefgh"), "\"abc\" AND \"def\" AND \"fgh\"");
  EXPECT_EQ(trigram_query("ä\"öx"), "\"ä\"\"ö\" AND \"\"\"öx\"");
}

TEST(TextMatch, LettersAreFoldedAndOtherBytesStay) {
  EXPECT_EQ(folded("ÀÞ×ß ŠŽŸ ΣΫ ЁЯ \xFF€"), "àþ×ß šžÿ σϋ ёя \xFF€");
}

}  // namespace
}  // namespace dropload::queue
