#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/mounts.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

// The real daemon with its state on a small file system that fills up.

namespace dropload::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t disk_bytes = 48 * 1024 * 1024;  // of which a twentieth is to stay free

struct FullDisk : testing::Test {
  static void SetUpTestSuite() { enter_mount_namespace(); }
  World world{World::Options{.slow_jobs = Milliseconds{1'500}}};
  fs::path state = world.path() / "state";
  std::optional<Mount> disk;
  FullDisk() {
    fs::create_directory(state);
    disk.emplace(Mount::tmpfs(state, disk_bytes));
    world.start();
  }

  json intake_of(const std::string& route) {
    const auto answer = rest("GET", world.daemon().rest_address(), "/v1/routes");
    const auto all = json::parse(answer.body);
    for (const auto& one : all.at("routes")) {
      if (one.at("name") == route) return one.at("intake");
    }
    return {};
  }
  bool reaches(std::int64_t id, const std::string& state_word) {
    return eventually([&] { return world.submission(id).value("state", "") == state_word; });
  }
  // The service has it: a job whose answer is lost may be sent again, which waits for room.
  bool runs_remotely(std::int64_t id) {
    return eventually([&] {
      const auto jobs = world.submission(id).value("jobs", json::array());
      return !jobs.empty() && jobs.front().at("state") == "running";
    });
  }
  int logged(const std::string& text) {
    const auto log = world.daemon().log();
    int count = 0;
    for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
    return count;
  }
};

TEST_F(FullDisk, IntakeStopsAtTheMarginWhatRunsEndsAndAllGoesOnWhenThereIsRoom) {
  world.drop("append", "first_1.csv", some_csv(3, "a"));
  ASSERT_TRUE(runs_remotely(1));
  fill_disk(state / "filler", 1024 * 1024);
  for (int i = 0; i < 5; ++i) world.drop("append", fmt::format("second_{}.csv", i), some_csv(3, std::to_string(i)));
  ASSERT_TRUE(eventually([&] { return intake_of("append").at("state") == "stopped"; }));
  EXPECT_THAT(intake_of("truncateadd").at("reason").get<std::string>(), testing::HasSubstr("keep_free"));
  EXPECT_FALSE(intake_of("append").at("since").is_null());
  const auto refused = rest("POST", world.daemon().rest_address(), "/v1/submissions?route=append&filename=third_1.csv",
                            some_csv(3, "third"));
  EXPECT_EQ(refused.status, 507) << refused.body;
  ASSERT_TRUE(reaches(1, "done")) << "what runs is followed to its end";
  ASSERT_TRUE(eventually([&] { return !world.submission(1).at("retired_to").is_null(); }));
  EXPECT_EQ(world.submissions().size(), 1U);
  EXPECT_EQ(logged("no file is taken for now"), 1);

  fs::remove(state / "filler");
  const auto all = world.wait_until_settled(6);
  ASSERT_EQ(all.size(), 6U) << world.daemon().log();
  for (const auto& one : all) EXPECT_EQ(one.at("state"), "done");
  EXPECT_EQ(world.rows_in("first"), 3);
  EXPECT_EQ(world.rows_in("second"), 15) << "each file is in exactly once";
  EXPECT_EQ(intake_of("append").at("state"), "open");
  EXPECT_EQ(logged("no file is taken for now"), 1);
  EXPECT_EQ(logged("files are taken again"), 1);
}

TEST_F(FullDisk, TheResultOfARunningJobIsWrittenFromTheReserveWhenNoByteIsLeft) {
  world.drop("append", "first_1.csv", some_csv(3, "a"));
  ASSERT_TRUE(runs_remotely(1));
  ASSERT_EQ(fs::file_size(state / "reserve"), 8U * 1024 * 1024);
  fill_disk(state / "filler");
  world.drop("append", "second_1.csv", some_csv(4, "b"));
  ASSERT_TRUE(reaches(1, "done")) << world.daemon().log();
  EXPECT_EQ(world.submissions().size(), 1U);
  EXPECT_EQ(intake_of("append").at("state"), "stopped");
  EXPECT_EQ(fs::exists(world.drop_directory("append") / "second_1.csv"), true);

  fs::remove(state / "filler");
  ASSERT_EQ(world.wait_until_settled(2).size(), 2U) << world.daemon().log();
  EXPECT_EQ(world.rows_in("first"), 3);
  EXPECT_EQ(world.rows_in("second"), 4);
  EXPECT_TRUE(eventually([&] { return fs::exists(state / "reserve") && fs::file_size(state / "reserve") > 0; }));
}

TEST_F(FullDisk, ADaemonThatIsStartedOnAFullDiskGoesOnAndTakesNothing) {
  world.drop("append", "first_1.csv", some_csv(3, "a"));
  ASSERT_TRUE(runs_remotely(1));
  fill_disk(state / "filler");
  world.daemon().send_signal(SIGKILL);
  world.start();
  ASSERT_TRUE(reaches(1, "done")) << world.daemon().log();
  fs::remove(state / "filler");
  world.drop("append", "second_1.csv", some_csv(4, "b"));
  ASSERT_EQ(world.wait_until_settled(2).size(), 2U) << world.daemon().log();
  EXPECT_EQ(world.rows_in("first"), 3);
  EXPECT_EQ(world.rows_in("second"), 4);
}

}  // namespace
}  // namespace dropload::test
