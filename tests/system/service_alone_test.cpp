// `dropload service` as people start it.

#include <array>
#include <csignal>
#include <cstdio>

#include <sys/wait.h>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/service_process.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::ServiceProcess;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  while (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), n);
  ::pclose(pipe);
  return output;
}

// As a shell takes it from a terminal, again and again.
TEST(ServiceAlone, TheLineThatItPrintsImportsATableEachTimeItIsPasted) {
  ServiceProcess service;
  service.start();
  const std::string line = service.line_to_paste();
  std::FILE* script = std::fopen((service.path() / "line.sh").c_str(), "w");
  std::fputs(line.c_str(), script);
  std::fclose(script);
  for (const char* shell : {"sh", "bash", "sh"}) {
    const std::string output = output_of(fmt::format("{} {}", shell, (service.path() / "line.sh").string()));
    EXPECT_THAT(output, testing::HasSubstr("\"jobCode\":\"1004\"")) << line << "\n" << service.process().log();
    EXPECT_THAT(output, testing::HasSubstr("\"successRowCount\":2"));
  }
}

TEST(ServiceAlone, SaysWhatThereIsAndTakesAnyCredentialsButOnlyTokensOfItsOwn) {
  ServiceProcess service;
  service.start({"--workspace", "Sales", "--workspace", "Stock"});
  const std::string log = service.process().log();
  EXPECT_THAT(log, testing::HasSubstr("organization " + service.headers().at("ZANALYTICS-ORGID")));
  EXPECT_THAT(log, testing::HasSubstr(fmt::format("workspace {} (Sales)", service.workspace_id())));
  EXPECT_THAT(log, testing::HasSubstr("(Stock)"));
  EXPECT_THAT(log, testing::HasSubstr("Any client id, client secret and refresh token will do."));
  EXPECT_EQ(service.send("GET", "/restapi/v2/orgs", {}, {{"Authorization", "Zoho-oauthtoken x"}}).status, 401U);
  EXPECT_EQ(service.send("GET", "/admin/faults").status, 404U) << "unless it is asked for";
}

TEST(ServiceAlone, NamedCredentialsAreTheOnlyOnes) {
  ServiceProcess service;
  test::TemporaryDirectory directory;
  const auto config = directory.write("service.toml", R"([[organization]]
name = "acme"
org_id = "600001"
client_id = "1000.A"
client_secret = { env = "ACME_SECRET" }
refresh_token = { env = "ACME_REFRESH" }
)");
  service.start({"--config", config.string()}, {{"ACME_SECRET", "s3cret"}, {"ACME_REFRESH", "r3fresh"}});
  const std::string ask =
      "/oauth/v2/token?grant_type=refresh_token&client_id=1000.A&client_secret=s3cret&refresh_token=";
  EXPECT_THAT(service.send("POST", ask + "r3fresh").body, testing::HasSubstr("access_token"));
  EXPECT_THAT(service.send("POST", ask + "any").body, testing::HasSubstr("invalid_code"));
  const std::string log = service.process().log();
  EXPECT_THAT(log, testing::HasSubstr("organization 600001 (acme)"));
  EXPECT_THAT(log,
              testing::AllOf(testing::Not(testing::HasSubstr("s3cret")), testing::Not(testing::HasSubstr("r3fresh"))));
  EXPECT_THAT(service.line_to_paste(), testing::HasSubstr("client_secret='$CLIENT_SECRET'"));
  const std::string output = output_of("export CLIENT_SECRET=s3cret REFRESH_TOKEN=r3fresh; " + service.line_to_paste());
  EXPECT_THAT(output, testing::HasSubstr("\"jobCode\":\"1004\""));
}

TEST(ServiceAlone, AnAddressThatOthersReachNeedsToBeSaidTwice) {
  const std::string command = std::string(DROPLOAD_BINARY) + " service --listen 0.0.0.0:0 --data /proc/nothing";
  EXPECT_THAT(output_of(command), testing::HasSubstr("or say --allow-remote"));
  EXPECT_THAT(output_of(command + " --allow-remote"), testing::HasSubstr("/proc/nothing"))
      << "it comes as far as its directory";
}

TEST(ServiceAlone, ASignalEndsItCleanlyAndTheNextStartGoesOn) {
  ServiceProcess service;
  service.start();
  const std::string job = service.create_table("t", test::some_csv(10, "x"));
  service.process().send_signal(SIGTERM);
  const auto ended = service.process().wait_end(std::chrono::seconds(15));
  ASSERT_TRUE(ended) << service.process().log();
  EXPECT_TRUE(WIFEXITED(*ended) && WEXITSTATUS(*ended) == 0) << service.process().log();
  service.start();
  EXPECT_EQ(service.wait_for_end(job).at("jobCode"), "1004");
  EXPECT_EQ(service.rows_in("t"), 10);
}

TEST(ServiceAlone, ASecondSignalEndsItAtOnceWhileALoadIsWaitedFor) {
  ServiceProcess service;
  service.start();
  // Another program writes to the tables, so the load cannot end, and who stops the service waits for it.
  SQLite::Database warehouse(service.path() / "data" / "warehouse.db", SQLite::OPEN_READWRITE, 5'000);
  warehouse.exec("BEGIN IMMEDIATE");
  const std::string job = service.create_table("t", test::some_csv(10, "x"));
  ASSERT_TRUE(test::eventually([&] { return service.job(job).at("jobCode") == "1002"; }));
  service.process().send_signal(SIGTERM);
  ASSERT_TRUE(
      test::eventually([&] { return service.process().log().find("stopping; a second") != std::string::npos; }));
  service.process().send_signal(SIGTERM);
  const auto ended = service.process().wait_end();
  ASSERT_TRUE(ended);
  EXPECT_TRUE(WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGTERM) << service.process().log();
}

TEST(ServiceAlone, LimitsAreOnAndOutliveAKillUnlessTheyAreNotWanted) {
  ServiceProcess service;
  service.start();
  const auto calls_until_refused = [&] {
    int calls = 0;
    while (service.call("GET", "/restapi/v2/orgs").status == 200 && calls < 200) ++calls;
    return calls;
  };
  EXPECT_LE(calls_until_refused(), 60);
  service.kill();
  service.start();
  EXPECT_EQ(calls_until_refused(), 0);
  service.start({"--no-limits"});
  EXPECT_EQ(calls_until_refused(), 200);
}

}  // namespace
}  // namespace dropload
