#include "daemon/intake/expecting.h"

#include <gmock/gmock.h>

#include "common/base/local_time.h"
#include "tests/daemon/intake/intake_bench.h"
#include "tests/support/captured_log.h"

namespace dropload::intake {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Due at noon of every day; it is eleven.
class ExpectingTest : public testing::Test {
 protected:
  ExpectingTest() {
    bench.route.expected.push_back(expectation("*.csv by 12:00"));
    bench.clock.advance(at_local(local_day(bench.clock.now()) + std::chrono::days(1), 11h) - bench.clock.now());
    routes.emplace("sales", bench.route);
  }
  static queue::Expectation expectation(std::string text) {
    queue::Expectation made{std::move(text), "*.csv", 12h, {}, 0};
    made.days.set();
    return made;
  }
  void look(Expecting& expecting) { ASSERT_TRUE(test::complete(bench.context, expecting.look())); }
  queue::Submission dropped(const std::string& name) {
    bench.directory.write("drop/" + name, "id\n" + name + "\n");
    return bench.take(name).value();
  }
  static Arrived arrived(const Expecting& expecting) { return expecting.judged("sales").at(0).second.arrived; }
  Expecting made() { return {bench.store, bench.clock, routes}; }

  Bench bench;
  std::map<std::string, queue::Route> routes;
};

TEST_F(ExpectingTest, NothingIsKnownBeforeTheFirstLook) {
  EXPECT_THAT(made().judged("sales"), IsEmpty());
}

TEST_F(ExpectingTest, AFileThatIsMissingIsSaidOnceAndThatItCameLate) {
  test::CapturedLog log;
  Expecting expecting = made();
  look(expecting);
  EXPECT_EQ(arrived(expecting), Arrived::waiting);
  EXPECT_THAT(log.text(), Not(HasSubstr("warning")));
  bench.clock.advance(1h + 1min);
  look(expecting);
  look(expecting);
  EXPECT_EQ(arrived(expecting), Arrived::missing);
  const auto said = log.text();
  const auto first = said.find("[warning] route sales: \"*.csv by 12:00\" is missing: nothing has come that was due ");
  ASSERT_NE(first, std::string::npos) << said;
  EXPECT_EQ(said.find("is missing", said.find("is missing", first) + 1), std::string::npos) << said;
  expecting.came(dropped("a.csv"));
  EXPECT_EQ(arrived(expecting), Arrived::late);
  look(expecting);
  EXPECT_THAT(log.text(), HasSubstr("[info] route sales: \"*.csv by 12:00\" is late: submission 1 came"));
}

TEST_F(ExpectingTest, WhatWasSaidIsNotSaidAgainAfterARestartButWhatHappenedMeanwhileIs) {
  {
    Expecting first = made();
    look(first);
    bench.clock.advance(1h + 1min);
    look(first);
  }
  test::CapturedLog log;
  Expecting second = made();
  look(second);
  EXPECT_EQ(arrived(second), Arrived::missing);
  EXPECT_THAT(log.text(), Not(HasSubstr("is missing")));
  bench.clock.advance(24h);
  Expecting third = made();
  look(third);
  EXPECT_THAT(log.text(), HasSubstr("is missing: nothing has come")) << "that of the next day";
}

TEST_F(ExpectingTest, WhatCameBeforeTheStartCounts) {
  {
    Expecting before = made();
    look(before);
  }
  dropped("a.csv");
  bench.clock.advance(2h);
  Expecting after = made();
  look(after);
  EXPECT_EQ(arrived(after), Arrived::in_time);
  EXPECT_EQ(after.judged("sales").at(0).second.submission, 1);
}

TEST_F(ExpectingTest, WhatNobodyToldOfIsFoundByTheNextLook) {
  Expecting expecting = made();
  look(expecting);
  dropped("a.csv");
  look(expecting);
  EXPECT_EQ(arrived(expecting), Arrived::in_time);
}

TEST_F(ExpectingTest, AnExpectationThatIsTakenAwayAndComesAgainBeginsAnew) {
  {
    Expecting first = made();
    look(first);
  }
  routes.at("sales").expected.clear();
  {
    Expecting without = made();
    look(without);
    EXPECT_THAT(without.judged("sales"), IsEmpty());
  }
  bench.clock.advance(2h);
  routes.at("sales").expected.push_back(expectation("*.csv by 12:00"));
  Expecting again = made();
  look(again);
  EXPECT_EQ(arrived(again), Arrived::waiting) << "what was due while nobody expected it is not missing";
}

TEST_F(ExpectingTest, ARetryAndASkippedContentAreNoArrivals) {
  bench.route.on_duplicate = queue::OnDuplicate::skip;
  Expecting expecting = made();
  look(expecting);
  const auto first = dropped("a.csv");
  bench.clock.advance(24h);
  bench.directory.write("drop/b.csv", "id\na.csv\n");
  const auto skipped = bench.take("b.csv").value();
  ASSERT_EQ(skipped.state, queue::SubmissionState::cancelled);
  expecting.came(skipped);
  bench.clock.advance(2h);
  look(expecting);
  EXPECT_EQ(arrived(expecting), Arrived::missing);
}

}  // namespace
}  // namespace dropload::intake
