#include <gmock/gmock.h>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

// The real daemon as a user who may not do everything. The tests run as root, which alone can become another user.

namespace dropload::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

constexpr uid_t nobody = 65534;

struct Permission : testing::Test {
  World world{World::Options{.user = nobody}};
  fs::path directory = world.drop_directory("append");

  // Whose a path is, and with which rights.
  void give(const fs::path& path, uid_t user, mode_t mode) const {
    ASSERT_EQ(::chown(path.c_str(), user, user), 0) << path;
    ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
  }
  json append() {
    const auto answer = rest("GET", world.daemon().rest_address(), "/v1/routes");
    const auto all = json::parse(answer.body);
    for (const auto& one : all.at("routes")) {
      if (one.at("name") == "append") return one;
    }
    return {};
  }
  std::string not_accepted() { return append().at("intake").value("reason", ""); }
  // Why the first file that cannot be taken cannot be.
  std::string not_taken() {
    const auto answer = rest("GET", world.daemon().rest_address(), "/v1/routes/append/ignored");
    const auto all = json::parse(answer.body).at("not_taken");
    return all.empty() ? "" : all.at(0).at("why").get<std::string>();
  }
  bool is_done(const std::string& name) {
    return eventually([&] {
      for (const auto& one : world.submissions()) {
        if (one.at("file_name") == name) return one.at("state") == "done" && !one.at("retired_to").is_null();
      }
      return false;
    });
  }
  void expect_that_others_go_on() {
    world.drop("updateadd", "other_1.csv", some_csv(3, "other"));
    EXPECT_TRUE(is_done("other_1.csv")) << world.daemon().log();
  }
  [[nodiscard]] std::string command(const std::string& words, const fs::path& path) const {
    return fmt::format("`{} '{}'`", words, path.string());
  }
};

TEST_F(Permission, ADropDirectoryThatMayNotBeReadIsOfflineWithTheCommandThatMendsItUntilItMay) {
  world.drop("append", "sales_1.csv", some_csv(3, "a"));
  give(directory, 0, 0700);
  world.start();
  ASSERT_TRUE(eventually([&] { return append().at("drop").at("state") == "offline"; })) << world.daemon().log();
  const auto reason = append().at("drop").at("reason").get<std::string>();
  EXPECT_THAT(reason,
              AllOf(HasSubstr("Permission denied"), HasSubstr("runs as nobody (uid 65534)"),
                    HasSubstr(command("chown nobody", directory)), HasSubstr(command("chmod u+rwx", directory))));
  expect_that_others_go_on();
  give(directory, nobody, 0700);
  EXPECT_TRUE(is_done("sales_1.csv")) << world.daemon().log();
}

TEST_F(Permission, AFileThatMayNotBeMovedOutOfItsDirectoryStaysWithTheCommandThatMendsItUntilItMay) {
  world.drop("append", "sales_1.csv", some_csv(3, "a"));
  give(directory, 0, 0755);
  world.start();
  ASSERT_TRUE(eventually([&] { return !not_accepted().empty(); })) << world.daemon().log();
  EXPECT_THAT(not_accepted(),
              AllOf(HasSubstr("files cannot be moved out of"), HasSubstr(command("chown nobody", directory)),
                    HasSubstr(command("chmod u+rwx", directory))));
  EXPECT_THAT(world.daemon().log(), HasSubstr(command("chown nobody", directory)));
  expect_that_others_go_on();
  EXPECT_TRUE(fs::exists(directory / "sales_1.csv"));
  give(directory, nobody, 0755);
  EXPECT_TRUE(is_done("sales_1.csv")) << world.daemon().log();
}

TEST_F(Permission, ADirectoryWithTheStickyBitKeepsTheFilesOfOthersUntilItIsDroploadsOwn) {
  world.drop("append", "sales_1.csv", some_csv(3, "a"));
  give(directory, 0, 01777);
  give(directory / "sales_1.csv", 0, 0644);
  world.start();
  ASSERT_TRUE(eventually([&] { return !not_taken().empty(); })) << world.daemon().log();
  EXPECT_THAT(not_taken(), AllOf(HasSubstr("sticky bit"), HasSubstr(command("chown nobody", directory)),
                                 HasSubstr(command("chmod -t", directory))));
  expect_that_others_go_on();
  EXPECT_TRUE(fs::exists(directory / "sales_1.csv"));
  give(directory, 0, 0777);
  EXPECT_TRUE(is_done("sales_1.csv")) << world.daemon().log();
  give(directory, nobody, 01777);
  world.drop("append", "sales_2.csv", some_csv(3, "b"));
  EXPECT_TRUE(is_done("sales_2.csv")) << "its owner may: " << world.daemon().log();
}

TEST_F(Permission, AStateDirectoryThatMayNotBeWrittenToEndsTheStartWithTheCommandThatMendsIt) {
  const auto state = world.path() / "state";
  fs::create_directory(state);
  give(state, 0, 0755);
  EXPECT_THROW(world.start(), std::runtime_error);
  EXPECT_THAT(world.daemon().log(),
              AllOf(HasSubstr(command("chown -R nobody", state)), HasSubstr(command("chmod -R u+rwX", state))));
  give(state, nobody, 0755);
  world.start();
  world.drop("append", "sales_1.csv", some_csv(3, "a"));
  EXPECT_TRUE(is_done("sales_1.csv")) << world.daemon().log();
}

TEST_F(Permission, AStateDirectoryWhoseQueueBelongsToSomebodyElseIsSaidToo) {
  world.start();
  world.daemon().send_signal(SIGTERM);
  ASSERT_TRUE(world.daemon().wait_end());
  const auto queue = world.path() / "state" / "queue.db";
  give(queue, 0, 0600);
  EXPECT_THROW(world.start(), std::runtime_error);
  EXPECT_THAT(world.daemon().log(), AllOf(HasSubstr(queue.string()), HasSubstr("chown -R nobody")));
  give(queue, nobody, 0600);
  world.start();
}

TEST_F(Permission, ASpoolThatMayNotBeWrittenToStopsTheIntakeAndNothingIsLost) {
  world.start();
  give(world.path() / "state" / "spool", 0, 0755);
  world.drop("append", "sales_1.csv", some_csv(3, "a"));
  ASSERT_TRUE(eventually([&] {
    return world.daemon().log().find(command("chown -R nobody", world.path() / "state")) != std::string::npos;
  })) << world.daemon().log();
  EXPECT_TRUE(fs::exists(directory / "sales_1.csv"));
  give(world.path() / "state" / "spool", nobody, 0755);
  EXPECT_TRUE(is_done("sales_1.csv")) << world.daemon().log();
}

}  // namespace
}  // namespace dropload::test
