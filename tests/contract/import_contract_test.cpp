// Importing: new and existing tables, by name and by id, with every import type, to the end of the job.

#include "tests/contract/contract_fixture.h"

namespace dropload::test {
namespace {

using zoho::ImportType;
using zoho::JobCode;

class ImportContract : public ContractTest {};

TEST_F(ImportContract, ANewTableIsMadeAndItsSummaryCountsTheRows) {
  const auto job = accepted(table("orders"), "id,name\n1,ann\n2,\"b, ob\"\n3,cy\n");
  EXPECT_EQ(job.job_id.size(), 19u);
  const auto details = ended(job);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.job_id, job.job_id);
  ASSERT_TRUE(details.summary.has_value());
  EXPECT_EQ(details.summary->import_type, "APPEND");
  EXPECT_EQ(details.summary->operation, "created");
  EXPECT_EQ(details.summary->total_columns, 2);
  EXPECT_EQ(details.summary->selected_columns, 2);
  EXPECT_EQ(details.summary->total_rows, 3);
  EXPECT_EQ(details.summary->success_rows, 3);
  EXPECT_EQ(details.summary->warnings, 0);
  EXPECT_EQ(details.import_errors, "");
  ASSERT_TRUE(details.view_id.has_value());
  EXPECT_EQ(details.view_id->size(), 19u);
  EXPECT_EQ(details.columns.size(), 2u);
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 3);
}

TEST_F(ImportContract, AnExistingTableTakesMoreRows) {
  ASSERT_EQ(imported(table("orders"), "id,name\n1,ann\n").code, JobCode::completed);
  const auto details = imported(table("orders"), "id,name\n2,bob\n3,cy\n");
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->operation, "updated");
  EXPECT_EQ(details.summary->success_rows, 2);
  EXPECT_FALSE(details.view_id.has_value()) << "only of new tables";
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 3);
}

TEST_F(ImportContract, TruncateaddReplacesTheRows) {
  ASSERT_EQ(imported(table("orders"), "id,name\n1,ann\n2,bob\n").code, JobCode::completed);
  const auto details = imported(table("orders"), "id,name\n9,zoe\n", options(ImportType::truncateadd));
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->import_type, "TRUNCATEADD");
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 1);
}

TEST_F(ImportContract, UpdateaddChangesWhatMatchesAndAddsTheRest) {
  ASSERT_EQ(imported(table("orders"), "id,name\n1,ann\n2,bob\n").code, JobCode::completed);
  auto update = options(ImportType::updateadd);
  update.matching_columns = {"id"};
  const auto details = imported(table("orders"), "id,name\n2,BOB\n3,cy\n", update);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->import_type, "UPDATEADD");
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 3);
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders WHERE name = 'BOB'"), 1);
}

TEST_F(ImportContract, NamesAndIdsMeanTheSameTable) {
  const auto job = accepted(table("orders"), "id,name\n1,ann\n");
  const auto view_id = ended(job).view_id.value();
  for (const auto& key : {table(view_id, job.workspace_id), table("orders", job.workspace_id), table(view_id)}) {
    connect();
    EXPECT_EQ(imported(key, "id,name\n2,bob\n").code, JobCode::completed) << key.workspace << "/" << key.table;
  }
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 4);
}

TEST_F(ImportContract, NamesMayHoldWhatUrlsAndJsonEscape) {
  const std::string name = "Größe & \"Preis\" 100% + ?/#";
  ASSERT_EQ(imported(table(name), "id\n1\n").code, JobCode::completed);
  const auto again = imported(table(name), "id\n2\n");
  ASSERT_EQ(again.code, JobCode::completed) << again.error_message;
  EXPECT_EQ(again.summary->operation, "updated") << "the second import found the table of the first";
}

TEST_F(ImportContract, NamesAreLookedUpOnceAndCostNothingAfterwards) {
  EXPECT_EQ(target_->cost_of_submit(table("orders")).bulk, 1);
  EXPECT_EQ(target_->cost_of_submit(table("orders")).metadata, 2);
  ASSERT_EQ(imported(table("orders"), "id\n1\n").code, JobCode::completed);
  EXPECT_EQ(target_->cost_of_submit(table("orders")).metadata, 1) << "the table was not there to be found yet";
  ASSERT_EQ(imported(table("orders"), "id\n2\n").code, JobCode::completed);
  EXPECT_EQ(target_->cost_of_submit(table("orders")).metadata, 0);
  EXPECT_EQ(target_->cost_of_submit(table("orders")).bulk, 1);
}

TEST_F(ImportContract, ALongConfigArrivesAsAFormPart) {
  auto many = options();
  std::string header;
  std::string row;
  for (int i = 0; i < 300; ++i) {
    const std::string column = "a_column_with_a_long_name_" + std::to_string(i);
    many.selected_columns.push_back(column);
    header += (i == 0 ? "" : ",") + column;
    row += (i == 0 ? "" : ",") + std::to_string(i);
  }
  const auto details = imported(table("wide"), header + "\n" + row + "\n", many);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->selected_columns, 300);
}

TEST_F(ImportContract, CsvSettingsArriveAsTheyWereSent) {
  auto settings = options();
  settings.auto_identify = false;
  settings.delimiter = 2;
  settings.quoted = 1;
  settings.skip_top = 1;
  settings.comment_char = "#";
  const auto details = imported(table("orders"), "made on Monday\nid;name\n# none\n1;'a;b'\n", settings);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->total_columns, 2);
  EXPECT_EQ(details.summary->total_rows, 1);
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders WHERE name = 'a;b'"), 1);
}

TEST_F(ImportContract, AJsonFileIsImportedAndItsNestedKeysNamedAsTheSettingsSay) {
  auto json = options();
  json.file_type = zoho::FileType::json;
  json.retain_column_names = true;
  const auto details = imported(table("orders"), "{\"id\": 1, \"by\": {\"name\": \"ann\"}}\n{\"id\": 2}\n", json);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->total_rows, 2);
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders WHERE id = 1 AND name = 'ann'"), 1);
}

TEST_F(ImportContract, AnImportThatIsAbortedNamesItsLines) {
  ASSERT_EQ(imported(table("orders"), "id,amount\n1,10\n").code, JobCode::completed);
  const auto details = imported(table("orders"), "id,amount\n2,20\n3,many\n");
  ASSERT_EQ(details.code, JobCode::failed);
  EXPECT_EQ(details.error_code, 7232);
  EXPECT_EQ(zoho::classify(200, *details.error_code), zoho::FailureClass::data_wrong);
  EXPECT_THAT(zoho::plain_text(details.error_message), testing::HasSubstr("(many)"));
  EXPECT_EQ(service_.count("SELECT count(*) FROM orders"), 1) << "nothing of it was written";
}

TEST_F(ImportContract, RowsThatAreSkippedAreCountedAndListed) {
  ASSERT_EQ(imported(table("orders"), "id,amount\n1,10\n").code, JobCode::completed);
  auto skip = options();
  skip.on_error = zoho::OnError::skiprow;
  const auto details = imported(table("orders"), "id,amount\n2,20\n3,<many>\n4,40\n", skip);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.summary->total_rows, 3);
  EXPECT_EQ(details.summary->success_rows, 2);
  EXPECT_THAT(zoho::plain_text(details.import_errors), testing::HasSubstr("(<many>)"));
}

TEST_F(ImportContract, ASummaryIsForgottenAfterItsHour) {
  const auto job = accepted(table("orders"), "id\n1\n");
  const auto details = ended(job);
  ASSERT_EQ(details.code, JobCode::completed);
  EXPECT_EQ(details.forgotten_at, service_.clock().now() + zoho::summary_kept_for);
  service_.clock().advance(zoho::summary_kept_for);
  connect();  // the tokens of an hour ago have expired as well
  EXPECT_EQ(this->details(job).code, JobCode::not_found);
}

TEST_F(ImportContract, AJobThatNeverWasIsNotFound) {
  const auto job = accepted(table("orders"), "id\n1\n");
  EXPECT_EQ(details({job.workspace_id, "1234567890123456789"}).code, JobCode::not_found);
}

TEST_F(ImportContract, DetailsAreKeptVerbatim) {
  const auto job = accepted(table("orders"), "id\n1\n");
  ended(job);
  const auto answer = std::get<target::Details>(status(job));
  EXPECT_EQ(nlohmann::json::parse(answer.verbatim), service_.job(job.job_id));
}

}  // namespace
}  // namespace dropload::test
