#include "daemon/intake/leaving.h"

#include <fstream>

#include "daemon/intake/retire.h"
#include "tests/daemon/intake/deaf_events.h"
#include "tests/daemon/intake/watcher_fixture.h"

// when_done = "leave": a dropped file stays where it is.

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using test::contents;

struct LeavingTest : WatcherTest, testing::WithParamInterface<bool> {
  LeavingTest() {
    bench.route.leave_when_done = true;
    bench.route.drop->rescan_every = Milliseconds{5};
    bench.route.drop->poll_every = Milliseconds{5};
    if (GetParam()) open_events = few_watches(0);
  }
  std::vector<queue::LeftFile> remembered() {
    return bench.store.run_blocking([](queue::Store& store) { return queue::left_files(store); }).value();
  }
  // The watcher has looked through the directory again; a file that is new then is taken too.
  void let_it_look_again() {
    static int marks = 0;
    const auto mark = "mark" + std::to_string(++marks) + ".csv";
    bench.directory.write("drop/" + mark, mark);
    ASSERT_TRUE(run_until([&] { return taken().back() == mark; }));
    fs::remove(bench.drop() / mark);
  }
  std::size_t taken_as(const std::string& name) {
    const auto all = taken();
    return static_cast<std::size_t>(std::ranges::count(all, name));
  }
};

TEST_P(LeavingTest, AFileStaysAndIsTakenOnceHoweverOftenItIsSeen) {
  bench.directory.write("drop/a.csv", "x,y\n1,2\n");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  for (int i = 0; i < 3; ++i) let_it_look_again();
  EXPECT_EQ(taken_as("a.csv"), 1U);
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "x,y\n1,2\n");
  const auto first = bench.submissions().back();
  EXPECT_EQ(contents(bench.spool.data_path(first.id)), "x,y\n1,2\n");
}

TEST_P(LeavingTest, ARenamedOrTouchedOneIsNoNewFileAndAChangedOneIs) {
  bench.directory.write("drop/a.csv", "x,y\n1,2\n");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  fs::rename(bench.drop() / "a.csv", bench.drop() / "b.csv");
  set_mtime("b.csv", 1'000'000'000);
  let_it_look_again();
  EXPECT_EQ(taken_as("b.csv"), 0U);
  EXPECT_TRUE(run_until([this] { return bench.spooled().size() <= 2 * taken().size(); }))
      << "nothing is left of the look at it";
  std::ofstream(bench.drop() / "b.csv", std::ios::app) << "3,4\n";
  ASSERT_TRUE(run_until([this] { return taken_as("b.csv") == 1; }));
  EXPECT_EQ(contents(bench.spool.data_path(bench.submissions().front().id)), "x,y\n1,2\n3,4\n");
}

TEST_P(LeavingTest, OneThatGotAnotherTimeIsLookedIntoOnce) {
  bench.directory.write("drop/a.csv", "x,y\n1,2\n");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  const auto before = remembered().at(0).mtime_ns;
  set_mtime("a.csv", 1'000'000'000);
  ASSERT_TRUE(run_until([&] { return remembered().at(0).mtime_ns != before; }));
  let_it_look_again();
  const auto number = bench.store.reserve_id();
  for (int i = 0; i < 3; ++i) let_it_look_again();
  EXPECT_EQ(bench.store.reserve_id(), number + 4) << "each mark took one, and nothing else";
}

TEST_P(LeavingTest, ARestartKnowsWhatWasTaken) {
  bench.directory.write("drop/a.csv", "x,y\n1,2\n");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  stop();
  Intake restarted({bench.store, bench.spool, bench.files, bench.clock, bench.pool, [] {}});
  ASSERT_TRUE(restarted.recover());
  const auto left = test::complete(bench.context, restarted.without_left(bench.route, {"a.csv", "new.csv"}));
  EXPECT_EQ(left, Names{"new.csv"});
}

TEST_P(LeavingTest, WhatIsGoneIsForgotten) {
  bench.directory.write("drop/a.csv", "x,y\n1,2\n");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  EXPECT_EQ(remembered().size(), 1U);
  fs::remove(bench.drop() / "a.csv");
  EXPECT_TRUE(run_until([this] { return remembered().empty(); }));
}

TEST_P(LeavingTest, OneThatIsTooLargeFailsWithoutACopyAndStays) {
  bench.route.max_bytes = 4;
  bench.directory.write("drop/a.csv", "12345");
  start();
  ASSERT_TRUE(run_until_taken({"a.csv"}));
  const auto failed = bench.submissions().front();
  EXPECT_EQ(failed.state, queue::SubmissionState::failed);
  EXPECT_FALSE(fs::exists(bench.spool.data_path(failed.id)));
  EXPECT_EQ(retire(bench.spool, bench.files, {}, failed, bench.clock.now()).value(), "");
  const auto reason = bench.drop() / "failed" / to_local_date(bench.clock.now()) / "a.csv.error.txt";
  EXPECT_NE(contents(reason).find("The dropped file is still"), std::string::npos);
  let_it_look_again();
  EXPECT_EQ(taken_as("a.csv"), 1U);
  EXPECT_EQ(contents(bench.drop() / "a.csv"), "12345");
}

INSTANTIATE_TEST_SUITE_P(All, LeavingTest, testing::Bool(),
                         [](const auto& of) { return of.param ? "Polling" : "Events"; });

struct Left : testing::Test {
  Bench bench;
  queue::Submission taken;
  Left() {
    bench.route.leave_when_done = true;
    bench.directory.write("drop/north/a.csv", "x,y\n1,2\n");
    taken = bench.take("a.csv", "north").value();
  }
  void end(queue::SubmissionState state) {
    taken.state = state;
    taken.reason = "no column id";
  }
};

TEST_F(Left, OfAnImportedOneTheCopyIsRemoved) {
  end(queue::SubmissionState::done);
  const auto to = retire(bench.spool, bench.files, {}, taken, bench.clock.now());
  EXPECT_EQ(to.value(), (bench.drop() / "north/a.csv").string());
  EXPECT_FALSE(fs::exists(bench.spool.data_path(taken.id)));
  EXPECT_EQ(bench.dropped(), Names{"north/a.csv"});
}

TEST_F(Left, OfAFailedOneTheCopyGoesToFailedWithTheReason) {
  end(queue::SubmissionState::failed);
  const auto to = retire(bench.spool, bench.files, {}, taken, bench.clock.now()).value();
  EXPECT_EQ(contents(to), "x,y\n1,2\n");
  EXPECT_EQ(fs::path(to).parent_path(), bench.drop() / "failed" / to_local_date(bench.clock.now()) / "north");
  EXPECT_NE(contents(to + ".error.txt").find("correct it there"), std::string::npos);
  EXPECT_TRUE(fs::exists(bench.drop() / "north/a.csv"));
}

TEST(Leaving, NoStepThatFailsLosesTheFileOrTakesItTwice) {
  for (int step = 1;; ++step) {
    Bench bench;
    bench.route.leave_when_done = true;
    bench.directory.write("drop/a.csv", "x,y\n1,2\n");
    bench.files.fail_call(step, Errc::io, test::FaultyFiles::After::crash);
    const auto first = bench.take("a.csv");
    const bool has_failed = bench.files.failed();
    bench.files.fail_call(0);
    EXPECT_EQ(contents(bench.drop() / "a.csv"), "x,y\n1,2\n") << "step " << step;
    ASSERT_TRUE(bench.intake.recover());
    const auto left = test::complete(bench.context, bench.intake.without_left(bench.route, {"a.csv"}));
    EXPECT_EQ(left.size() + bench.submissions().size(), 1U) << "step " << step;
    if (!has_failed) {
      EXPECT_TRUE(first);
      break;
    }
  }
}

}  // namespace
}  // namespace dropload::intake
