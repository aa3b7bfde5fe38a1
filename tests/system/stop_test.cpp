#include <sys/wait.h>
#include <csignal>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::DaemonProcess;
using test::eventually;
using test::some_csv;
using test::World;

// Shorter than the half minute for which an idle connection to the service is kept.
constexpr std::chrono::seconds soon{15};

TEST(Stopping, ASignalEndsTheProcessSoonWithAFinishedJobBehindIt) {
  World world;
  world.start();
  world.drop("append", "sales_1.csv", some_csv(10, "x"));
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  world.daemon().send_signal(SIGTERM);
  const auto ended = world.daemon().wait_end(soon);
  ASSERT_TRUE(ended) << "it goes on after it was stopped\n" << world.daemon().log();
  EXPECT_TRUE(WIFEXITED(*ended) && WEXITSTATUS(*ended) == 0) << world.daemon().log();
}

// A daemon with the import service in its own process.
class StoppingWithItsService : public testing::Test {
 protected:
  StoppingWithItsService() {
    std::filesystem::create_directories(drop());
    const auto config = directory_.write(
        "dropload.toml",
        fmt::format("[daemon]\nstate_directory = \"state\"\nlisten = \"127.0.0.1:0\"\n\n"
                    "[service]\nlisten = \"127.0.0.1:0\"\n\n"
                    "[[organization]]\nname = \"local\"\nembedded = true\n\n"
                    "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\ncreate = true\n"
                    "[route.drop]\ndirectory = \"{}\"\nstable_for = \"50ms\"\n",
                    drop().string()));
    daemon_ =
        std::make_unique<DaemonProcess>(std::vector<std::string>{DROPLOAD_BINARY, "serve", "--config", config.string()},
                                        std::map<std::string, std::string>{}, directory_.path());
  }

  [[nodiscard]] std::filesystem::path drop() const { return directory_.path() / "drop"; }
  [[nodiscard]] bool says(const std::string& words) const { return daemon_->log().find(words) != std::string::npos; }

  test::TemporaryDirectory directory_;
  std::unique_ptr<DaemonProcess> daemon_;
};

TEST_F(StoppingWithItsService, ASecondSignalEndsItAtOnceWhileALoadIsWaitedFor) {
  ASSERT_TRUE(daemon_->wait_ready()) << daemon_->log();
  // Another program writes to the tables, so the load cannot end, and who stops the service waits for it.
  SQLite::Database warehouse(directory_.path() / "state" / "service" / "warehouse.db", SQLite::OPEN_READWRITE, 5'000);
  warehouse.exec("BEGIN IMMEDIATE");
  directory_.write("drop/sales.csv", some_csv(10, "x"));
  ASSERT_TRUE(eventually([this] { return says("accepted as job"); })) << daemon_->log();
  daemon_->send_signal(SIGTERM);
  ASSERT_TRUE(eventually([this] { return says("info  stopped"); })) << daemon_->log();
  daemon_->send_signal(SIGTERM);
  const auto ended = daemon_->wait_end();
  ASSERT_TRUE(ended);
  EXPECT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGTERM) << daemon_->log();
}

}  // namespace
}  // namespace dropload
