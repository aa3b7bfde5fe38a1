// The import service alone, killed at the moments that matter: a job that was accepted is finished, never forgotten,
// and its rows are there once.

#include <csignal>

#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/raw_socket.h"
#include "tests/support/running_service.h"
#include "tests/support/service_process.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::ServiceProcess;
using test::some_csv;

const std::vector<std::string> unlimited{"--no-limits"};

bool was_killed(ServiceProcess& service) {
  const auto ended = service.process().wait_end();
  return ended && WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL;
}

TEST(ServiceCrash, AnUploadThatWasUnderWayLeavesNothing) {
  ServiceProcess service;
  service.start(unlimited);
  const std::string form = test::form_of({{"FILE", some_csv(100'000, "x"), "a.csv", "text/csv"}});
  std::string head = fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nContent-Type: {}\r\n",
                                 service.create_target("t"), form.size(), test::form_type());
  for (const auto& [name, value] : service.headers()) head += fmt::format("{}: {}\r\n", name, value);
  auto socket = test::RawSocket::connect_to(service.port());
  socket.send(head + "\r\n" + form.substr(0, form.size() / 2));
  const auto uploads = service.path() / "data" / "uploads";
  ASSERT_TRUE(test::eventually([&] { return !std::filesystem::is_empty(uploads); }));
  service.kill();

  service.start(unlimited);
  EXPECT_TRUE(service.jobs_on_disk().empty());
  EXPECT_TRUE(std::filesystem::is_empty(uploads));
  EXPECT_EQ(service.rows_in("t"), -1);
  EXPECT_EQ(service.wait_for_end(service.create_table("t", some_csv(10, "x"))).at("jobCode"), "1004");
  EXPECT_EQ(service.rows_in("t"), 10);
}

TEST(ServiceCrash, AWholeUploadWithoutAJobLeavesNothing) {
  ServiceProcess service;
  service.start(unlimited, {{"DROPLOAD_CRASH_AT", "service-upload-whole"}});
  EXPECT_ANY_THROW(service.create_table("t", some_csv(50, "x"))) << "nothing was promised";
  ASSERT_TRUE(was_killed(service)) << service.process().log();
  service.start(unlimited);
  EXPECT_TRUE(service.jobs_on_disk().empty());
  EXPECT_TRUE(std::filesystem::is_empty(service.path() / "data" / "uploads"));
  EXPECT_EQ(service.rows_in("t"), -1);
}

// Each kills the service after the job was committed, some before its client could hear of it.
class CrashAfterAcceptance : public testing::TestWithParam<std::string> {};

TEST_P(CrashAfterAcceptance, TheJobIsFinishedAndItsRowsAreThereOnce) {
  ServiceProcess service;
  service.start(unlimited, {{"DROPLOAD_CRASH_AT", GetParam()}});
  try {
    service.create_table("t", some_csv(50, "x"));
  } catch (const std::exception&) {  // killed before it could answer
  }
  ASSERT_TRUE(was_killed(service)) << service.process().log();
  const auto jobs = service.jobs_on_disk();
  ASSERT_EQ(jobs.size(), 1U);

  for (int restart = 0; restart < 2; ++restart) {
    service.start(unlimited);
    const auto details = service.wait_for_end(jobs[0]);
    EXPECT_EQ(details.at("jobCode"), "1004") << details;
    EXPECT_EQ(details.at("jobInfo").at("importSummary").at("successRowCount"), 50);
    EXPECT_EQ(service.rows_in("t"), 50) << "exactly once";
    EXPECT_TRUE(test::eventually([&] { return std::filesystem::is_empty(service.path() / "data" / "uploads"); }));
    service.kill();
  }
}

INSTANTIATE_TEST_SUITE_P(At, CrashAfterAcceptance,
                         testing::Values("service-job-queued", "service-job-started", "service-job-loaded",
                                         "service-job-ended"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Killed wherever a load happens to be, again and again, with jobs for one table and for others.
TEST(ServiceCrash, KilledInTheMiddleOfLoadsItLosesAndDoublesNothing) {
  constexpr int rows = 60'000;
  ServiceProcess service;
  service.start({"--no-limits"});
  std::vector<std::string> jobs;
  for (int i = 0; i < 4; ++i) {
    jobs.push_back(service.create_table(fmt::format("t{}", i), some_csv(rows, std::to_string(i))));
  }
  for (int kill = 0; kill < 4; ++kill) {
    service.kill();
    service.start(unlimited);
  }
  for (int i = 0; i < 4; ++i) {
    const auto details = service.wait_for_end(jobs[static_cast<std::size_t>(i)]);
    EXPECT_EQ(details.at("jobCode"), "1004") << details;
    EXPECT_EQ(service.rows_in(fmt::format("t{}", i)), rows);
  }
}

TEST(ServiceCrash, WhatItHasAcceptedAndNotBegunIsFinishedByTheNextStart) {
  test::TemporaryDirectory directory;
  const auto slow = directory.write("slow.toml", "[service]\nslow_jobs = \"1h\"\nlimits = false\n");
  ServiceProcess service;
  service.start({"--config", slow.string()});
  std::vector<std::string> jobs;
  for (int i = 0; i < 5; ++i) jobs.push_back(service.create_table(fmt::format("t{}", i), some_csv(20, "x")));
  service.kill();
  service.start(unlimited);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(service.wait_for_end(jobs[static_cast<std::size_t>(i)]).at("jobCode"), "1004");
    EXPECT_EQ(service.rows_in(fmt::format("t{}", i)), 20);
  }
}

TEST(ServiceCrash, AnAcceptedFileThatIsGoneIsReportedAndNotForgotten) {
  ServiceProcess service;
  service.start(unlimited, {{"DROPLOAD_CRASH_AT", "service-job-started"}});
  try {
    service.create_table("t", some_csv(50, "x"));
  } catch (const std::exception&) {  // killed before it could answer
  }
  ASSERT_TRUE(was_killed(service)) << service.process().log();
  const auto jobs = service.jobs_on_disk();
  ASSERT_EQ(jobs.size(), 1U);
  std::filesystem::remove(service.path() / "data" / "uploads" / jobs[0]);
  service.start(unlimited);
  EXPECT_EQ(service.wait_for_end(jobs[0]).at("jobCode"), "1003");
}

TEST(ServiceCrash, UnitsAreChargedOnceWhateverHappensAtTheEndOfAJob) {
  test::TemporaryDirectory directory;
  const auto config = directory.write("units.toml", "[service]\nlimits = false\nfaults = true\n");
  for (const char* point : {"service-job-loaded", "service-job-ended"}) {
    ServiceProcess service;
    service.start({"--config", config.string()}, {{"DROPLOAD_CRASH_AT", point}});
    try {
      service.create_table("t", some_csv(50, "x"));
    } catch (const std::exception&) {  // killed before it could answer
    }
    ASSERT_TRUE(was_killed(service)) << service.process().log();
    service.start({"--config", config.string()});
    service.wait_for_end(service.jobs_on_disk().at(0));
    EXPECT_EQ(service.send("GET", "/admin/usage").body, R"({"units_used_today":10})") << point;
  }
}

}  // namespace
}  // namespace dropload
