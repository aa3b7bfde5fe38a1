#include <sys/wait.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;

constexpr int rows_sent = 60;

// In the order of a series' way; the daemon is killed at each, and goes on with what it finds in the store.
struct BatchPoint {
  std::string name;
  bool may_be_held = false;  // nobody can know of an append
};

void PrintTo(const BatchPoint& point, std::ostream* out) {
  *out << point.name;
}

const std::vector<BatchPoint> batch_points{
    {"intent"},           {"whole-sent", true}, {"answered", true},
    {"batch-accepted"},   {"batch-begun"},      {"whole-sent:2", true},
    {"answered:2", true}, {"batch-accepted:2"}, {"whole-sent:3", true},
    {"answered:3", true}, {"batch-accepted:3"}, {"polled"},
};

World::Options in_small_batches() {
  // Three batches of the file below. The service ends what was left open before the daemon gives its slot up.
  return {.more_schedule = "batch_size = \"340B\"\nopen_job_wait = \"1500ms\"\n",
          .service_batch_wait = Milliseconds{1'000}};
}

// The table that is replaced is there, so that nothing of it may change before the last batch.
void make_table(World& world) {
  world.start();
  world.drop("truncateadd", "sales_0.csv", some_csv(7, "old"));
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
}

class CrashInBatches : public testing::TestWithParam<std::tuple<BatchPoint, std::string>> {};

TEST_P(CrashInBatches, EveryRowLandsExactlyOnceOrTheFileIsHeldWithWhatIsIn) {
  const auto& [point, route] = GetParam();
  World world(in_small_batches());
  const bool replaces = route == "truncateadd";
  if (replaces) make_table(world);
  world.start({{"DROPLOAD_CRASH_AT", point.name}});
  const std::string text = some_csv(rows_sent, "first");
  world.drop(route, "sales_1.csv", text);
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended) << "the point was never reached\n" << world.daemon().log();
  ASSERT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << world.daemon().log();

  world.start();
  const auto all = world.wait_until_settled(replaces ? 2 : 1);
  ASSERT_FALSE(all.empty()) << world.daemon().log();
  const std::string state = all[0].at("state");
  if (state == "held") {
    EXPECT_EQ(route, "append");
    EXPECT_TRUE(point.may_be_held) << world.daemon().log();
    const std::string reason = all[0].at("reason");
    EXPECT_NE(reason.find("Nobody can know whether batch "), std::string::npos) << reason;
    EXPECT_LE(world.rows_in("sales"), rows_sent);
  } else {
    EXPECT_EQ(state, "done") << all[0].dump(2);
    EXPECT_EQ(world.rows_in("sales"), rows_sent) << "exactly once";
    EXPECT_EQ(all[0].at("rows").at("success"), rows_sent);
  }
  EXPECT_EQ(world.places_of(text).size(), 1U) << "the original is in exactly one place";
  EXPECT_LE(world.service().most_jobs_at_once(), 5);
}

INSTANTIATE_TEST_SUITE_P(At, CrashInBatches,
                         testing::Combine(testing::ValuesIn(batch_points),
                                          testing::Values("append", "truncateadd", "updateadd")),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param).name + "_" + std::get<1>(one.param);
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return c == '-' || c == ':'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
