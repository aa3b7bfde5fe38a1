#include "tests/daemon/service/batch_fixture.h"

namespace dropload::service {
namespace {

using nlohmann::json;
using test::BatchClient;
using testing::HasSubstr;

TEST_F(BatchImport, ANewTableGrowsBatchByBatchAndTheSummaryCountsThemAll) {
  const auto first = client_.first_new("Sales", "id,name\n1,one\n2,two\n");
  EXPECT_EQ(first.job_id.size(), 19U);
  EXPECT_NE(first.key, "start");
  ASSERT_TRUE(test::eventually([&] { return service().job(first.job_id).at("jobCode") == "1002"; }));
  const auto second = client_.next(first, "id,name\n3,three\n", false);
  EXPECT_EQ(second.job_id, first.job_id);
  EXPECT_EQ(second.key, first.key);
  EXPECT_EQ(service().job(first.job_id).at("batchKey"), first.key);
  client_.next(first, "id,name\n4,four\n5,five\n", true);

  const json job = service().wait_for_end(first.job_id);
  EXPECT_EQ(job.at("jobCode"), "1004") << job;
  EXPECT_EQ(job.at("batchKey"), first.key);
  const json summary = job.at("jobInfo").at("importSummary");
  EXPECT_EQ(summary.at("importType"), "APPEND");
  EXPECT_EQ(summary.at("importOperation"), "created");
  EXPECT_EQ(summary.at("totalRowCount"), 5);
  EXPECT_EQ(summary.at("successRowCount"), 5);
  EXPECT_EQ(summary.at("totalColumnCount"), 2);
  EXPECT_EQ(job.at("jobInfo").at("columnDetails").at("id"), "Number");
  EXPECT_EQ(rows(), 5);
  const std::string view = job.at("jobInfo").at("viewId");
  EXPECT_EQ(client_.import_details(view).at("rows"),
            (json{{"total", "5"}, {"success", "5"}, {"warning", "0"}, {"failed", "0"}}));
  EXPECT_TRUE(test::eventually([&] { return uploads() == 0; }));
}

TEST_F(BatchImport, BatchesAreLoadedInTheOrderOfTheirArrival) {
  const auto job = client_.first_new("Sales", "n\n1\n");
  for (int i = 2; i <= 8; ++i) client_.next(job, fmt::format("n\n{}\n", i), i == 8);
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1004");
  EXPECT_EQ(service().count("SELECT count(*) FROM Sales WHERE n = rowid"), 8);
}

TEST_F(BatchImport, AppendIsCommittedBatchByBatch) {
  const std::string view = made_table("Sales");
  const auto job = client_.first(view, "append", "id,name\n3,three\n");
  EXPECT_TRUE(has_rows(3));
  client_.next(job, "id,name\n4,four\n", false);
  EXPECT_TRUE(has_rows(4));
  EXPECT_EQ(service().job(job.job_id).at("jobCode"), "1002");
  client_.next(job, "id,name\n5,five\n", true);
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobInfo").at("importSummary").at("importOperation"), "updated");
  EXPECT_EQ(rows(), 5);
}

TEST_F(BatchImport, UpdateaddIsCommittedBatchByBatch) {
  const std::string view = made_table("Sales");
  json config = BatchClient::config("updateadd");
  config["matchingColumns"] = {"id"};
  const auto job = client_.first(view, config, "id,name\n2,changed\n3,three\n");
  EXPECT_TRUE(has_rows(3));
  client_.next(job, "id,name\n3,changed\n4,four\n", true);
  const json ended = service().wait_for_end(job.job_id);
  EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("totalRowCount"), 4);
  EXPECT_EQ(rows(), 4);
  EXPECT_EQ(service().count("SELECT count(*) FROM Sales WHERE name = 'changed'"), 2);
}

TEST_F(BatchImport, TruncateaddShowsTheOldRowsUntilTheLastBatchIsIn) {
  const std::string view = made_table("Sales");
  const auto job = client_.first(view, "truncateadd", "id,name\n3,three\n");
  client_.next(job, "id,name\n4,four\n5,five\n", false);
  // Another table's job ends, so the loaders had their chance.
  service().wait_for_end(service().accepted_table("Other", "n\n1\n"));
  EXPECT_EQ(service().job(job.job_id).at("jobCode"), "1001");
  EXPECT_EQ(rows(), 2);
  client_.next(job, "id,name\n6,six\n", true);
  const json ended = service().wait_for_end(job.job_id);
  EXPECT_EQ(ended.at("jobCode"), "1004") << ended;
  EXPECT_EQ(ended.at("batchKey"), job.key);
  EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("totalRowCount"), 4);
  EXPECT_EQ(rows(), 4);
  EXPECT_EQ(service().count("SELECT count(*) FROM Sales WHERE id < 3"), 0);
  EXPECT_TRUE(test::eventually([&] { return uploads() == 0; }));
}

TEST_F(BatchImport, TruncateaddThatFailsInOneBatchKeepsAllOldRows) {
  const std::string view = made_table("Sales");
  const auto job = client_.first(view, "truncateadd", "id,name\n3,three\n");
  client_.next(job, "id,name\n4,four\nno number,x\n", false);
  client_.next(job, "id,name\n6,six\n", true);
  const json ended = service().wait_for_end(job.job_id);
  EXPECT_EQ(ended.at("jobCode"), "1003");
  EXPECT_EQ(ended.at("jobInfo").at("errorCode"), 7232);
  EXPECT_THAT(ended.at("jobInfo").at("errorMessage"), HasSubstr("Batch 2: The import was aborted"));
  EXPECT_THAT(ended.at("jobInfo").at("errorMessage"), HasSubstr("[Line: 3 Field: 1]"));
  EXPECT_EQ(service().count("SELECT count(*) FROM Sales WHERE id < 3"), 2);
  EXPECT_EQ(rows(), 2);
  EXPECT_EQ(client_.import_details(view).at("lastImportStatus"), "Failed");
}

TEST_F(BatchImport, ABadBatchEndsTheJobAndThoseBeforeItStay) {
  const std::string view = made_table("Sales");
  const auto job = client_.first(view, "append", "id,name\n3,three\n");
  client_.next(job, "id,name\nno number,x\n", false);
  const json ended = service().wait_for_end(job.job_id);
  EXPECT_EQ(ended.at("jobCode"), "1003");
  EXPECT_THAT(ended.at("jobInfo").at("errorMessage"), HasSubstr("Batch 2: "));
  EXPECT_THAT(ended.at("jobInfo").at("errorMessage"), HasSubstr("Batch 1 was imported and stays"));
  EXPECT_EQ(rows(), 3);
  const auto after = client_.send_next(job, "id,name\n4,four\n", true);
  EXPECT_EQ(after.error_code(), 7338);
  EXPECT_THAT(after.body, HasSubstr("has ended"));
  EXPECT_TRUE(test::eventually([&] { return uploads() == 0; }));
}

TEST_F(BatchImport, OffencesAreListedUnderTheirBatchWithItsOwnLines) {
  const std::string view = made_table("Sales");
  json config = BatchClient::config("append");
  config["onError"] = "skiprow";
  const auto job = client_.first(view, config, "id,name\nx,bad\n3,three\n");
  client_.next(job, "id,name\n4,four\n", false);
  client_.next(job, "id,name\n5,five\ny,bad\n", true);
  const json ended = service().wait_for_end(job.job_id);
  ASSERT_EQ(ended.at("jobCode"), "1004") << ended;
  const std::string errors = ended.at("jobInfo").at("importErrors");
  EXPECT_THAT(errors, testing::MatchesRegex("<nobr>Batch 1:</nobr><br><nobr>\\[Line: 2 Field: 1\\] \\(x\\).*<br>"
                                            "<nobr>Batch 3:</nobr><br><nobr>\\[Line: 3 Field: 1\\] \\(y\\).*<br>"));
  EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("totalRowCount"), 5);
  EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("successRowCount"), 3);
  EXPECT_EQ(client_.import_details(view).at("lastImportStatus"), "Partial Success");
}

TEST_F(BatchImport, TheLastBatchMayBeTheHeaderLineAlone) {
  const auto job = client_.first_new("Sales", "id,name\n1,one\n");
  client_.next(job, "id,name", true);
  const json ended = service().wait_for_end(job.job_id);
  EXPECT_EQ(ended.at("jobCode"), "1004") << ended;
  EXPECT_EQ(rows(), 1);
}

TEST_F(BatchImport, TheFirstBatchMayBeTheLast) {
  json config = BatchClient::new_table("Sales");
  config["isLastBatch"] = true;
  const auto job = client_.accepted(client_.send(client_.target(), config, "id\n1\n"));
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1004");
  EXPECT_EQ(client_.send_next(job, "id\n2\n", true).error_code(), 7337);
}

TEST_F(BatchImport, IsLastBatchIsABooleanOrAText) {
  int tables = 0;
  for (const json& yes : {json(true), json("true"), json("TRUE")}) {
    const std::string table = fmt::format("T{}", ++tables);
    json config = BatchClient::new_table(table);
    config["isLastBatch"] = "false";
    const auto job = client_.accepted(client_.send(client_.target(), config, "id\n1\n"));
    config["batchKey"] = job.key;
    config["isLastBatch"] = yes;
    client_.accepted(client_.send(client_.target(), config, "id\n2\n"));
    EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1004");
  }
}

TEST_F(BatchImport, WhatLaterBatchesSayOfTheImportIsNotLookedAt) {
  const auto job = client_.first_new("Sales", "id,name\n1,one\n");
  const json other{{"batchKey", job.key},       {"isLastBatch", true},  {"tableName", "Other"}, {"importType", "wrong"},
                   {"autoIdentify", "perhaps"}, {"onError", "skiprow"}, {"delimiter", 99}};
  client_.accepted(client_.send(client_.target(), other, "id,name\nno number,x\n"));
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1003");
  EXPECT_EQ(rows(), 1);
}

TEST_F(BatchImport, ConfigMayBeAPartBeforeOrAfterTheFile) {
  const auto first = client_.accepted(client_.send_part(client_.target(), BatchClient::new_table("Sales"), "id\n1\n"));
  const json next{{"batchKey", first.key}, {"isLastBatch", true}};
  EXPECT_EQ(client_.send_part(client_.target(), {{"batchKey", "x"}}, "id\n2\n").error_code(), 7338);
  client_.accepted(client_.send_part(client_.target(), next, "id\n2\n"));
  EXPECT_EQ(service().wait_for_end(first.job_id).at("jobCode"), "1004");
  EXPECT_EQ(rows(), 2);
}

TEST_F(BatchImport, AJobIntoATableThatBatchesMakeWaitsForThem) {
  const auto job = client_.first_new("Sales", "n\n1\n");
  ASSERT_TRUE(test::eventually([&] { return client_.view_named("Sales") != ""; }));
  const std::string view = client_.view_named("Sales");
  const auto other = service().create(
      service().create_target(view, {{"importType", "append"}, {"fileType", "csv"}, {"autoIdentify", true}}),
      {{"FILE", "n\n3\n", "a.csv", ""}});
  // A client may go on with the table that it has made.
  client_.accepted(client_.send(client_.target(view), {{"batchKey", job.key}, {"isLastBatch", true}}, "n\n2\n"));
  EXPECT_EQ(service().wait_for_end(other.json().at("data").at("jobId")).at("jobCode"), "1004");
  EXPECT_EQ(service().count("SELECT count(*) FROM Sales WHERE n = rowid"), 3);
}

TEST_F(BatchImport, AcceptedBatchesAreLoadedExactlyOnceThroughRestarts) {
  const std::string view = made_table("Sales");
  std::string csv = "id,name\n";
  for (int i = 0; i < 20'000; ++i) csv += fmt::format("{},x\n", i);
  const auto append = client_.first_new("New", csv);
  const auto replace = client_.first(view, "truncateadd", csv);
  for (int restart = 0; restart < 3; ++restart) {
    client_.next(append, csv, false);
    client_.next(replace, csv, false);
    service().start({});
  }
  client_.next(append, "id,name\n", true);
  client_.next(replace, "id,name\n", true);
  for (const auto& job : {append, replace}) {
    const json ended = service().wait_for_end(job.job_id);
    EXPECT_EQ(ended.at("jobCode"), "1004") << ended;
    EXPECT_EQ(ended.at("jobInfo").at("importSummary").at("successRowCount"), 80'000);
  }
  EXPECT_EQ(rows("New"), 80'000);
  EXPECT_EQ(rows(), 80'000);
  service().start({});
  EXPECT_EQ(uploads(), 0U);
}

TEST_F(BatchImport, ADateIsReadInLaterBatchesAsTheFirstOnesTold) {
  const std::string view = made_table("Sales", "d\n\n2026-01-01\n");
  const auto job = client_.first(view, "truncateadd", "d\n12/31/2026\n");
  client_.next(job, "d\n01/02/2026\n", true);
  const json ended = service().wait_for_end(job.job_id);
  ASSERT_EQ(ended.at("jobCode"), "1004") << ended;
  EXPECT_EQ(service().count("SELECT count(*) FROM Sales WHERE d = '2026-01-02'"), 1);
}

}  // namespace
}  // namespace dropload::service
