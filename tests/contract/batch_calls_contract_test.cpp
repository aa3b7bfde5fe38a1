// The batch calls (import-api.md, section 5) as they stand on the wire: what they take, in the ways in which the
// official clients send it, and what they refuse.

#include "tests/contract/wire_fixture.h"
#include "tests/support/zip.h"

namespace dropload::test {
namespace {

using testing::HasSubstr;

class BatchCallsContract : public WireTest {
 protected:
  struct Begun {
    std::string view;  // "" for a new table
    std::string job;
    std::string key;
  };

  explicit BatchCallsContract(service::Settings settings = {}) : WireTest(std::move(settings)) {}

  // All of CONFIG, as clients repeat it with every batch; booleans as text, as most of them write it.
  static Json batch(const std::string& key, const Json& is_last, const Json& more = Json::object()) {
    Json config{{"autoIdentify", "true"}, {"onError", "abort"}, {"batchKey", key}, {"isLastBatch", is_last}};
    config.update(more);
    return config;
  }
  std::string path(const std::string& view) {
    const std::string workspace = "/restapi/v2/bulk/workspaces/" + service_.workspace_id();
    return workspace + (view.empty() ? "" : "/views/" + view) + "/data/batch";
  }
  HttpAnswer send(const std::string& view, const Json& config, const std::string& file,
                  const std::string& type = "text/csv") {
    return service_.create(path(view) + "?CONFIG=" + http::percent_encode(config.dump()),
                           {{"FILE", file, "batch.csv", type}});
  }
  Begun begun(const std::string& view, const Json& more, const std::string& file) {
    const auto answer = send(view, batch("start", "false", more), file);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json().at("summary"), "Create bulk import job");
    const Json data = answer.json().value("data", Json::object());
    return {view, data.value("jobId", ""), data.value("batchKey", "")};
  }
  // A batch that must be taken; the answer names the same job and key again.
  void go_on(const Begun& job, const std::string& file, const Json& is_last) {
    const auto answer = send(job.view, batch(job.key, is_last), file);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json().at("data"), Json({{"jobId", job.job}, {"batchKey", job.key}}));
  }
  Json import_summary(const Begun& job) {
    const Json details = service_.wait_for_end(job.job);
    EXPECT_EQ(details.at("jobCode"), "1004") << details;
    EXPECT_EQ(details.at("batchKey"), job.key);
    return details.at("jobInfo").value("importSummary", Json::object());
  }
  HttpAnswer next(const Begun& job, const std::string& file) { return send(job.view, batch(job.key, false), file); }
};

TEST_F(BatchCallsContract, BatchKeyStartBeginsAJobAndItsAnswersKeyGoesOnWithIt) {
  const Begun job = begun("", {{"tableName", "t"}}, "id,name\n1,one\n");
  EXPECT_NE(job.key, "start");
  const Json waiting = service_.job(job.job);
  EXPECT_EQ(waiting.at("batchKey"), job.key);
  EXPECT_THAT(waiting.at("jobCode"), testing::AnyOf("1001", "1002"));
  go_on(job, "id,name\n2,two\n", false);
  go_on(job, "id,name\n3,three\n", true);
  const Json summary = import_summary(job);
  EXPECT_EQ(summary.at("importType"), "APPEND");
  EXPECT_EQ(summary.at("importOperation"), "created");
  EXPECT_EQ(summary.at("totalRowCount"), 3);
  EXPECT_EQ(exported("t"), (Rows{{"id", "name"}, {"1", "one"}, {"2", "two"}, {"3", "three"}}));
}

TEST_F(BatchCallsContract, IsLastBatchIsABooleanOrATextAndFalseWhenItIsMissing) {
  for (const Json& yes : {Json(true), Json("true"), Json("TRUE")}) {
    for (const Json& no : {Json(false), Json("false"), Json(nullptr)}) {
      const std::string name = fresh_name();
      Json first = batch("start", no, {{"tableName", name}});
      if (no.is_null()) first.erase("isLastBatch");
      const Json data = send("", first, "a\n1\n").json().at("data");
      const Begun job{"", data.at("jobId"), data.at("batchKey")};
      go_on(job, "a\n2\n", no);
      go_on(job, "a\n3\n", yes);
      import_summary(job);
      EXPECT_EQ(exported(name), (Rows{{"a"}, {"1"}, {"2"}, {"3"}})) << no << yes;
    }
  }
}

TEST_F(BatchCallsContract, EachImportTypeDoesInBatchesWhatItDoesAtOnce) {
  const std::string table = "id,n\n1,10\n2,20\n";
  const Begun append = begun(made("a", table), {{"importType", "append"}}, "id,n\n3,30\n");
  go_on(append, "id,n\n1,11\n", true);
  EXPECT_EQ(import_summary(append).at("importOperation"), "updated");
  EXPECT_EQ(exported("a"), (Rows{{"id", "n"}, {"1", "10"}, {"2", "20"}, {"3", "30"}, {"1", "11"}}));

  const Begun replace = begun(made("b", table), {{"importType", "TRUNCATEADD"}}, "id,n\n3,30\n");
  EXPECT_EQ(exported("b"), (Rows{{"id", "n"}, {"1", "10"}, {"2", "20"}})) << "until the last batch is in";
  go_on(replace, "id,n\n4,40\n", true);
  EXPECT_EQ(import_summary(replace).at("importType"), "TRUNCATEADD");
  EXPECT_EQ(exported("b"), (Rows{{"id", "n"}, {"3", "30"}, {"4", "40"}}));

  const Json update{{"importType", "updateadd"}, {"matchingColumns", {"id"}}};
  const Begun job = begun(made("c", table), update, "id,n\n2,21\n3,30\n");
  go_on(job, "id,n\n3,31\n", true);
  EXPECT_EQ(import_summary(job).at("importType"), "UPDATEADD");
  EXPECT_EQ(exported("c"), (Rows{{"id", "n"}, {"1", "10"}, {"2", "21"}, {"3", "31"}}));
}

TEST_F(BatchCallsContract, TheFirstBatchesSettingsHoldForAllOthers) {
  const Json settings{{"tableName", "t"}, {"autoIdentify", false}, {"delimiter", 2},      {"quoted", 1},
                      {"skipTop", 1},     {"commentChar", "#"},    {"onError", "skiprow"}};
  const Begun job = begun("", settings, "top\nid;what\n1;'a;b'\n#;\n");
  const Json other{{"delimiter", 0}, {"skipTop", 0}, {"onError", "nonsense"}};
  EXPECT_EQ(send("", batch(job.key, true, other), "top\nid;what\n#;\n2;'c;d'\n").status, 200);
  import_summary(job);
  EXPECT_EQ(exported("t"), (Rows{{"id", "what"}, {"1", "a;b"}, {"2", "c;d"}}));
}

TEST_F(BatchCallsContract, ABatchMayBeAZipOfOneFileOfAnyNameAndType) {
  const Begun job = begun("", {{"tableName", "t"}}, zip_of({{"part1.csv", "id\n1\n"}}));
  for (const char* type : {"", "application/zip", "application/octet-stream", "text/csv"}) {
    const auto answer = send("", batch(job.key, false), zip_of({{"folder/part", "id\n2\n"}}), type);
    EXPECT_EQ(answer.status, 200) << type << answer.body;
  }
  go_on(job, "id\n", true);
  EXPECT_EQ(import_summary(job).at("totalRowCount"), 5);
  EXPECT_EQ(exported("t"), (Rows{{"id"}, {"1"}, {"2"}, {"2"}, {"2"}, {"2"}}));
}

TEST_F(BatchCallsContract, AZipThatIsNotOneFileIs7248AndAnEmptyOneIs7203) {
  const Begun job = begun("", {{"tableName", "t"}}, "id\n1\n");
  const std::string two = zip_of({{"a.csv", "id\n2\n"}, {"b.csv", "id\n3\n"}});
  const std::string cut = zip_of({{"a.csv", "id\n2\n"}}).substr(0, 40);
  for (const std::string& bad : {two, cut, zip_of({})}) {
    expect_refusal(next(job, bad), 400, 7248, "INVALID_FILE_CONTENT");
  }
  expect_refusal(next(job, zip_of({{"a.csv", ""}})), 400, 7203, "IMPORT_FILE_EMPTY");
  go_on(job, "id\n4\n", true);
  import_summary(job);
  EXPECT_EQ(exported("t"), (Rows{{"id"}, {"1"}, {"4"}})) << "what was refused may be sent better";
}

TEST_F(BatchCallsContract, TheLastBatchMayBeTheHeaderLineAlone) {
  const Begun job = begun("", {{"tableName", "t"}}, "id,name\n1,one\n");
  go_on(job, "id,name", true);
  EXPECT_EQ(import_summary(job).at("totalRowCount"), 1);
}

TEST_F(BatchCallsContract, ConfigMayBeAPartBeforeOrBehindTheFile) {
  const Part file{"FILE", "id\n1\n", "a.csv", ""};
  const Part first{"CONFIG", batch("start", false, {{"tableName", "t"}}).dump(), "", ""};
  const Json data = service_.create(path(""), {first, file}).json().at("data");
  const Part last{"CONFIG", batch(data.at("batchKey"), true).dump(), "", ""};
  EXPECT_EQ(service_.create(path(""), {file, last}).status, 200);
  EXPECT_EQ(service_.wait_for_end(data.at("jobId")).at("jobCode"), "1004");
  EXPECT_EQ(exported("t"), (Rows{{"id"}, {"1"}, {"1"}}));
}

TEST_F(BatchCallsContract, TheHundredAndFirstBatchIs7336) {
  const Begun job = begun("", {{"tableName", "t"}}, "n\n1\n");
  for (int i = 2; i <= 100; ++i) go_on(job, fmt::format("n\n{}\n", i), false);
  expect_refusal(next(job, "n\n101\n"), 400, 7336, "BATCH_IMPORT_LIMIT_EXCEEDED");
}

TEST_F(BatchCallsContract, ABatchAfterTheLastIs7337) {
  const Begun job = begun("", {{"tableName", "t"}}, "n\n1\n");
  go_on(job, "n\n2\n", true);
  expect_refusal(next(job, "n\n3\n"), 400, 7337, "BATCH_IMPORT_LAST_BATCH_ALREADY_RECEIVED");
  import_summary(job);
  expect_refusal(next(job, "n\n3\n"), 400, 7337, "BATCH_IMPORT_LAST_BATCH_ALREADY_RECEIVED");
}

TEST_F(BatchCallsContract, AKeyThatNobodyHasIs7338) {
  expect_refusal(next({"", "", "1694703482470_1767024000008426012"}, "n\n1\n"), 400, 7338, "BATCH_IMPORT_INVALID_KEY");
}

TEST_F(BatchCallsContract, AKeyOfAnotherTableIs7340) {
  const Begun job = begun(made("t", "n\n1\n"), {{"importType", "append"}}, "n\n2\n");
  expect_refusal(next({made("u", "n\n1\n"), "", job.key}, "n\n3\n"), 400, 7340, "BATCH_IMPORT_VIEWID_MISMATCH");
  expect_refusal(next({"", "", job.key}, "n\n3\n"), 400, 7340, "BATCH_IMPORT_VIEWID_MISMATCH");
}

TEST_F(BatchCallsContract, AFirstBatchIsRefusedAsAnyOtherCreate) {
  const std::string view = made("t", "n\n1\n");
  const auto refused = [&](const std::string& to, const Json& config, const std::string& file = "n\n1\n") {
    return send(to, config, file);
  };
  expect_refusal(refused("", {{"tableName", "u"}, {"autoIdentify", true}}), 400, 8079,
                 "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  expect_refusal(refused("", batch("start", false)), 400, 8079, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  expect_refusal(refused("", batch("start", false, {{"tableName", "T"}})), 400, 7111, "META_DBOBJECT_NAME_DUPLICATED");
  expect_refusal(refused("", batch("start", "perhaps", {{"tableName", "u"}})), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  expect_refusal(refused("", batch("start", false, {{"tableName", "u"}}), ""), 400, 7203, "IMPORT_FILE_EMPTY");
  const Json update{{"importType", "updateadd"}, {"matchingColumns", {"nobody"}}};
  expect_refusal(refused(view, batch("start", false, update)), 400, 7107, "META_OBJECT_NOT_PRESENT");
  expect_refusal(refused("1000000000000000001", batch("start", false, update)), 404, 7104, "META_OBJECT_NOT_PRESENT");
}

TEST_F(BatchCallsContract, JobsThatAreOpenHoldTheirSlotsAndTheSixthIs8134) {
  std::vector<Begun> open;
  for (int i = 0; i < 5; ++i) open.push_back(begun("", {{"tableName", fresh_name()}}, "n\n1\n"));
  const Json another = batch("start", false, {{"tableName", "sixth"}});
  expect_refusal(send("", another, "n\n1\n"), 400, 8134, "ASYNC_IMPORT_LIMIT_EXCEEDED");
  go_on(open.front(), "n\n", true);
  import_summary(open.front());
  EXPECT_EQ(send("", another, "n\n1\n").status, 200);
}

service::Settings with_small_batches() {
  service::Settings settings;
  settings.max_file_bytes = 1'000;
  return settings;
}

class BatchSizeContract : public BatchCallsContract {
 protected:
  BatchSizeContract() : BatchCallsContract(with_small_batches()) {}
};

TEST_F(BatchSizeContract, ABatchThatIsTooLargeIs413AndTheJobGoesOn) {
  const Begun job = begun("", {{"tableName", "t"}}, "n\n1\n");
  const auto refused = next(job, "n\n" + std::string(5'000, '7'));
  expect_refusal(refused, 413, 413, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE");
  EXPECT_THAT(refused.body, HasSubstr("larger than 1000 bytes"));
  go_on(job, "n\n2\n", true);
  import_summary(job);
  EXPECT_EQ(exported("t"), (Rows{{"n"}, {"1"}, {"2"}}));
}

}  // namespace
}  // namespace dropload::test
