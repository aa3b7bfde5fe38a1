// Jobs that were accepted and failed: one test a code. The job says 1003 with the code, a new table is not there and an
// existing one as it was, and the table's last import says so too.

#include "tests/contract/wire_fixture.h"
#include "tests/support/zip.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;

class FailuresContract : public WireTest {
 protected:
  // Of an import into a new table.
  void expect_failure(int code, const std::string& said, const std::string& file, const Json& more = Json::object()) {
    const Json job = ended(create("", new_table("new", more), file));
    expect_failed(job, code, said);
    const Json names{{"workspaceName", "Main"}, {"viewName", "new"}};
    const auto found = service_.get("/restapi/v2/metadetails?CONFIG=" + http::percent_encode(names.dump()));
    expect_refusal(found, 404, 7104, "META_OBJECT_NOT_PRESENT");
  }
  // Of one into a table that exists.
  void expect_failure_of_append(int code, const std::string& said, const std::string& file,
                                const Json& config = existing("append")) {
    const std::string name = fresh_name();
    const std::string view = made(name, "id,n\n1,10\n");
    expect_failed(ended(create(view, config, file)), code, said);
    EXPECT_EQ(exported(name), (Rows{{"id", "n"}, {"1", "10"}}));
    const Json last = service_.get(view_path(view) + "/importdetails").json().at("data");
    EXPECT_EQ(last.at("lastImportStatus"), "Failed");
    EXPECT_EQ(last.at("rows").at("success"), "0");
    EXPECT_THAT(last.at("importErrors"), HasSubstr(said));
  }

 private:
  static void expect_failed(const Json& job, int code, const std::string& said) {
    EXPECT_EQ(job.at("jobCode"), "1003") << job;
    EXPECT_EQ(job.at("jobStatus"), "ERROR OCCURRED");
    ASSERT_TRUE(job.contains("jobInfo")) << job;
    EXPECT_EQ(job.at("jobInfo").value("errorCode", 0), code) << job;
    EXPECT_THAT(job.at("jobInfo").value("errorMessage", ""), HasSubstr(said));
  }
};

TEST_F(FailuresContract, AFileWithoutARecordIs7203) {
  expect_failure(7203, "The file is empty", "\n\n");
  expect_failure(7203, "no values", "[]", {{"fileType", "json"}});
  expect_failure_of_append(7203, "The file is empty", "\xEF\xBB\xBF\r\n");
}

TEST_F(FailuresContract, ARowWithMoreFieldsThanTheHeaderIs7208) {
  expect_failure(7208, "[Line: 3 Field: 3] (x) -ERROR: ", "a,b\n1,2\n3,4,x\n");
  expect_failure_of_append(7208, "[Line: 2 Field: 3] (x) -ERROR: ", "id,n\n2,20,x\n");
}

TEST_F(FailuresContract, AValueThatDoesNotFitItsColumnIs7232) {
  const Json types = Json::array({{{"columnName", "n"}, {"dataType", "NUMBER"}}});
  expect_failure(7232, "[Line: 3 Field: 2] (many) -ERROR: ", "id,n\n1,1\n2,many\n", {{"columnDataTypes", types}});
  expect_failure_of_append(7232, "[Line: 2 Field: 2] (many) -ERROR: ", "id,n\n2,many\n");
}

TEST_F(FailuresContract, AFileThatIsNotWhatItIsSaidToBeIs7248) {
  expect_failure(7248, "line 2", "a,b\n1,\"never closed\n");
  expect_failure(7248, "line 2", "[{\"a\": 1},\n{\"a\": }]", {{"fileType", "json"}});
  expect_failure_of_append(7248, "line 2", "id,n\n2,\"never closed\n");
}

TEST_F(FailuresContract, AZipFileThatIsNoBatchIs7248) {
  const std::string zip = zip_of({{"data.csv", "id,n\n2,20\n"}});
  for (const char* on_error : {"abort", "skiprow", "setcolumnempty"}) {
    expect_failure(7248, "ZIP", zip, {{"onError", on_error}});
  }
  expect_failure_of_append(7248, "ZIP", zip);
}

TEST_F(FailuresContract, MoreColumnsThanATableCanHaveAre7478) {
  std::string header = "c";
  for (int i = 1; i <= 300; ++i) header += ",c";
  expect_failure(7478, "301", header + "\n");
}

TEST_F(FailuresContract, ASelectedColumnThatTheFileHasNotIs8046) {
  expect_failure(8046, "nobody", "a,b\n1,2\n", {{"selectedColumns", {"a", "nobody"}}});
  expect_failure_of_append(8046, "'n'", "id\n2\n", existing("append", {{"selectedColumns", {"id", "n"}}}));
}

TEST_F(FailuresContract, AMatchingColumnThatTheFileHasNotIs7107) {
  expect_failure_of_append(7107, "'id'", "n\n11\n", existing("updateadd", {{"matchingColumns", {"id"}}}));
}

TEST_F(FailuresContract, AFileWithNoneOfTheTablesColumnsIs7107) {
  expect_failure_of_append(7107, "None of the file's columns", "x,y\n1,2\n");
}

}  // namespace
}  // namespace dropload::test
