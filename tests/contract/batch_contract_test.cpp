// Jobs of batches that end early, as they stand on the wire: what was committed before is told and paid for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/answer_schema.h"
#include "tests/support/batch_client.h"
#include "tests/support/eventually.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;
using testing::Not;

service::Settings with_units_for_two_imports() {
  service::Settings settings;
  settings.daily_units = 25;
  settings.faults = true;  // for /admin/usage
  settings.batch_wait = Milliseconds{5'000};
  return settings;
}

std::string many_rows() {
  std::string csv = "n\n";
  for (int i = 0; i < 1'001; ++i) csv += std::to_string(i) + "\n";
  return csv;
}

class BatchContract : public testing::Test {
 protected:
  using Json = nlohmann::json;

  BatchContract() { schema_.watch(client_.service()); }

  std::string made_table() {
    return service().wait_for_end(service().accepted_table("t", "n\n1\n")).at("jobInfo").at("viewId");
  }
  // The units of 1,001 rows are those of the second thousand, too.
  BatchClient::Accepted with_first_batch_loaded(const std::string& view, const Json& config) {
    auto job = client_.first(view, config, many_rows());
    EXPECT_TRUE(eventually([&] { return service().count("SELECT count(*) FROM t") > 1'000; }));
    return job;
  }
  int used() { return service().send(http::Verb::get, "/admin/usage", {}).json().at("units_used_today").get<int>(); }
  RunningService& service() { return client_.service(); }

  AnswerSchema schema_;
  BatchClient client_{with_units_for_two_imports()};
};

TEST_F(BatchContract, WhatWasCommittedBeforeABadBatchIsChargedAndExhaustsTheDay) {
  const auto job = with_first_batch_loaded(made_table(), BatchClient::config("append"));
  client_.next(job, "n\nno number\n", false);
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1003");
  EXPECT_EQ(used(), 10 + 20);
  EXPECT_EQ(service().create_table("u", "n\n1\n").error_code(), 6043);
}

TEST_F(BatchContract, WhatAnExpiredJobHasCommittedIsChargedAtTheRateOfItsImportType) {
  Json config = BatchClient::config("updateadd");
  config["matchingColumns"] = {"n"};
  const auto job = with_first_batch_loaded(made_table(), config);
  ASSERT_TRUE(eventually([&] { return service().job(job.job_id).at("jobCode") == "1002"; }));
  service().clock().advance(Milliseconds{5'000});
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobInfo").at("errorCode"), 7232);
  EXPECT_EQ(used(), 10 + 30);
  EXPECT_EQ(service().create_table("u", "n\n1\n").error_code(), 6043);
}

TEST_F(BatchContract, TheLastImportOfATableIsPartialWhenOnlyItsFirstBatchesAreIn) {
  const std::string view = made_table();
  const auto job = with_first_batch_loaded(view, BatchClient::config("append"));
  client_.next(job, "n\nno number\n", false);
  service().wait_for_end(job.job_id);
  const Json last = client_.import_details(view);
  EXPECT_EQ(last.at("lastImportStatus"), "Partial Success");
  EXPECT_EQ(last.at("rows"), (Json{{"total", "1001"}, {"success", "1001"}, {"warning", "0"}, {"failed", "0"}}));
  EXPECT_EQ(last.at("columns"), (Json{{"total", "1"}, {"success", "1"}}));
  EXPECT_THAT(last.at("importErrors"), HasSubstr("Batch 2: The import was aborted"));
  EXPECT_THAT(last.at("importErrors"), HasSubstr("[Line: 2 Field: 1]"));
}

TEST_F(BatchContract, ThatIsSoForATableThatTheFirstBatchMadeAndAfterARestart) {
  const auto job = client_.first_new("t", "n\n1\n2\n");
  client_.next(job, "n\nno number\n", false);
  service().wait_for_end(job.job_id);
  service().start(with_units_for_two_imports());
  const Json last = client_.import_details(client_.view_named("t"));
  EXPECT_EQ(last.at("lastImportStatus"), "Partial Success");
  EXPECT_EQ(last.at("rows").at("success"), "2");
}

TEST_F(BatchContract, TheMessageOfABadBatchSaysWhatStaysAndNothingElse) {
  const auto job = with_first_batch_loaded(made_table(), BatchClient::config("append"));
  client_.next(job, "n\nno number\n", false);
  const std::string message = service().wait_for_end(job.job_id).at("jobInfo").at("errorMessage");
  EXPECT_THAT(message, HasSubstr("Batch 1 was imported and stays in the table."));
  EXPECT_THAT(message, Not(HasSubstr("othing was written")));
}

TEST_F(BatchContract, ABadFirstBatchLeavesNothingAndCostsNothing) {
  const std::string view = made_table();
  const auto job = client_.first(view, "append", "n\nno number\n");
  EXPECT_EQ(service().wait_for_end(job.job_id).at("jobCode"), "1003");
  EXPECT_EQ(used(), 10);
  EXPECT_THAT(service().job(job.job_id).at("jobInfo").at("errorMessage"), HasSubstr("Nothing was written."));
  const Json last = client_.import_details(view);
  EXPECT_EQ(last.at("lastImportStatus"), "Failed");
  EXPECT_EQ(last.at("rows").at("total"), "0");
}

}  // namespace
}  // namespace dropload::test
