#include "tests/daemon/service/batch_fixture.h"

namespace dropload::service {
namespace {

using nlohmann::json;
using test::BatchClient;
using testing::HasSubstr;

TEST_F(BatchImport, EachRefusalHasItsCode) {
  const std::string view = made_table("Sales");
  const std::string other = made_table("Other");
  const auto job = client_.first(view, "append", "id,name\n3,three\n");
  const json next{{"batchKey", job.key}, {"isLastBatch", false}};
  EXPECT_EQ(client_.send(client_.target(view), {{"batchKey", "nobody's"}}, "id\n1\n").error_code(), 7338);
  EXPECT_EQ(client_.send(client_.target(other), next, "id\n1\n").error_code(), 7340);
  EXPECT_EQ(client_.send(client_.target(), next, "id\n1\n").error_code(), 7340);
  EXPECT_EQ(client_.send(client_.target(view), next, "").error_code(), 7203);
  EXPECT_EQ(client_.send(client_.target(view), json::object(), "id\n1\n").error_code(), 8079);
  EXPECT_EQ(client_.send(client_.target(), BatchClient::new_table("Sales"), "id\n1\n").error_code(), 7111);
  json config = BatchClient::config("updateadd");
  EXPECT_EQ(client_.send(client_.target(view), config, "id\n1\n").error_code(), 8079);
  config["matchingColumns"] = {"nobody"};
  EXPECT_EQ(client_.send(client_.target(view), config, "id\n1\n").error_code(), 7107);
  client_.next(job, "id,name\n4,four\n", true);
  EXPECT_EQ(client_.send_next(job, "id\n1\n", false).error_code(), 7337);
  service().wait_for_end(job.job_id);
  EXPECT_EQ(client_.send_next(job, "id\n1\n", false).error_code(), 7337);
  EXPECT_EQ(rows(), 4);
}

TEST_F(BatchImport, TheHundredAndFirstBatchIsRefused) {
  const auto job = client_.first_new("Sales", "n\n1\n");
  for (int i = 2; i <= 100; ++i) client_.next(job, fmt::format("n\n{}\n", i), false);
  const auto refused = client_.send_next(job, "n\n101\n", true);
  EXPECT_EQ(refused.error_code(), 7336);
  EXPECT_EQ(refused.json().at("summary"), "BATCH_IMPORT_LIMIT_EXCEEDED");
  EXPECT_TRUE(has_rows(100));
}

TEST_F(BatchImport, AnOpenJobHoldsASlotAndItsTable) {
  const std::string view = made_table("Sales");
  std::vector<BatchClient::Accepted> jobs{client_.first(view, "truncateadd", "id,name\n3,three\n")};
  for (const char* table : {"A", "B", "C"}) jobs.push_back(client_.first_new(table, "n\n1\n"));
  const auto waiting = service().create(
      service().create_target(view, {{"importType", "append"}, {"fileType", "csv"}, {"autoIdentify", true}}),
      {{"FILE", "id,name\n9,nine\n", "a.csv", ""}});
  EXPECT_EQ(service().create_table("D", "n\n1\n").error_code(), 8134);
  EXPECT_EQ(client_.send(client_.target(), BatchClient::new_table("E"), "n\n1\n").error_code(), 8134);
  for (const auto& job : jobs) client_.next(job, job.job_id == jobs[0].job_id ? "id,name\n" : "n\n", true);
  for (const auto& job : jobs) EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1004");
  EXPECT_EQ(service().wait_for_end(waiting.json().at("data").at("jobId")).at("jobCode"), "1004");
  EXPECT_EQ(rows(), 2) << "what came later was added to the new rows";
}

TEST(BatchImportWait, AJobThatGetsNoFurtherBatchIsEndedAndItsSlotIsFree) {
  Settings settings;
  settings.batch_wait = Milliseconds{50};
  settings.max_jobs = 2;
  BatchClient client(settings);
  auto& service = client.service();
  const auto made = service.wait_for_end(service.accepted_table("Sales", "n\n1\n"));
  const auto replace = client.first(made.at("jobInfo").at("viewId"), "truncateadd", "n\n2\n");
  const auto append = client.first_new("New", "n\n1\n");
  // Loaded before the clock moves: the wait begins with that.
  ASSERT_TRUE(test::eventually([&] { return client.view_named("New") != ""; }));
  ASSERT_TRUE(test::eventually([&] { return service.job(append.job_id).at("jobCode") == "1002"; }));
  EXPECT_EQ(service.create_table("T", "n\n1\n").error_code(), 8134);
  service.clock().advance(Milliseconds{50});
  for (const auto& job : {replace, append}) {
    const json ended = service.wait_for_end(job.job_id);
    EXPECT_EQ(ended.at("jobCode"), "1003");
    EXPECT_EQ(ended.at("jobInfo").at("errorCode"), 7232);
    EXPECT_THAT(ended.at("jobInfo").at("errorMessage"), HasSubstr("no batch came within"));
    EXPECT_EQ(ended.at("batchKey"), job.key);
    EXPECT_EQ(client.send_next(job, "n\n2\n", true).error_code(), 7338);
  }
  EXPECT_EQ(service.count("SELECT n FROM Sales"), 1) << "nothing was replaced";
  EXPECT_EQ(service.count("SELECT count(*) FROM New"), 1) << "what was committed stays";
  EXPECT_TRUE(test::eventually([&] { return std::filesystem::is_empty(service.directory() / "uploads"); }));
  EXPECT_EQ(service.create_table("T", "n\n1\n").status, 200);
}

TEST(BatchImportLimits, EachBatchIsAsLargeAsAFileMayBe) {
  Settings settings;
  settings.max_file_bytes = 1000;
  BatchClient client(settings);
  const auto job = client.first_new("T", "n\n1\n");
  EXPECT_EQ(client.send_next(job, "n\n" + std::string(2000, '1'), true).status, 413);
  client.next(job, "n\n2\n", true);
  EXPECT_EQ(client.service().wait_for_end(job.job_id).at("jobInfo").at("importSummary").at("totalRowCount"), 2);
}

}  // namespace
}  // namespace dropload::service
