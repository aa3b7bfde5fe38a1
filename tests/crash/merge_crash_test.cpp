#include <sys/wait.h>
#include <algorithm>
#include <csignal>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

constexpr int files = 12;
constexpr int rows_of_a_file = 10;

// Rows that are in the table, and how many of them differ.
std::pair<std::int64_t, std::int64_t> rows_and_different(const World& world) {
  SQLite::Database database(world.path() / "service" / "warehouse.db", SQLite::OPEN_READONLY, 5000);
  SQLite::Statement count(database, "SELECT count(*), count(DISTINCT name) FROM sales");
  count.executeStep();
  return {count.getColumn(0).getInt64(), count.getColumn(1).getInt64()};
}

// The second job carries all that came while the first one ran; the daemon is killed on its way.
class CrashOfMerged : public testing::TestWithParam<std::string> {};

TEST_P(CrashOfMerged, EachRowIsInExactlyOnceOrItsFileIsHeld) {
  World world({.slow_jobs = Milliseconds{1'000}, .lost_job_wait = Milliseconds{4'000}, .merge = true});
  world.start({{"DROPLOAD_CRASH_AT", GetParam()}});
  ASSERT_TRUE(world.daemon().wait_ready()) << world.daemon().log();
  world.drop("append", "sales_0.csv", some_csv(rows_of_a_file, "first"));
  ASSERT_TRUE(test::eventually([&] { return world.submissions().size() == 1; }));
  for (int i = 1; i <= files; ++i) {
    world.drop("append", fmt::format("sales_{}.csv", i), some_csv(rows_of_a_file, fmt::format("f{}", i)));
  }
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended) << "the point was never reached\n" << world.daemon().log();
  ASSERT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();

  world.start();
  const auto all = world.wait_until_settled(files + 1);
  ASSERT_EQ(all.size(), files + 1U) << world.daemon().log();
  std::int64_t done = 0;
  std::int64_t held = 0;
  std::int64_t merged = 0;
  for (const auto& submission : all) {
    const std::string state = submission.at("state");
    ASSERT_TRUE(state == "done" || state == "held") << submission.dump(2);
    ++(state == "done" ? done : held);
    const auto jobs = world.submission(submission.at("id")).at("jobs");
    if (jobs.at(0).at("parts") > 1) ++merged;
  }
  EXPECT_GT(merged, files / 2) << world.daemon().log();
  // What nobody knew at first is settled by the table's last import.
  EXPECT_EQ(held, 0) << world.daemon().log();
  const auto [rows, different] = rows_and_different(world);
  EXPECT_EQ(rows, different) << "a row is in twice";
  EXPECT_GE(rows, done * rows_of_a_file);
  EXPECT_LE(rows, (done + held) * rows_of_a_file);
  for (const auto& entry : std::filesystem::directory_iterator(world.path() / "state" / "spool")) {
    EXPECT_TRUE(entry.is_directory()) << entry.path() << " is left of what was put together";
  }
}

INSTANTIATE_TEST_SUITE_P(At, CrashOfMerged, testing::Values("intent:2", "whole-sent:2", "answered:2", "job-accepted:2"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '-' || c == ':'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
