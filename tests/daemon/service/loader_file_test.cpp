// A file on its way to columns and values: names, types, dates, how it is written.

#include <set>

#include "daemon/service/loader_plan.h"
#include "tests/daemon/service/loader_fixture.h"

namespace dropload::service {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using zoho::JobCode;
using zoho::JobDetails;
using zoho::OnError;

struct LoaderFileTest : LoaderTest {};

TEST_F(LoaderFileTest, ANewTableHasTheFilesColumnsWithTheirTypes) {
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
                                           "2:int|3:int|2026-11-24:text|0:int|~|99999:text"));
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

TEST_F(LoaderFileTest, AHeaderAloneMakesAnEmptyTable) {
  const JobDetails job = create("a,b");
  EXPECT_EQ(job.code, JobCode::completed);
  EXPECT_EQ(job.summary->total_rows, 0);
  EXPECT_THAT(column_names(), ElementsAre("a", "b"));
}

TEST_F(LoaderFileTest, NamesThatAreEmptyOrThereAlreadyAreMadeDifferent) {
  create(" a ,,A,a_2,\"b\"\"c\"\n1,2,3,4,5\n");
  EXPECT_THAT(column_names(), ElementsAre("a", "Column 2", "A_2", "a_2_2", "b\"c"));
  EXPECT_THAT(rows(), ElementsAre("1|2|3|4|5"));
  EXPECT_EQ(add("a,,A\n6,7,8\n").summary->selected_columns, 3);
  EXPECT_THAT(rows(), ElementsAre("1|2|3|4|5", "6|7|8|~|~"));
}

TEST_F(LoaderFileTest, EncodingsAndLineBreaksDoNotMatter) {
  create("\xEF\xBB\xBFn;v\r\nM\xC3\xBCller;\"two\r\nlines\"\r\n", {}, "utf8");
  create("\xFF\xFEn\0;\0v\0\n\0M\0\xFC\0l\0l\0e\0r\0;\0x\0"s, {}, "utf16");
  create("n;v\rM\xFCller;x\r", {}, "latin");
  EXPECT_THAT(rows("utf8"), ElementsAre("Müller|two\r\nlines"));
  EXPECT_THAT(rows("utf16"), ElementsAre("Müller|x"));
  EXPECT_THAT(rows("latin"), ElementsAre("Müller|x"));
}

TEST_F(LoaderFileTest, ConfigSaysHowTheFileIsWritten) {
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

TEST_F(LoaderFileTest, AYearMayBeWrittenWithU) {
  zoho::ImportOptions options;
  options.date_format = "uuuuMMdd";
  create("d,n\n20261123,1\n", options);
  EXPECT_THAT(rows(), ElementsAre("2026-11-23|1"));
}

TEST_F(LoaderFileTest, SeparatorsOfAColumnWin) {
  zoho::ImportOptions options;
  options.decimal_separator = 1;
  options.column_separators["b"] = {0, 0};
  create("a;b\n1,5;1,234.5\n", options);
  EXPECT_THAT(rows(), ElementsAre("1.5|1234.5"));
}

TEST_F(LoaderFileTest, GivenDataTypesAreTakenForNewColumns) {
  zoho::ImportOptions options;
  options.column_data_types = {{"a", "plain"}, {"b", "Decimal_Number"}, {"c", "DATE"}};
  const JobDetails job = create("a,b,c\n1,2,2026-11-23 10:00\n", options);
  EXPECT_EQ(job.columns.at("a"), "Plain Text");
  EXPECT_THAT(rows("t", true), ElementsAre("1:text|2:int|2026-11-23 10:00:00:text"));
  options.column_data_types = {{"a", "VARCHAR"}};
  EXPECT_EQ(create("a\n1\n", options, "u").error_code, 8516);
}

TEST_F(LoaderFileTest, WholeNumbersStayExactAmongDecimals) {
  create("n,v\n1,0.5\n");
  add("n,v\n2,9007199254740993\n3,-9223372036854775808\n4,1e3\n5,2.50\n6,9007199254740993.00\n");
  EXPECT_THAT(rows("t", true),
              ElementsAre("1:int|0.5:real", "2:int|9007199254740993:int", "3:int|-9223372036854775808:int",
                          "4:int|1000:int", "5:int|2.5:real", "6:int|9007199254740993:int"));
}

TEST_F(LoaderFileTest, SelectedColumnsAreImportedAndOthersAreNot) {
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

TEST_F(LoaderFileTest, DatesOfAnExistingColumnMayBeWrittenInAnotherWay) {
  create("d,t\n2026-11-23,2026-11-23 10:00\n");
  add("d,t\n12/24/2026,12/24/2026\n12/25/2026 06:30,12/25/2026 06:30\n");
  EXPECT_THAT(rows(), ElementsAre("2026-11-23|2026-11-23 10:00:00", "2026-12-24|2026-12-24 00:00:00",
                                  "2026-12-25 06:30:00|2026-12-25 06:30:00"));
}

TEST_F(LoaderFileTest, FilesThatCannotBeReadFailWithTheirCode) {
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

TEST_F(LoaderFileTest, OneValueThatIsNoDateLeavesTheOthersAsTheyAre) {
  create("d\n2026-11-23\n");
  const std::string us = "d\n03/04/2026\n04/23/2026\nn/a\n";
  EXPECT_EQ(add(us, on_error(OnError::skiprow)).summary->success_rows, 2);
  EXPECT_THAT(rows(), ElementsAre("2026-11-23", "2026-03-04", "2026-04-23"));
  zoho::ImportOptions typed = on_error(OnError::setcolumnempty);
  typed.column_data_types = {{"d", "DATE"}};
  create(us, typed, "u");
  EXPECT_THAT(rows("u"), ElementsAre("2026-03-04", "2026-04-23", "~"));
}

TEST_F(LoaderFileTest, ATableRemembersHowItsDatesAreWritten) {
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

TEST_F(LoaderFileTest, ATableRemembersTheDateFormatThatConfigGave) {
  zoho::ImportOptions options;
  options.column_data_types = {{"b", "DATE"}};
  options.column_date_format = {{"a", "MM/dd/yyyy"}, {"b", "yyyyMMdd"}};
  create("a,b\n02/03/2026,20260203\n", options);
  add("a,b\n02/04/2026,20260204\n");
  EXPECT_THAT(rows(), ElementsAre("2026-02-03|2026-02-03", "2026-02-04|2026-02-04"));
}

TEST_F(LoaderFileTest, ALoadThatFailsTeachesTheTableNothing) {
  create("d,n\n2026-11-23,1\n");
  EXPECT_EQ(add("d,n\n04/23/2026,x\n").error_code, 7232);
  add("d,n\n02/03/2026,2\n");
  EXPECT_THAT(rows(), ElementsAre("2026-11-23|1", "2026-03-02|2"));
}

TEST_F(LoaderFileTest, DatesThatContradictEachOtherAreRefusedWhereTheyCannotBeTold) {
  create("d\n2026-11-23\n");
  const JobDetails job = add("d\n23/04/2026\n04/23/2026\n03/04/2026\n", on_error(OnError::skiprow));
  EXPECT_THAT(rows(), ElementsAre("2026-11-23", "2026-04-23", "2026-04-23"));
  EXPECT_THAT(zoho::plain_text(job.import_errors), HasSubstr("[Line: 4 Field: 1] (03/04/2026)"));
}

TEST_F(LoaderFileTest, NamingTenThousandEqualColumnsTakesNoTimeToSpeakOf) {
  const std::vector<std::string_view> header(10'000, "a");
  const std::vector<std::string> names = service::column_names(header);
  EXPECT_EQ(names.back(), "a_10000");
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 10'000U);
}

TEST_F(LoaderFileTest, AFirstLineThatIsNoHeaderMakesNoColumnOfIt) {
  EXPECT_EQ(create("id," + std::string(1000, 'x') + "\n").code, JobCode::completed);
  const JobDetails job = create("id," + std::string(1001, 'x') + "\n", {}, "u");
  EXPECT_EQ(job.error_code, 7248);
  EXPECT_EQ(job.error_message,
            "The name of column 2 is longer than 1000 bytes. Does the file begin with a header line?<br>Nothing was "
            "written.");
}

TEST_F(LoaderFileTest, ATableThatIsNotMadeForItsManyColumnsCanBeMadeOfSomeOfThem) {
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
