// The settings of CONFIG that say which rows and columns go into which table, and how: each value of each, and the
// table that comes of it.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class OptionsContract : public WireTest {};

TEST_F(OptionsContract, TableNameIsTakenAsItIs) {
  for (const std::string name : {"Größe & \"Preis\" 100%", "a.b", "42", "a'b;c", " x y "}) {
    made(name, "a\n1\n");
    EXPECT_EQ(exported(name), (Rows{{"a"}, {"1"}})) << name;
  }
}

TEST_F(OptionsContract, ImportTypeComesInAnyCase) {
  for (const std::string type : {"append", "APPEND", "Append"}) {
    const std::string name = fresh_name();
    const std::string view = made(name, "id,n\n1,10\n2,20\n");
    EXPECT_EQ(loaded(view, existing(type), "id,n\n2,21\n3,30\n").at("importSummary").at("importType"), "APPEND");
    EXPECT_EQ(exported(name), (Rows{{"id", "n"}, {"1", "10"}, {"2", "20"}, {"2", "21"}, {"3", "30"}}));
  }
  for (const std::string type : {"truncateadd", "TRUNCATEADD", "TruncateAdd"}) {
    const std::string name = fresh_name();
    const std::string view = made(name, "id,n\n1,10\n2,20\n");
    EXPECT_EQ(loaded(view, existing(type), "id,n\n3,30\n").at("importSummary").at("importType"), "TRUNCATEADD");
    EXPECT_EQ(exported(name), (Rows{{"id", "n"}, {"3", "30"}}));
  }
  for (const std::string type : {"updateadd", "UPDATEADD", "UpdateAdd"}) {
    const std::string name = fresh_name();
    const std::string view = made(name, "id,n\n1,10\n2,20\n");
    const Json info = loaded(view, existing(type, {{"matchingColumns", {"id"}}}), "id,n\n2,21\n3,30\n");
    EXPECT_EQ(info.at("importSummary").at("importType"), "UPDATEADD");
    EXPECT_EQ(exported(name), (Rows{{"id", "n"}, {"1", "10"}, {"2", "21"}, {"3", "30"}}));
  }
}

TEST_F(OptionsContract, ImportTypeOfANewTableIsAppend) {
  const Json info = loaded("", new_table("t", {{"importType", "truncateadd"}}), "a\n1\n");
  EXPECT_EQ(info.at("importSummary").at("importType"), "APPEND");
  EXPECT_EQ(info.at("importSummary").at("importOperation"), "created");
}

TEST_F(OptionsContract, FileTypeDecidesAndNotTheFilesNameOrContent) {
  for (const std::string type : {"csv", "CSV", "Csv"}) {
    const std::string name = fresh_name();
    made(name, "a\n1\n", {{"fileType", type}});
    EXPECT_EQ(exported(name), (Rows{{"a"}, {"1"}}));
  }
  for (const std::string type : {"json", "JSON", "Json"}) {
    const std::string name = fresh_name();
    made(name, R"([{"a": 1}])", {{"fileType", type}});
    EXPECT_EQ(exported(name), (Rows{{"a"}, {"1"}}));
  }
  EXPECT_EQ(failed("", new_table("t", {{"fileType", "json"}}), "a\n1\n"), 7248);
}

TEST_F(OptionsContract, SelectedColumnsAreTheOnlyOnes) {
  const Json info = loaded("", new_table("t", {{"selectedColumns", {"C", "a"}}}), "a,b,c\n1,2,3\n");
  EXPECT_EQ(exported("t"), (Rows{{"a", "c"}, {"1", "3"}}));
  EXPECT_EQ(info.at("importSummary").at("totalColumnCount"), 3);
  EXPECT_EQ(info.at("importSummary").at("selectedColumnCount"), 2);
  const std::string view = made("u", "a,b\n1,2\n");
  loaded(view, existing("append", {{"selectedColumns", {"b"}}}), "a,b\n3,4\n");
  EXPECT_EQ(exported("u"), (Rows{{"a", "b"}, {"1", "2"}, {"", "4"}}));
}

TEST_F(OptionsContract, MatchingColumnsDecideWhichRowsAreUpdated) {
  const std::string view = made("t", "id,part,n\n1,a,10\n1,b,20\n");
  loaded(view, existing("updateadd", {{"matchingColumns", {"id", "Part"}}}), "id,part,n\n1,b,21\n2,b,30\n");
  EXPECT_EQ(exported("t"), (Rows{{"id", "part", "n"}, {"1", "a", "10"}, {"1", "b", "21"}, {"2", "b", "30"}}));
  loaded(view, existing("updateadd", {{"matchingColumns", {"id"}}}), "id,n\n1,99\n");
  EXPECT_EQ(exported("t"), (Rows{{"id", "part", "n"}, {"1", "a", "99"}, {"1", "b", "99"}, {"2", "b", "30"}}));
}

TEST_F(OptionsContract, MatchingColumnsSayNothingToOtherImportTypes) {
  const std::string view = made("t", "id,n\n1,10\n");
  loaded(view, existing("append", {{"matchingColumns", {"id"}}}), "id,n\n1,11\n");
  EXPECT_EQ(exported("t"), (Rows{{"id", "n"}, {"1", "10"}, {"1", "11"}}));
}

TEST_F(OptionsContract, MatchNullsLetsEmptyValuesMatch) {
  const Rows matched{{"id", "n"}, {"1", "1"}, {"", "11"}};
  const Rows added{{"id", "n"}, {"1", "1"}, {"", "10"}, {"", "11"}};
  for (const Json& match : {Json(true), Json("true"), Json("TRUE"), Json(false), Json("FALSE"), Json(nullptr)}) {
    const bool is_on = match == true || match == "true" || match == "TRUE";
    const std::string name = fresh_name();
    const std::string view = made(name, "id,n\n1,1\n,10\n");
    loaded(view, existing("updateadd", {{"matchingColumns", {"id"}}, {"matchNulls", match}}), "id,n\n,11\n");
    EXPECT_EQ(exported(name), is_on ? matched : added) << match;
  }
}

TEST_F(OptionsContract, RetainColumnNamesKeepsTheLastKeyOfAJsonFile) {
  const std::string file = R"([{"id": 1, "home": {"town": "Ulm"}}])";
  for (const Json& retain : {Json(true), Json("true"), Json(false), Json("False"), Json(nullptr)}) {
    const bool is_on = retain == true || retain == "true";
    const std::string name = fresh_name();
    made(name, file, {{"fileType", "json"}, {"retainColumnNames", retain}});
    EXPECT_EQ(exported(name), (Rows{{"id", is_on ? "town" : "home.town"}, {"1", "Ulm"}})) << retain;
  }
}

class OnErrorContract : public OptionsContract {
 protected:
  const std::string file_ = "id,n\n2,20\n3,<many>\nx,40\n";
  std::string view_ = made("t", "id,n\n1,10\n");
};

TEST_F(OnErrorContract, OnErrorAbortIsTheDefaultAndWritesNothing) {
  for (const Json& mode : {Json::object(), Json{{"onError", "ABORT"}}, Json{{"onError", "abort"}}}) {
    const Json job = ended(create(view_, existing("append", mode), file_));
    EXPECT_EQ(job.at("jobCode"), "1003");
    EXPECT_EQ(job.at("jobStatus"), "ERROR OCCURRED");
    EXPECT_EQ(job.at("jobInfo").at("errorCode"), 7232);
    EXPECT_THAT(job.at("jobInfo").at("errorMessage"), HasSubstr("<nobr>[Line: 3 Field: 2] (&lt;many&gt;) -ERROR: "));
  }
  EXPECT_EQ(exported("t"), (Rows{{"id", "n"}, {"1", "10"}}));
}

TEST_F(OnErrorContract, OnErrorSkiprowDropsBadRowsAndListsThem) {
  for (const std::string word : {"skiprow", "SKIPROW"}) {
    const Json info = loaded(view_, existing("truncateadd", {{"onError", word}}), file_);
    EXPECT_EQ(info.at("importSummary").at("totalRowCount"), 3);
    EXPECT_EQ(info.at("importSummary").at("successRowCount"), 1);
    EXPECT_EQ(info.at("importSummary").at("warnings"), 0);
    EXPECT_THAT(info.at("importErrors").get<std::string>(),
                MatchesRegex("<nobr>.Line: 3 Field: 2. .&lt;many&gt;. -ERROR: [^<]+</nobr><br>"
                             "<nobr>.Line: 4 Field: 1. .x. -ERROR: [^<]+</nobr><br>"));
    EXPECT_EQ(exported("t"), (Rows{{"id", "n"}, {"2", "20"}}));
  }
}

TEST_F(OnErrorContract, OnErrorSetcolumnemptyKeepsRowsAndCountsWarnings) {
  for (const std::string word : {"setcolumnempty", "SetColumnEmpty"}) {
    const Json info = loaded(view_, existing("truncateadd", {{"onError", word}}), file_);
    EXPECT_EQ(info.at("importSummary").at("successRowCount"), 3);
    EXPECT_EQ(info.at("importSummary").at("warnings"), 2);
    EXPECT_THAT(info.at("importErrors"), HasSubstr("[Line: 4 Field: 1] (x) -ERROR: "));
    EXPECT_EQ(exported("t"), (Rows{{"id", "n"}, {"2", "20"}, {"3", ""}, {"", "40"}}));
  }
}

TEST_F(OnErrorContract, ACleanImportHasNoErrors) {
  EXPECT_EQ(loaded(view_, existing("append"), "id,n\n5,5\n").at("importErrors"), "");
}

class JsonContract : public OptionsContract {
 protected:
  static Json json(const Json& more = Json::object()) {
    Json all{{"fileType", "json"}};
    all.update(more);
    return all;
  }
};

TEST_F(JsonContract, SelectedAndMatchingColumnsWorkAsForCsv) {
  const std::string view =
      made("t", R"([{"id": 1, "a": {"n": 5}, "x": true}, {"id": 2}])", json({{"selectedColumns", {"id", "a.n"}}}));
  EXPECT_EQ(exported("t"), (Rows{{"id", "a.n"}, {"1", "5"}, {"2", ""}}));
  loaded(view, existing("updateadd", json({{"matchingColumns", {"ID"}}})), "{\"id\":2,\"a\":{\"n\":7}}\n{\"id\":3}\n");
  EXPECT_EQ(exported("t"), (Rows{{"id", "a.n"}, {"1", "5"}, {"2", "7"}, {"3", ""}}));
  EXPECT_EQ(failed("", new_table("u", json({{"selectedColumns", {"nobody"}}})), R"([{"id": 1}])"), 8046);
}

TEST_F(JsonContract, TypesAndOnErrorWorkAsForCsv) {
  const Json types = Json::array({{{"columnName", "n"}, {"dataType", "DECIMAL_NUMBER"}}});
  const Json info = loaded("", new_table("t", json({{"columnDataTypes", types}, {"onError", "skiprow"}})),
                           "[{\"n\": 1, \"ok\": true},\n {\"n\": \"two\", \"ok\": false},\n {\"n\": 2.5e1}]");
  EXPECT_EQ(info.at("columnDetails"), Json({{"n", "Decimal Number"}, {"ok", "True/False"}}));
  EXPECT_THAT(info.at("importErrors"), HasSubstr("[Line: 2 Field: 1] (two) -ERROR"));
  EXPECT_EQ(info.at("importSummary").at("totalRowCount"), 3);
  EXPECT_EQ(exported("t"), (Rows{{"n", "ok"}, {"1", "true"}, {"25", ""}}));
  EXPECT_EQ(failed(info.at("viewId"), existing("append", json()), R"([{"n": "many"}])"), 7232);
}

TEST_F(JsonContract, ABrokenFileFailsTheJobWith7248AndLeavesNoTable) {
  const Json job = ended(create("", new_table("t", json()), "[{\"a\": 1},\n{\"a\": 2,}]"));
  EXPECT_EQ(job.at("jobInfo").at("errorCode"), 7248);
  EXPECT_THAT(job.at("jobInfo").at("errorMessage"), HasSubstr("line 2"));
  EXPECT_EQ(service_.count("SELECT count(*) FROM sqlite_master WHERE name = 't'"), 0);
}

}  // namespace
}  // namespace dropload::test
