#include "daemon/service/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <string>
#include <vector>

#include "daemon/service/loader_plan.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

using namespace std::string_literals;
using test::FakeClock;
using test::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using zoho::ImportType;
using zoho::JobCode;
using zoho::JobDetails;
using zoho::OnError;

struct LoaderTest : ::testing::Test {
  TemporaryDirectory directory;
  FakeClock clock;
  std::unique_ptr<Warehouse> warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  int jobs = 0;

  LoadRequest request(const std::string& text) {
    LoadRequest wanted;
    wanted.job_id = std::to_string(++jobs);
    wanted.file = directory.write("upload-" + wanted.job_id, text);
    wanted.workspace_id = "1";
    wanted.workspace_name = "Main";
    return wanted;
  }
  JobDetails create(const std::string& text, const zoho::ImportOptions& options = {}, const std::string& name = "t") {
    LoadRequest wanted = request(text);
    wanted.config.table_name = name;
    wanted.config.options = options;
    return load(*warehouse, wanted, {}).value();
  }
  LoadRequest request_into(const std::string& text, const zoho::ImportOptions& options, const std::string& name = "t") {
    LoadRequest wanted = request(text);
    wanted.view_id = warehouse->find_view_by_name("1", name).value()->id;
    wanted.config.options = options;
    return wanted;
  }
  JobDetails add(const std::string& text, const zoho::ImportOptions& options = {}) {
    return load(*warehouse, request_into(text, options), {}).value();
  }
  // The rows as sqlite3 prints them: "1|x|", NULL as "~", with the storage class of each value behind it when asked.
  std::vector<std::string> rows(const std::string& table = "t", bool with_types = false) {
    SQLite::Database database(directory.path() / "warehouse.db", SQLite::OPEN_READONLY);
    SQLite::Statement query(database, "SELECT * FROM \"" + table + "\" ORDER BY rowid");
    std::vector<std::string> lines;
    while (query.executeStep()) {
      std::string line;
      for (int i = 0; i < query.getColumnCount(); ++i) {
        const SQLite::Column value = query.getColumn(i);
        line += i > 0 ? "|" : "";
        line += value.isNull() ? "~" : value.getString();
        if (with_types && value.isInteger()) line += ":int";
        if (with_types && value.isFloat()) line += ":real";
        if (with_types && value.isText()) line += ":text";
      }
      lines.push_back(line);
    }
    return lines;
  }
  std::vector<std::string> column_names() {
    std::vector<std::string> names;
    const View view = *warehouse->find_view_by_name("1", "t").value();
    for (const Column& column : view.columns) names.push_back(column.name);
    return names;
  }
};

zoho::ImportOptions with(ImportType type, OnError on_error = OnError::abort) {
  zoho::ImportOptions options;
  options.import_type = type;
  options.on_error = on_error;
  return options;
}

zoho::ImportOptions on_error(OnError policy) {
  return with(ImportType::append, policy);
}

zoho::ImportOptions matching(std::vector<std::string> columns) {
  zoho::ImportOptions options = with(ImportType::updateadd);
  options.matching_columns = std::move(columns);
  return options;
}

TEST_F(LoaderTest, ANewTableHasTheFilesColumnsWithTheirTypes) {
  const JobDetails job = create(
      "id,price,when,paid,note,zip\n"
      "1,2.50,23/11/2026,true,\"a, b\",01234\n"
      "2,3,24/11/2026,false,,99999\n");
  EXPECT_EQ(job.code, JobCode::completed);
  EXPECT_EQ(job.job_id, "1");
  EXPECT_EQ(job.import_errors, "");
  EXPECT_THAT(job.columns,
              ElementsAre(Pair("id", "Number"), Pair("note", "Plain Text"), Pair("paid", "True/False"),
                          Pair("price", "Decimal Number"), Pair("when", "Date"), Pair("zip", "Plain Text")));
  EXPECT_THAT(rows("t", true), ElementsAre("1:int|2.5:real|2026-11-23:text|1:int|a, b:text|01234:text",
                                           "2:int|3.0:real|2026-11-24:text|0:int|~|99999:text"));
  ASSERT_TRUE(job.summary);
  EXPECT_EQ(job.summary->import_type, "APPEND");
  EXPECT_EQ(job.summary->operation, "created");
  EXPECT_EQ(job.summary->total_columns, 6);
  EXPECT_EQ(job.summary->selected_columns, 6);
  EXPECT_EQ(job.summary->total_rows, 2);
  EXPECT_EQ(job.summary->success_rows, 2);
  EXPECT_EQ(job.summary->warnings, 0);
  EXPECT_EQ(job.view_id, warehouse->find_view_by_name("1", "t").value()->id);
}

TEST_F(LoaderTest, AHeaderAloneMakesAnEmptyTable) {
  const JobDetails job = create("a,b");
  EXPECT_EQ(job.code, JobCode::completed);
  EXPECT_EQ(job.summary->total_rows, 0);
  EXPECT_THAT(column_names(), ElementsAre("a", "b"));
}

TEST_F(LoaderTest, NamesThatAreEmptyOrThereAlreadyAreMadeDifferent) {
  create(" a ,,A,a_2,\"b\"\"c\"\n1,2,3,4,5\n");
  EXPECT_THAT(column_names(), ElementsAre("a", "Column 2", "A_2", "a_2_2", "b\"c"));
  EXPECT_THAT(rows(), ElementsAre("1|2|3|4|5"));
  EXPECT_EQ(add("a,,A\n6,7,8\n").summary->selected_columns, 3);
  EXPECT_THAT(rows(), ElementsAre("1|2|3|4|5", "6|7|8|~|~"));
}

TEST_F(LoaderTest, EncodingsAndLineBreaksDoNotMatter) {
  create("\xEF\xBB\xBFn;v\r\nM\xC3\xBCller;\"two\r\nlines\"\r\n", {}, "utf8");
  create("\xFF\xFEn\0;\0v\0\n\0M\0\xFC\0l\0l\0e\0r\0;\0x\0"s, {}, "utf16");
  create("n;v\rM\xFCller;x\r", {}, "latin");
  EXPECT_THAT(rows("utf8"), ElementsAre("Müller|two\r\nlines"));
  EXPECT_THAT(rows("utf16"), ElementsAre("Müller|x"));
  EXPECT_THAT(rows("latin"), ElementsAre("Müller|x"));
}

TEST_F(LoaderTest, ConfigSaysHowTheFileIsWritten) {
  zoho::ImportOptions options;
  options.auto_identify = false;
  options.skip_top = 1;
  options.delimiter = 2;
  options.quoted = 1;
  options.comment_char.emplace("#");
  options.thousand_separator = 1;
  options.decimal_separator = 1;
  options.date_format = "yyyyMMdd";
  options.column_date_format["b"] = "MM/dd/yyyy";
  EXPECT_EQ(create("Report of today\n#note\nn;d;b;q\n1.234,5;20261123;02/03/2026;'x;y'\n", options).code,
            JobCode::completed);
  EXPECT_THAT(rows(), ElementsAre("1234.5|2026-11-23|2026-02-03|x;y"));
}

TEST_F(LoaderTest, SeparatorsOfAColumnWin) {
  zoho::ImportOptions options;
  options.decimal_separator = 1;
  options.column_separators["b"] = {0, 0};
  create("a;b\n1,5;1,234.5\n", options);
  EXPECT_THAT(rows(), ElementsAre("1.5|1234.5"));
}

TEST_F(LoaderTest, GivenDataTypesAreTakenForNewColumns) {
  zoho::ImportOptions options;
  options.column_data_types = {{"a", "plain"}, {"b", "Decimal_Number"}, {"c", "DATE"}};
  const JobDetails job = create("a,b,c\n1,2,2026-11-23 10:00\n", options);
  EXPECT_EQ(job.columns.at("a"), "Plain Text");
  EXPECT_THAT(rows("t", true), ElementsAre("1:text|2.0:real|2026-11-23 10:00:00:text"));
  options.column_data_types = {{"a", "VARCHAR"}};
  EXPECT_EQ(create("a\n1\n", options, "u").error_code, 8516);
}

TEST_F(LoaderTest, SelectedColumnsAreImportedAndOthersAreNot) {
  zoho::ImportOptions options;
  options.selected_columns = {"C", "a"};
  const JobDetails job = create("a,b,c\n1,2,3\n", options);
  EXPECT_EQ(job.summary->total_columns, 3);
  EXPECT_EQ(job.summary->selected_columns, 2);
  EXPECT_THAT(rows(), ElementsAre("1|3"));
  options.selected_columns = {"nope"};
  const JobDetails failed = create("a\n1\n", options, "u");
  EXPECT_EQ(failed.error_code, 8046);
  EXPECT_THAT(failed.error_message, HasSubstr("nope"));
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

TEST_F(LoaderTest, DatesOfAnExistingColumnMayBeWrittenInAnotherWay) {
  create("d,t\n2026-11-23,2026-11-23 10:00\n");
  add("d,t\n12/24/2026,12/24/2026\n12/25/2026 06:30,12/25/2026 06:30\n");
  EXPECT_THAT(rows(), ElementsAre("2026-11-23|2026-11-23 10:00:00", "2026-12-24|2026-12-24 00:00:00",
                                  "2026-12-25 06:30:00|2026-12-25 06:30:00"));
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

TEST_F(LoaderTest, FilesThatCannotBeReadFailWithTheirCode) {
  EXPECT_EQ(create("").error_code, 7203);
  EXPECT_EQ(create("\xEF\xBB\xBF\n\n").error_code, 7203);
  const JobDetails open = create("a,b\n1,\"x\n2,y\n");
  EXPECT_EQ(open.error_code, 7248);
  EXPECT_THAT(open.error_message, HasSubstr("line 2"));
  std::string wide = "c";
  for (int i = 0; i < 300; ++i) wide += ",c";
  EXPECT_EQ(create(wide).error_code, 7478);
  zoho::ImportOptions options;
  options.date_format = "soon";
  EXPECT_EQ(create("a\n1\n", options).error_code, 7512);
  EXPECT_TRUE(warehouse->views("1").value().empty());
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

TEST_F(LoaderTest, OneValueThatIsNoDateLeavesTheOthersAsTheyAre) {
  create("d\n2026-11-23\n");
  const std::string us = "d\n03/04/2026\n04/23/2026\nn/a\n";
  EXPECT_EQ(add(us, on_error(OnError::skiprow)).summary->success_rows, 2);
  EXPECT_THAT(rows(), ElementsAre("2026-11-23", "2026-03-04", "2026-04-23"));
  zoho::ImportOptions typed = on_error(OnError::setcolumnempty);
  typed.column_data_types = {{"d", "DATE"}};
  create(us, typed, "u");
  EXPECT_THAT(rows("u"), ElementsAre("2026-03-04", "2026-04-23", "~"));
}

TEST_F(LoaderTest, ATableRemembersHowItsDatesAreWritten) {
  create("d,n\n03/04/2026,1\n04/23/2026,2\n");
  add("d,n\n02/03/2026,3\n");
  add("d,n\n2026-02-04,4\n");
  warehouse.reset();
  warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  add("n,d\n5,02/05/2026\n");
  add("d\n23/02/2026\n06/02/2026\n");
  add("d\n07/02/2026\n");
  EXPECT_THAT(rows(), ElementsAre("2026-03-04|1", "2026-04-23|2", "2026-02-03|3", "2026-02-04|4", "2026-02-05|5",
                                  "2026-02-23|~", "2026-02-06|~", "2026-02-07|~"));
}

TEST_F(LoaderTest, ATableRemembersTheDateFormatThatConfigGave) {
  zoho::ImportOptions options;
  options.column_data_types = {{"b", "DATE"}};
  options.column_date_format = {{"a", "MM/dd/yyyy"}, {"b", "yyyyMMdd"}};
  create("a,b\n02/03/2026,20260203\n", options);
  add("a,b\n02/04/2026,20260204\n");
  EXPECT_THAT(rows(), ElementsAre("2026-02-03|2026-02-03", "2026-02-04|2026-02-04"));
}

TEST_F(LoaderTest, ALoadThatFailsTeachesTheTableNothing) {
  create("d,n\n2026-11-23,1\n");
  EXPECT_EQ(add("d,n\n04/23/2026,x\n").error_code, 7232);
  add("d,n\n02/03/2026,2\n");
  EXPECT_THAT(rows(), ElementsAre("2026-11-23|1", "2026-03-02|2"));
}

TEST_F(LoaderTest, DatesThatContradictEachOtherAreRefusedWhereTheyCannotBeTold) {
  create("d\n2026-11-23\n");
  const JobDetails job = add("d\n23/04/2026\n04/23/2026\n03/04/2026\n", on_error(OnError::skiprow));
  EXPECT_THAT(rows(), ElementsAre("2026-11-23", "2026-04-23", "2026-04-23"));
  EXPECT_THAT(zoho::plain_text(job.import_errors), HasSubstr("[Line: 4 Field: 1] (03/04/2026)"));
}

TEST_F(LoaderTest, NamingTenThousandEqualColumnsTakesNoTimeToSpeakOf) {
  const std::vector<std::string_view> header(10'000, "a");
  const std::vector<std::string> names = service::column_names(header);
  EXPECT_EQ(names.back(), "a_10000");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 10'000U);
}

TEST_F(LoaderTest, ATableThatIsNotMadeForItsManyColumnsCanBeMadeOfSomeOfThem) {
  std::string wide = "id";
  for (int i = 0; i < 400; ++i) wide += ",c";
  const JobDetails refused = create(wide);
  EXPECT_EQ(refused.error_code, 7478);
  EXPECT_THAT(refused.error_message, HasSubstr("401"));
  zoho::ImportOptions options;
  options.selected_columns = {"id", "c_400"};
  EXPECT_EQ(create(wide, options).code, JobCode::completed);
}

}  // namespace
}  // namespace dropload::service
