#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/mounts.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

// The real daemon and its embedded import service on a small file system that fills up.

namespace dropload::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr std::uint64_t embedded_disk_bytes = 48 * 1024 * 1024;  // of which a twentieth is to stay free
constexpr auto embedded_config =
    "[service]\nlisten = \"127.0.0.1:0\"\n\n[[organization]]\nname = \"own\"\nembedded = true\n"
    "requests = { bulk = 4000, metadata = 6000, overall = 10000 }\n\n"
    "[[route]]\nname = \"own\"\norganization = \"own\"\nworkspace = \"Main\"\ntable = \"own\"\ncreate = true\n"
    "max_attempts = 1\n\n";

int count_of(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

struct FullDiskEmbedded : testing::Test {
  static void SetUpTestSuite() { enter_mount_namespace(); }
  World world{World::Options{.more_config = embedded_config}};
  fs::path state = world.path() / "state";
  std::optional<Mount> disk;
  std::optional<Mount> service_disk;
  explicit FullDiskEmbedded(bool service_has_its_own = false) {
    fs::create_directory(state);
    disk.emplace(Mount::tmpfs(state, embedded_disk_bytes));
    if (service_has_its_own) {
      fs::create_directory(state / "service");
      service_disk.emplace(Mount::tmpfs(state / "service", embedded_disk_bytes));
    }
    world.start();
  }

  RestAnswer get(const std::string& path) { return rest("GET", world.daemon().rest_address(), path); }
  RestAnswer post(const std::string& text) {
    return rest("POST", world.daemon().rest_address(), "/v1/submissions?route=own&filename=own.csv", text);
  }
  json intake_of(const std::string& route) {
    const auto all = json::parse(get("/v1/routes").body);
    for (const auto& one : all.at("routes")) {
      if (one.at("name") == route) return one.at("intake");
    }
    return {};
  }
  bool waits_for_the_services_disk(std::int64_t id) {
    return world.submission(id).value("reason", "").find("which is full") != std::string::npos;
  }
  bool is_done(std::int64_t id) {
    return eventually([&] { return world.submission(id).value("state", "") == "done"; });
  }
  void start_with_no_byte_free() {
    world.daemon().send_signal(SIGKILL);
    EXPECT_TRUE(world.daemon().wait_end());
    fs::remove(state / "reserve");
    fs::remove(state / "service" / "reserve");
    fill_disk(state / "filler");
    world.start();
  }
};

struct FullDiskOfTheService : FullDiskEmbedded {
  FullDiskOfTheService() : FullDiskEmbedded(true) {}
};

TEST_F(FullDiskOfTheService, ATableThatFindsNoRoomSpendsNoAttemptAndIsFilledWhenThereIsSome) {
  // On a disk of its own, or its table would find room in what the queue gives up.
  fill_disk(state / "service" / "filler", 4 * 1024 * 1024);
  ASSERT_EQ(post(some_csv(200'000, "a")).status, 201);
  ASSERT_TRUE(eventually([&] { return waits_for_the_services_disk(1); })) << world.daemon().log();
  const auto waiting = world.submission(1);
  EXPECT_EQ(waiting.at("attempts"), 0);
  EXPECT_THAT((std::vector<std::string>{"queued", "importing"}), testing::Contains(waiting.at("state")));
  fs::remove(state / "service" / "filler");
  ASSERT_TRUE(is_done(1)) << world.daemon().log();
  EXPECT_EQ(world.submission(1).at("rows").at("success"), 200'000);
}

TEST_F(FullDiskEmbedded, ThatNothingIsTakenIsToldThoughNoFileComes) {
  EXPECT_EQ(intake_of("append").at("state"), "open");
  fill_disk(state / "filler", 1024 * 1024);
  EXPECT_EQ(intake_of("append").at("state"), "stopped");
  fs::remove(state / "filler");
  EXPECT_EQ(intake_of("append").at("state"), "open");
}

TEST_F(FullDiskEmbedded, ADaemonThatCannotStartForWantOfRoomSaysSoAndGoesOnByItselfWhenThereIsSome) {
  world.drop("append", "first_1.csv", some_csv(3, "a"));
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U);
  ASSERT_EQ(post(some_csv(3, "b")).status, 201);
  ASSERT_TRUE(is_done(2));
  start_with_no_byte_free();
  EXPECT_THAT(world.daemon().status(), HasSubstr("waiting for room"));
  const auto refused = post(some_csv(3, "c"));
  EXPECT_EQ(refused.status, 507) << refused.body;
  EXPECT_THAT(json::parse(refused.body).at("detail").get<std::string>(), HasSubstr("waits for room"));
  EXPECT_EQ(get("/v1/routes").status, 507);
  EXPECT_EQ(get("/healthz").status, 200);
  world.drop("append", "second_1.csv", some_csv(4, "d"));

  fs::remove(state / "filler");
  ASSERT_TRUE(eventually([&] { return count_of(world.daemon().log(), "is ready: REST") == 2; }))
      << world.daemon().log();
  ASSERT_EQ(world.wait_until_settled(3).size(), 3U) << world.daemon().log();
  EXPECT_EQ(world.rows_in("second"), 4);
  ASSERT_EQ(post(some_csv(3, "c")).status, 201);
  EXPECT_TRUE(is_done(4));
}

TEST_F(FullDiskEmbedded, ADaemonThatWaitsForRoomEndsWhenItIsTold) {
  start_with_no_byte_free();
  ASSERT_THAT(world.daemon().status(), HasSubstr("waiting for room"));
  world.daemon().send_signal(SIGTERM);
  EXPECT_EQ(world.daemon().wait_end(), 0);
}

}  // namespace
}  // namespace dropload::test
