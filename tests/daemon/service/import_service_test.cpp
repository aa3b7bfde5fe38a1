#include "daemon/service/import_service.h"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/running_service.h"

namespace dropload::service {
namespace {

using http::Verb;
using test::RunningService;

// No job ends by itself.
Settings stuck() {
  Settings settings;
  settings.slow_jobs = Milliseconds{3'600'000};
  return settings;
}

// A CSV of so many rows with one number each.
std::string numbers(int count) {
  std::string text = "n\n";
  for (int i = 0; i < count; ++i) text += std::to_string(i) + "\n";
  return text;
}

TEST(ImportService, NeedsNothingButADirectory) {
  const test::TemporaryDirectory directory;
  test::FakeClock clock;
  SystemRandom random;
  Settings settings;
  settings.data_directory = directory.path() / "not" / "there";
  settings.port = 0;
  const auto service = ImportService::start(settings, clock, random);
  ASSERT_TRUE(service) << service.error().message;
  EXPECT_NE((*service)->port(), 0);
  EXPECT_TRUE(std::filesystem::exists(settings.data_directory / "warehouse.db"));
}

TEST(ImportService, ASecondOneOnTheSameDirectoryIsBusy) {
  RunningService first;
  SystemRandom random;
  Settings settings;
  settings.data_directory = first.directory();
  settings.port = 0;
  const auto second = ImportService::start(settings, first.clock(), random);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::busy);
}

TEST(ImportService, ATakenPortIsSaidAtTheStart) {
  RunningService first;
  const test::TemporaryDirectory directory;
  SystemRandom random;
  Settings settings;
  settings.data_directory = directory.path();
  settings.port = first.service().port();
  const auto second = ImportService::start(settings, first.clock(), random);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
}

TEST(ImportService, TheSixthJobIsRefusedBeforeItsBodyIsRead) {
  RunningService service(stuck());
  for (int i = 0; i < 5; ++i) service.accepted_table(fmt::format("t{}", i), numbers(3));
  const auto sixth = service.create_table("t5", numbers(3));
  EXPECT_EQ(sixth.status, 400);
  EXPECT_EQ(sixth.error_code(), 8134);
  EXPECT_EQ(sixth.json().at("summary"), "ASYNC_IMPORT_LIMIT_EXCEEDED");

  // A length is announced and nothing of the body is sent.
  std::string head =
      fmt::format("POST /restapi/v2/bulk/workspaces/{}/data HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n",
                  service.workspace_id());
  for (const auto& [name, value] : service.headers()) head += fmt::format("{}: {}\r\n", name, value);
  EXPECT_EQ(service.send_raw(head + "\r\n").error_code(), 8134);
  EXPECT_EQ(service.service().most_jobs_at_once(), 5);
}

TEST(ImportService, ManyCreatesAtOnceNeverGetMoreThanFiveJobs) {
  RunningService service(stuck());
  auto headers = service.headers();
  headers.emplace_back("Content-Type", test::form_type());
  const std::string form = test::form_of({{"FILE", numbers(3), "n.csv", "text/csv"}});
  std::vector<std::string> targets;
  for (int i = 0; i < 16; ++i) {
    targets.push_back(
        service.create_target({{"tableName", fmt::format("t{}", i)}, {"fileType", "csv"}, {"autoIdentify", true}}));
  }
  std::vector<int> codes(targets.size(), -1);
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    clients.emplace_back([&, i] { codes[i] = service.send(Verb::post, targets[i], headers, form).error_code(); });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(std::ranges::count(codes, 0), 5);
  EXPECT_EQ(std::ranges::count(codes, 8134), 11);
  EXPECT_EQ(service.service().most_jobs_at_once(), 5);
}

TEST(ImportService, AcceptedJobsAreFinishedExactlyOnceAfterARestart) {
  RunningService service(stuck());
  std::vector<std::string> jobs;
  for (int i = 0; i < 5; ++i) jobs.push_back(service.accepted_table(fmt::format("t{}", i), numbers(10)));
  for (const auto& job : jobs) EXPECT_NE(service.job(job).at("jobCode"), "1004");
  service.start({});
  for (const auto& job : jobs) {
    const auto ended = service.wait_for_end(job);
    EXPECT_EQ(ended.at("jobCode"), "1004") << ended;
  }
  for (int restart = 0; restart < 2; ++restart) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(service.count(fmt::format("SELECT count(*) FROM t{}", i)), 10);
    service.start({});
  }
}

TEST(ImportService, StoppedInTheMiddleOfLoadsItLosesAndDoublesNothing) {
  RunningService service;
  std::vector<std::string> jobs;
  for (int i = 0; i < 4; ++i) jobs.push_back(service.accepted_table(fmt::format("t{}", i), numbers(20'000)));
  for (int restart = 0; restart < 5; ++restart) service.start({});
  for (const auto& job : jobs) EXPECT_EQ(service.wait_for_end(job).at("jobCode"), "1004");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(service.count(fmt::format("SELECT count(*) FROM t{}", i)), 20'000);
}

TEST(ImportService, JobsOnOneTableRunInTheOrderOfTheirArrival) {
  RunningService service;
  const auto made = service.wait_for_end(service.accepted_table("log", "n\n0\n"));
  const std::string view = made.at("jobInfo").at("viewId");
  std::vector<std::string> jobs;
  for (int i = 1; i <= 5; ++i) {
    const auto answer = service.create(
        service.create_target(view, {{"importType", "append"}, {"fileType", "csv"}, {"autoIdentify", true}}),
        {{"FILE", fmt::format("n\n{}\n", i), "n.csv", ""}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    jobs.push_back(answer.json().at("data").at("jobId"));
  }
  for (const auto& job : jobs) EXPECT_EQ(service.wait_for_end(job).at("jobCode"), "1004");
  EXPECT_EQ(service.count("SELECT count(*) FROM log WHERE n = rowid - 1"), 6);
}

TEST(ImportService, ASlowJobIsInProgressAndThenEnds) {
  Settings settings;
  settings.slow_jobs = Milliseconds{1};
  RunningService service(settings);
  EXPECT_EQ(service.wait_for_end(service.accepted_table("t", numbers(1))).at("jobCode"), "1004");
  service.start(stuck());
  const std::string stuck_job = service.accepted_table("u", numbers(1));
  // It is started by a task of its own, soon after it was accepted.
  ASSERT_TRUE(test::eventually([&] { return service.job(stuck_job).at("jobCode") != "1001"; }));
  const auto details = service.job(stuck_job);
  EXPECT_EQ(details.at("jobCode"), "1002");
  EXPECT_EQ(details.at("jobStatus"), "JOB IN PROGRESS");
  EXPECT_FALSE(details.contains("jobInfo"));
}

TEST(ImportService, ASummaryIsForgottenAfterItsHourAndUnknownIdsAnswerAlike) {
  RunningService service;
  const std::string job = service.accepted_table("t", numbers(1));
  service.wait_for_end(job);
  service.clock().advance(Milliseconds{3'599'999});
  EXPECT_EQ(service.job(job).at("jobCode"), "1004");
  service.clock().advance(Milliseconds{1});
  for (const std::string& id : {job, std::string("1000000000000000001"), std::string("x")}) {
    const auto forgotten = service.job(id);
    EXPECT_EQ(forgotten.at("jobCode"), "1005") << id;
    EXPECT_EQ(forgotten.at("jobStatus"), "JOB NOT FOUND");
    EXPECT_EQ(forgotten.at("jobId"), id);
  }
  // What is left of it is removed when the next job ends, and its table stays.
  service.wait_for_end(service.accepted_table("u", numbers(1)));
  service.start({});
  EXPECT_EQ(service.job(job).at("jobCode"), "1005");
  EXPECT_EQ(service.count("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace dropload::service
