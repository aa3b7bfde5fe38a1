// The small reads as they stand on the wire: names to ids, a table's columns and last import, jobs that are not found.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

class ReadsContract : public WireTest {
 protected:
  HttpAnswer look_up(const std::string& config_text) {
    return service_.get("/restapi/v2/metadetails?CONFIG=" + http::percent_encode(config_text));
  }
  Json last_import(const std::string& view) {
    return service_.get(view_path(view) + "/importdetails").json().at("data");
  }
  HttpAnswer job(const std::string& id) {
    return service_.get("/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/importjobs/" + id);
  }
};

TEST_F(ReadsContract, NamesBecomeIds) {
  const std::string view = made("Größe & 50%", "a\n1\n");
  const Json data = look_up(R"({"workspaceName": "Main", "viewName": "Größe & 50%"})").json().at("data");
  EXPECT_EQ(data.at("workspaces").at("workspaceId"), service_.workspace_id());
  EXPECT_EQ(data.at("workspaces").at("orgId"), service_.service().credentials().organization_id);
  EXPECT_EQ(data.at("views").at("viewId"), view);
  EXPECT_FALSE(look_up(R"({"workspaceName": "Main"})").json().at("data").contains("views"));
}

TEST_F(ReadsContract, NamesThatNobodyHasAre7103And7104) {
  expect_refusal(look_up(R"({"workspaceName": "Nowhere"})"), 404, 7103, "META_OBJECT_NOT_PRESENT");
  expect_refusal(look_up(R"({"workspaceName": "Main", "viewName": "t"})"), 404, 7104, "META_OBJECT_NOT_PRESENT");
}

TEST_F(ReadsContract, ALookUpThatIsWrongIsRefused) {
  expect_refusal(service_.get("/restapi/v2/metadetails"), 400, 8504, "LESS_THAN_MIN_OCCURANCE");
  expect_refusal(look_up("Main"), 400, 8080, "INVALID_JSON_CONFIGURATION");
  expect_refusal(look_up("{}"), 400, 8079, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  expect_refusal(look_up(R"({"workspaceName": 5})"), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
}

TEST_F(ReadsContract, IdsThatNobodyHasAre7103And7104) {
  const std::string nowhere = "/restapi/v2/workspaces/1000000000000000001";
  for (const std::string& target : {nowhere, nowhere + "/views", nowhere + "/views/1/metadata"}) {
    expect_refusal(service_.get(target), 404, 7103, "META_OBJECT_NOT_PRESENT");
  }
  for (const char* read : {"/metadata", "/importdetails"}) {
    expect_refusal(service_.get(view_path("1000000000000000001") + read), 404, 7104, "META_OBJECT_NOT_PRESENT");
  }
}

TEST_F(ReadsContract, MetadataHasTheColumnsInTheirOrder) {
  const std::string view = made("t", "day,n\n2026-11-03,1\n");
  const Json columns = service_.get(view_path(view) + "/metadata").json().at("data").at("columns");
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns.at(0).at("columnName"), "day");
  EXPECT_EQ(columns.at(0).at("columnIndex"), 1);
  EXPECT_EQ(columns.at(0).at("dataType"), "DATE_AS_DATE");
  EXPECT_EQ(columns.at(1).at("columnName"), "n");
  EXPECT_EQ(columns.at(1).at("columnIndex"), 2);
  EXPECT_EQ(columns.at(1).at("dataTypeName"), "Number");
}

TEST_F(ReadsContract, TheLastImportOfATableIsTheLastThatEnded) {
  const std::string view = made("t", "id,n\n1,10\n");
  const std::string time = last_import(view).at("lastImportTime");
  EXPECT_EQ(last_import(view), Json({{"viewName", "t"},
                                     {"lastImportTime", time},
                                     {"lastImportStatus", "Success"},
                                     {"columns", {{"total", "2"}, {"success", "2"}}},
                                     {"rows", {{"total", "1"}, {"success", "1"}, {"warning", "0"}, {"failed", "0"}}},
                                     {"importErrors", ""}}));
  service_.clock().advance(Milliseconds{61'000});
  loaded(view, existing("append", {{"onError", "skiprow"}}), "id,n\n2,20\n3,many\n");
  EXPECT_EQ(last_import(view).at("lastImportStatus"), "Partial Success");
  EXPECT_EQ(last_import(view).at("rows"), Json({{"total", "2"}, {"success", "1"}, {"warning", "0"}, {"failed", "1"}}));
  EXPECT_NE(last_import(view).at("lastImportTime"), time);
  loaded(view, existing("append", {{"onError", "setcolumnempty"}}), "id,n\n3,many\n");
  EXPECT_EQ(last_import(view).at("lastImportStatus"), "Partial Success");
  EXPECT_EQ(last_import(view).at("rows").at("warning"), "1");
  EXPECT_EQ(failed(view, existing("append"), "id,n\n3,many\n"), 7232);
  EXPECT_EQ(last_import(view).at("lastImportStatus"), "Failed");
}

// 8137 is never answered: import-api.md, section 3, lets either stand for an id that never was.
TEST_F(ReadsContract, AJobThatNeverWasOrWasAnotherWorkspacesIs1005) {
  for (const std::string id : {"1", "1234567890123456789", "abc"}) {
    const auto answer = job(id);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json().at("data"), Json({{"jobId", id}, {"jobCode", "1005"}, {"jobStatus", "JOB NOT FOUND"}}));
  }
}

TEST_F(ReadsContract, AJobIs1005AnHourAfterItsEnd) {
  const Json ended_job = ended(create("", new_table("t"), "a\n1\n"));
  const std::int64_t expires = service_.clock().now().ms + 3'600'000;
  EXPECT_EQ(ended_job.at("expiryTime"), std::to_string(expires));
  service_.clock().advance(Milliseconds{3'599'999});
  EXPECT_EQ(job(ended_job.at("jobId")).json().at("data"), ended_job);
  service_.clock().advance(Milliseconds{1});
  EXPECT_EQ(job(ended_job.at("jobId")).json().at("data").at("jobCode"), "1005");
  EXPECT_EQ(exported("t"), (Rows{{"a"}, {"1"}})) << "the rows stay";
}

}  // namespace
}  // namespace dropload::test
