#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/batch_client.h"

namespace dropload {
namespace {

using test::BatchClient;

std::string numbers(int from, int count) {
  std::string csv = "n,note\n";
  for (int i = 0; i < count; ++i) csv += fmt::format("{},row {}\n", from + i, i);
  return csv;
}

// A process of its own runs the service, is sent this batch for each job, and is killed as soon as both are accepted,
// in the middle of whatever it does then. REQUIRES: no service, and so no thread of it, runs here.
void send_and_kill(BatchClient& client, const std::vector<BatchClient::Accepted>& jobs, const std::string& csv) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    try {
      client.service().start({});
      for (const auto& job : jobs) client.next(job, csv, false);
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "%s\n", failure.what());
      ::_exit(1);
    }
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(CrashOfTheService, AcceptedBatchesAreKeptAndLoadedExactlyOnce) {
  constexpr int rows = 30'000;
  BatchClient client;
  auto& service = client.service();
  const auto made = service.wait_for_end(service.accepted_table("Old", "n,note\n-1,old\n"));
  const std::string view = made.at("jobInfo").at("viewId");
  const std::vector jobs{client.first_new("New", numbers(0, rows)),
                         client.first(view, "truncateadd", numbers(0, rows))};
  for (int batch = 1; batch <= 4; ++batch) {
    service.stop();
    send_and_kill(client, jobs, numbers(batch * rows, rows));
    service.start({});
    EXPECT_EQ(service.count("SELECT count(*) FROM Old"), 1) << "the old row is there until the last batch is in";
    EXPECT_EQ(service.job(jobs[1].job_id).at("jobCode"), "1001");
  }
  for (const auto& job : jobs) {
    client.next(job, "n,note\n", true);
    const auto ended = service.wait_for_end(job.job_id);
    EXPECT_EQ(ended.at("jobCode"), "1004") << ended;
    EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("successRowCount"), 5 * rows);
  }
  for (const char* table : {"New", "Old"}) {
    EXPECT_EQ(service.count(fmt::format("SELECT count(*) FROM {} WHERE n = rowid - 1", table)), 5 * rows) << table;
  }
  service.start({});
  EXPECT_TRUE(std::filesystem::is_empty(service.directory() / "uploads"));
}

}  // namespace
}  // namespace dropload
