// Rows on their way into a table: what each import type does with those that are there, what becomes of bad ones, and
// loads that end early, come again or run at once.

#include <future>

#include "tests/daemon/service/loader_fixture.h"

namespace dropload::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using zoho::ImportType;
using zoho::JobCode;
using zoho::JobDetails;
using zoho::OnError;

zoho::ImportOptions matching(std::vector<std::string> columns) {
  zoho::ImportOptions options = with(ImportType::updateadd);
  options.matching_columns = std::move(columns);
  return options;
}

TEST_F(LoaderTest, AppendFindsColumnsByNameAndKeepsTheTablesTypes) {
  create("id,name\n1,x\n");
  const JobDetails job = add("other,NAME,id\nz,007,2\n");
  EXPECT_EQ(job.summary->operation, "updated");
  EXPECT_EQ(job.summary->total_columns, 3);
  EXPECT_EQ(job.summary->selected_columns, 2);
  EXPECT_FALSE(job.view_id);
  EXPECT_THAT(rows("t", true), ElementsAre("1:int|x:text", "2:int|007:text"));
}

TEST_F(LoaderTest, ALineOfDelimitersOnlyIsARowOfEmptyValuesAndAnEmptyLineIsNone) {
  create("id,name\n1,x\n");
  const JobDetails job = add("id,name\n,\n\n2,y\n,\n");
  EXPECT_EQ(job.summary->total_rows, 3);
  EXPECT_EQ(job.summary->success_rows, 3);
  EXPECT_EQ(job.summary->warnings, 0);
}

TEST_F(LoaderTest, AFileWithNoneOfTheTablesColumnsFails) {
  create("a\n1\n");
  EXPECT_EQ(add("b\n1\n").error_code, 7107);
}

TEST_F(LoaderTest, TruncateaddReplacesAllRows) {
  create("a,b\n1,x\n2,y\n");
  const JobDetails job = add("a\n9\n", with(ImportType::truncateadd));
  EXPECT_EQ(job.summary->import_type, "TRUNCATEADD");
  EXPECT_THAT(rows(), ElementsAre("9|~"));
}

TEST_F(LoaderTest, UpdateaddChangesMatchingRowsAndAddsTheRest) {
  create("id,region,amount,note\n1,eu,10,a\n1,us,20,b\n2,eu,30,c\n");
  const JobDetails job = add("region,id,amount\neu,1,11\nus,2,40\nus,2,41\n", matching({"ID", "region"}));
  EXPECT_EQ(job.summary->import_type, "UPDATEADD");
  EXPECT_EQ(job.summary->success_rows, 3);
  EXPECT_THAT(rows(), ElementsAre("1|eu|11|a", "1|us|20|b", "2|eu|30|c", "2|us|41|~"));
}

TEST_F(LoaderTest, UpdateaddChangesEveryRowThatMatches) {
  create("k,v\na,1\na,2\n");
  add("k,v\na,9\n", matching({"k"}));
  EXPECT_THAT(rows(), ElementsAre("a|9", "a|9"));
}

TEST_F(LoaderTest, UpdateaddWhereAllColumnsMatchAddsOnlyWhatIsNew) {
  create("k,v\na,1\n");
  add("k,v\na,1\nb,2\n", matching({"k", "v"}));
  EXPECT_THAT(rows(), ElementsAre("a|1", "b|2"));
}

TEST_F(LoaderTest, EmptyValuesMatchOnlyWhenAskedTo) {
  create("k,v\n\"\",1\n");
  add("k,v\n\"\",2\n", matching({"k"}));
  EXPECT_THAT(rows(), ElementsAre("~|1", "~|2"));
  zoho::ImportOptions options = matching({"k"});
  options.match_nulls = true;
  add("k,v\n\"\",3\n", options);
  EXPECT_THAT(rows(), ElementsAre("~|3", "~|3"));
}

TEST_F(LoaderTest, AValueThatWasEmptiedMatchesNothing) {
  create("k,v\n1,a\n,n1\n,n2\n");
  zoho::ImportOptions options = matching({"k"});
  options.match_nulls = true;
  options.on_error = OnError::setcolumnempty;
  const JobDetails job = add("k,v\nx,BAD\n", options);
  EXPECT_EQ(job.summary->success_rows, 1);
  EXPECT_EQ(job.summary->warnings, 1);
  EXPECT_THAT(rows(), ElementsAre("1|a", "~|n1", "~|n2", "~|BAD"));
  add("k,v\n,named\n", options);
  EXPECT_THAT(rows(), ElementsAre("1|a", "~|named", "~|named", "~|named"));
}

TEST_F(LoaderTest, UpdateaddLooksRowsUpInAnIndex) {
  create("k,v\na,1\n");
  add("k,v\na,2\n", matching({"k"}));
  SQLite::Database database(directory.path() / "warehouse.db", SQLite::OPEN_READONLY);
  SQLite::Statement plan(database, "EXPLAIN QUERY PLAN UPDATE t SET v = 1 WHERE k = 'a'");
  ASSERT_TRUE(plan.executeStep());
  EXPECT_THAT(plan.getColumn(3).getString(), HasSubstr("USING INDEX"));
}

TEST_F(LoaderTest, AMatchingColumnThatTheFileHasNotFails) {
  create("k,v\na,1\n");
  EXPECT_EQ(add("v\n1\n", matching({"k"})).error_code, 7107);
}

TEST_F(LoaderTest, EachRowThatIsTooShortIsAWarning) {
  const std::string file = "a,b,c\n1,2,3\n4,5\n6\n7,8,\n";
  const JobDetails made = create(file);
  EXPECT_EQ(made.summary->warnings, 2);
  EXPECT_EQ(made.summary->success_rows, 4);
  EXPECT_THAT(zoho::plain_text(made.import_errors), HasSubstr("[Line: 3 Field: 3] () -ERROR: The row ends here"));
  EXPECT_EQ(add(file, on_error(OnError::setcolumnempty)).import_errors, made.import_errors);
  const JobDetails skipping = add(file, on_error(OnError::skiprow));
  EXPECT_EQ(skipping.summary->warnings, 2);
  EXPECT_EQ(skipping.summary->success_rows, 4);
  EXPECT_EQ(skipping.import_errors, "") << "what is listed there are rows that were dropped";
  EXPECT_THAT(rows(), testing::Contains("4|5|~").Times(3));
}

TEST_F(LoaderTest, AnImportThatIsAbortedNamesOnlyTheRowThatAbortedIt) {
  create("a,b\n1,2\n");
  const JobDetails job = add("a,b\n3\nx,4\n");
  EXPECT_EQ(job.error_code, 7232);
  EXPECT_THAT(job.error_message, testing::AllOf(HasSubstr("Line: 3"), testing::Not(HasSubstr("Line: 2"))));
}

TEST_F(LoaderTest, AbortLeavesNoTraceNotEvenOfTruncating) {
  create("a,b\n1,x\n");
  const JobDetails job = add("a,b\n2,y\nabc,<z>\n", with(ImportType::truncateadd));
  EXPECT_EQ(job.code, JobCode::failed);
  EXPECT_EQ(job.error_code, 7232);
  EXPECT_THAT(zoho::plain_text(job.error_message), HasSubstr("[Line: 3 Field: 1] (abc) -ERROR: Not a whole number"));
  EXPECT_FALSE(job.summary);
  EXPECT_THAT(rows(), ElementsAre("1|x"));
}

TEST_F(LoaderTest, AbortOfANewTableLeavesNoTable) {
  zoho::ImportOptions options;
  options.column_data_types = {{"a", "NUMBER"}};
  EXPECT_EQ(create("a\n1\nx\n", options).error_code, 7232);
  EXPECT_TRUE(warehouse->views("1").value().empty());
  EXPECT_EQ(create("a\n1\n", options).code, JobCode::completed);
}

TEST_F(LoaderTest, SkiprowLeavesBadRowsOutAndListsThem) {
  create("a,b\n1,2\n");
  const JobDetails job = add("a,b\nx,5\n3,4\n\"5\n\",y\n7,8\n", on_error(OnError::skiprow));
  EXPECT_EQ(job.code, JobCode::completed);
  EXPECT_EQ(job.summary->total_rows, 4);
  EXPECT_EQ(job.summary->success_rows, 2);
  EXPECT_THAT(rows(), ElementsAre("1|2", "3|4", "7|8"));
  EXPECT_THAT(zoho::plain_text(job.import_errors), HasSubstr("[Line: 2 Field: 1] (x)"));
  EXPECT_THAT(zoho::plain_text(job.import_errors), HasSubstr("[Line: 4 Field: 2] (y)"));
}

TEST_F(LoaderTest, SetcolumnemptyKeepsTheRowAndCountsAWarning) {
  create("a,b\n1,2\n");
  const JobDetails job = add("a,b\nx,5\n", on_error(OnError::setcolumnempty));
  EXPECT_EQ(job.summary->success_rows, 1);
  EXPECT_EQ(job.summary->warnings, 1);
  EXPECT_THAT(rows(), ElementsAre("1|2", "~|5"));
  EXPECT_THAT(job.import_errors, HasSubstr("Field: 1"));
}

TEST_F(LoaderTest, OfManyOffencesTheFirstAreListedAndTheRestCounted) {
  create("a\n1\n");
  std::string text = "a\n";
  for (int i = 0; i < 250; ++i) text += "x\n";
  const JobDetails job = add(text, on_error(OnError::skiprow));
  EXPECT_EQ(job.summary->success_rows, 0);
  const std::string listed = zoho::plain_text(job.import_errors);
  EXPECT_THAT(listed, HasSubstr("[Line: 101 "));
  EXPECT_THAT(listed, ::testing::Not(HasSubstr("[Line: 102 ")));
  EXPECT_THAT(listed, HasSubstr("150 more"));
}

TEST_F(LoaderTest, ALongValueIsShownShortened) {
  create("a\n1\n");
  const JobDetails job = add("a\n" + std::string(199, 'x') + "éééé\n", on_error(OnError::skiprow));
  EXPECT_LT(job.import_errors.size(), 400u);
  EXPECT_THAT(job.import_errors, HasSubstr("x…"));
}

TEST_F(LoaderTest, MissingFieldsAreEmptyAndExtraOnesAreAnOffenceUnlessEmpty) {
  create("a,b\n1\n2,x, ,\n");
  EXPECT_THAT(rows(), ElementsAre("1|~", "2|x"));
  const JobDetails failed = add("a,b\n3,y,z\n");
  EXPECT_EQ(failed.error_code, 7208);
  EXPECT_THAT(failed.error_message, HasSubstr("Line: 2 Field: 3"));
  EXPECT_EQ(add("a,b\n3,y,z\n4,w\n", on_error(OnError::skiprow)).summary->success_rows, 1);
  EXPECT_EQ(add("a,b\n5,v,z\n", on_error(OnError::setcolumnempty)).summary->warnings, 1);
  EXPECT_THAT(rows(), ElementsAre("1|~", "2|x", "4|w", "5|v"));
}

TEST_F(LoaderTest, ANameThatWasTakenMeanwhileFails) {
  create("a\n1\n");
  const JobDetails job = create("a\n2\n", {}, "T");
  EXPECT_EQ(job.error_code, 7111);
  EXPECT_THAT(rows(), ElementsAre("1"));
}

TEST_F(LoaderTest, AViewThatIsGoneFails) {
  LoadRequest wanted = request("a\n1\n");
  wanted.view_id = "2000000000000000099";
  EXPECT_EQ(load(*warehouse, wanted, {}).value().error_code, 7104);
}

TEST_F(LoaderTest, AFileThatIsGoneIsAnError) {
  LoadRequest wanted = request("a\n1\n");
  wanted.config.table_name = "t";
  std::filesystem::remove(wanted.file);
  EXPECT_EQ(load(*warehouse, wanted, {}).error().code, Errc::not_found);
}

TEST_F(LoaderTest, AJobThatIsRunAgainAfterARestartAddsNothing) {
  create("a\n1\n");
  const LoadRequest wanted = request_into("a\n2\nx\n", on_error(OnError::skiprow));
  const JobDetails first = load(*warehouse, wanted, {}).value();
  warehouse.reset();
  std::filesystem::remove(wanted.file);
  warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  const JobDetails second = load(*warehouse, wanted, {}).value();
  EXPECT_THAT(rows(), ElementsAre("1", "2"));
  EXPECT_EQ(zoho::encode_job_details(second), zoho::encode_job_details(first));
}

TEST_F(LoaderTest, AFailedJobMayBeRunAgain) {
  create("a\n1\n");
  LoadRequest wanted = request_into("a\nx\n", {});
  EXPECT_EQ(load(*warehouse, wanted, {}).value().error_code, 7232);
  EXPECT_EQ(load(*warehouse, wanted, {}).value().error_code, 7232);
}

TEST_F(LoaderTest, ALoadThatIsStoppedLeavesNoTrace) {
  create("a\n1\n");
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = load(*warehouse, request_into("a\n2\n", {}), stop.get_token());
  EXPECT_EQ(stopped.error().code, Errc::unavailable);
  EXPECT_THAT(rows(), ElementsAre("1"));
}

TEST_F(LoaderTest, AStopIsHeardWhileTheNamesOfALargeJsonFileAreRead) {
  create("a\n1\n");
  zoho::ImportOptions options;
  options.file_type = zoho::FileType::json;
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "{\"a\": 2}\n";
  // Who reads it to its end finds that it is no JSON.
  const LoadRequest wanted = request_into(text + "{", options);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = load(*warehouse, wanted, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::unavailable);
}

TEST_F(LoaderTest, LoadsAtOnceAllLand) {
  create("a\n0\n");
  std::string text = "a\n";
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + "\n";
  std::vector<LoadRequest> requests;
  for (int i = 0; i < 4; ++i) requests.push_back(request_into(text, {}));
  std::vector<std::future<Result<JobDetails>>> loads;
  for (const LoadRequest& wanted : requests) {
    loads.push_back(std::async(std::launch::async, [&] { return load(*warehouse, wanted, {}); }));
  }
  for (auto& loading : loads) EXPECT_EQ(loading.get().value().summary->success_rows, 5000);
  EXPECT_EQ(rows().size(), 20'001u);
}

}  // namespace
}  // namespace dropload::service
