// What is refused when a job is to be made: one test a code, with its status and its symbol.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ValidationContract : public WireTest {
 protected:
  std::string path() { return "/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/data"; }
  // A create call with CONFIG as this text.
  HttpAnswer create_with(const std::string& config_text) {
    return service_.create(path() + "?CONFIG=" + http::percent_encode(config_text), {file_});
  }
  HttpAnswer create_new(const Json& more) { return create("", new_table("t", more), "a\n1\n"); }

  const Part file_{"FILE", "a\n1\n", "a.csv", "text/csv"};
};

TEST_F(ValidationContract, TheEncodingIsTakenAndFoundOutAllTheSame) {
  EXPECT_EQ(create_new({{"encoding", "UTF-8"}}).status, 200);
}

TEST_F(ValidationContract, QuoteCharIsAnotherWordForQuotedAndOthersAre8119) {
  made("q", "a;b\n'1;2';3\n", {{"quoteChar", "'"}, {"delimiter", 2}});
  EXPECT_EQ(exported("q"), (Rows{{"a", "b"}, {"1;2", "3"}}));
  expect_refusal(create_new({{"quoteChar", "|"}}), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
  expect_refusal(create_new({{"quoteChar", "'"}, {"quoted", 2}}), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
}

TEST_F(ValidationContract, WhatIsNotSupportedHereIsSaidToBe8516) {
  for (const Json& more : {Json{{"nullValue", "n/a"}}, Json{{"trimSpaces", true}}}) {
    const auto answer = create_new(more);
    expect_refusal(answer, 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
    EXPECT_THAT(answer.body, AllOf(HasSubstr(more.begin().key()), HasSubstr("This import service has not got")));
  }
  EXPECT_EQ(create_new({{"nullValue", ""}, {"trimSpaces", "false"}}).status, 200) << "that is what it does";
}

TEST_F(ValidationContract, ATableNameOfBlanksIs8078) {
  const auto answer = create("", new_table("  \t "), "a\n1\n");
  EXPECT_EQ(answer.error_code(), 8078) << answer.body;
}

TEST_F(ValidationContract, FormatsOfColumnsThatNobodyHasAre8046) {
  const std::string view = made("there", "a,d\n1,2026-11-23\n");
  const Json formats{{"columnDateFormat", {{"nope", "dd.MM.yyyy"}}}};
  const Json separators{{"columnSeparators", {{"nope", {0, 0}}}}};
  for (const Json& more : {formats, separators}) {
    EXPECT_EQ(failed(view, existing("append", more), "a,d\n1,2026-11-23\n"), 8046) << more;
    EXPECT_EQ(failed("", new_table(fresh_name(), more), "a,d\n1,2026-11-23\n"), 8046) << more;
  }
  loaded(view, existing("append", {{"columnDateFormat", {{"D", "dd.MM.yyyy"}}}}), "a\n1\n");
  loaded(view, existing("append", {{"columnDateFormat", {{"new", "dd.MM.yyyy"}}}}), "a,new\n1,23.11.2026\n");
}

TEST_F(ValidationContract, AKeyThatNoDocumentNamesIs8516WithTheOneThatWasMeant) {
  const auto answer = create_new({{"onErorr", "skiprow"}});
  expect_refusal(answer, 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  EXPECT_THAT(answer.json().at("data").at("errorMessage").get<std::string>(),
              AllOf(HasSubstr("onErorr"), HasSubstr("did you mean onError?")));
  const auto far_off = create_new({{"importHiddenRows", false}});
  expect_refusal(far_off, 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  EXPECT_THAT(far_off.body, AllOf(HasSubstr("importHiddenRows"), Not(HasSubstr("did you mean"))));
  const std::string view = made("there", "a\n1\n");
  expect_refusal(create(view, existing("append", {{"matchingColumn", {"a"}}}), "a\n1\n"), 400, 8516,
                 "UNABLE_TO_PARSE_DATA_TYPE");
}

TEST_F(ValidationContract, SoItIsInAFormPartAndInEachBatch) {
  Json config = new_table("t", {{"skiptop", 1}});
  expect_refusal(service_.create(path(), {file_, {"CONFIG", config.dump(), "", ""}}), 400, 8516,
                 "UNABLE_TO_PARSE_DATA_TYPE");
  Json batch{{"tableName", "t"}, {"autoIdentify", true}, {"batchKey", "start"}, {"isLastBatch", false}};
  const auto send = [&](const Json& content) {
    return service_.create(path() + "/batch?CONFIG=" + http::percent_encode(content.dump()), {file_});
  };
  batch["selectedColumn"] = {"a"};
  expect_refusal(send(batch), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  batch.erase("selectedColumn");
  const Json next{{"batchKey", send(batch).json().at("data").at("batchKey")}, {"isLastBach", true}};
  expect_refusal(send(next), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
}

TEST_F(ValidationContract, NoConfigIs8504) {
  expect_refusal(service_.create(path(), {file_}), 400, 8504, "LESS_THAN_MIN_OCCURANCE");
  expect_refusal(create_with(""), 400, 8504, "LESS_THAN_MIN_OCCURANCE");
}

TEST_F(ValidationContract, NoFileIs8504) {
  expect_refusal(service_.create(path(), {{"CONFIG", new_table("t").dump(), "", ""}}), 400, 8504,
                 "LESS_THAN_MIN_OCCURANCE");
}

TEST_F(ValidationContract, TwoFilesOrTwoConfigPartsAre8506) {
  const Part config{"CONFIG", new_table("t").dump(), "", ""};
  for (const auto& parts : {std::vector<Part>{config, file_, file_}, std::vector<Part>{config, file_, config}}) {
    expect_refusal(service_.create(path(), parts), 400, 8506, "MORE_THAN_MAX_OCCURANCE");
  }
}

TEST_F(ValidationContract, NoJsonIs8080) {
  for (const char* text : {"{", "[]", "tableName=t", "{\"tableName\":\"t\"} x"}) {
    expect_refusal(create_with(text), 400, 8080, "INVALID_JSON_CONFIGURATION");
  }
}

TEST_F(ValidationContract, AWrongJsonTypeIs8516) {
  for (const Json& more : {Json{{"autoIdentify", "perhaps"}}, Json{{"skipTop", "two"}}, Json{{"selectedColumns", "a"}},
                           Json{{"columnDataTypes", {{"a", "NUMBER"}}}}, Json{{"dateFormat", 5}}}) {
    expect_refusal(create_new(more), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  }
}

TEST_F(ValidationContract, AMissingKeyIs8079) {
  const std::string view = made("there", "a\n1\n");
  for (const char* key : {"tableName", "fileType", "autoIdentify"}) {
    Json config = new_table("t");
    config.erase(key);
    const auto answer = create("", config, "a\n1\n");
    expect_refusal(answer, 400, 8079, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
    EXPECT_THAT(answer.body, HasSubstr(key));
  }
  Json config = existing("append");
  config.erase("importType");
  expect_refusal(create(view, config, "a\n1\n"), 400, 8079, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  expect_refusal(create(view, existing("updateadd"), "a\n1\n"), 400, 8079,
                 "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  for (const Json& more :
       {Json{{"autoIdentify", false}, {"quoted", 2}}, Json{{"autoIdentify", false}, {"delimiter", 0}}}) {
    expect_refusal(create_new(more), 400, 8079, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  }
}

TEST_F(ValidationContract, AnEmptyTableNameIs8078) {
  expect_refusal(create_new({{"tableName", ""}}), 400, 8078, "EMPTY_JSON_ATTRIBUTE_FOUND");
}

TEST_F(ValidationContract, AnUnknownWordOrNumberIs8119) {
  const std::string view = made("there", "a\n1\n");
  expect_refusal(create(view, existing("replace"), "a\n1\n"), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
  for (const Json& more :
       {Json{{"onError", "ignore"}}, Json{{"delimiter", 5}}, Json{{"quoted", 3}}, Json{{"thousandSeparator", 5}},
        Json{{"decimalSeparator", 2}}, Json{{"commentChar", "//"}}, Json{{"fileType", "docx"}}}) {
    expect_refusal(create_new(more), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
  }
}

TEST_F(ValidationContract, AFileTypeThatIsNotSupportedIsSaidToBeAndMakesNoJob) {
  for (const char* type : {"xls", "XLSX", "xml", "parquet", "geometry"}) {
    const auto answer = create_new({{"fileType", type}});
    expect_refusal(answer, 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
    EXPECT_THAT(answer.body, HasSubstr("not supported here, only csv and json"));
  }
  EXPECT_EQ(service_.service().most_jobs_at_once(), 0);
}

TEST_F(ValidationContract, ABatchOfAnotherFileTypeThanCsvIs8119) {
  const auto send = [&](const Json& type) {
    const Json batch{{"tableName", "t"}, {"autoIdentify", true}, {"batchKey", "start"}, {"fileType", type}};
    return service_.create(path() + "/batch?CONFIG=" + http::percent_encode(batch.dump()), {file_});
  };
  for (const char* type : {"json", "xlsx", "parquet", "cvs"}) {
    expect_refusal(send(type), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
    EXPECT_THAT(send(type).body, AllOf(HasSubstr(type), HasSubstr("CSV")));
  }
  expect_refusal(send(7), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  EXPECT_EQ(service_.service().most_jobs_at_once(), 0);
  EXPECT_EQ(send("CSV").status, 200);
}

TEST_F(ValidationContract, TheSameSeparatorTwiceIs8148) {
  expect_refusal(create_new({{"thousandSeparator", 0}, {"decimalSeparator", 1}}), 400, 8148,
                 "DECIMAL_AND_THOUSAND_SEPARATOR_SAME");
  expect_refusal(create_new({{"columnSeparators", {{"a", {1, 0}}}}}), 400, 8148, "DECIMAL_AND_THOUSAND_SEPARATOR_SAME");
}

TEST_F(ValidationContract, OneSeparatorOfAColumnIs8149) {
  expect_refusal(create_new({{"columnSeparators", {{"a", Json::array({1})}}}}), 400, 8149,
                 "DECIMAL_AND_THOUSAND_COLUMN_SEPARATOR_LEGNTH_VALIDATION");
}

TEST_F(ValidationContract, ABadDatePatternIs7512) {
  expect_refusal(create_new({{"dateFormat", "day.month"}}), 400, 7512, "INVALID_DATE_FORMAT");
  const auto no_date = create_new({{"columnDateFormat", {{"a", "HH:mm"}}}});
  expect_refusal(no_date, 400, 7512, "INVALID_DATE_FORMAT");
  EXPECT_THAT(no_date.body, AllOf(HasSubstr("HH:mm"), HasSubstr("has no year, month and day; write something like")));
}

TEST_F(ValidationContract, AListTooShortOrTooLongIs8547) {
  const std::string view = made("there", "a\n1\n");
  expect_refusal(create_new({{"selectedColumns", Json::array()}}), 400, 8547, "ARRAY_SIZE_OUT_OF_RANGE");
  expect_refusal(create_new({{"selectedColumns", std::vector<std::string>(301, "a")}}), 400, 8547,
                 "ARRAY_SIZE_OUT_OF_RANGE");
  expect_refusal(
      create(view, existing("updateadd", {{"matchingColumns", std::vector<std::string>(101, "a")}}), "a\n1\n"), 400,
      8547, "ARRAY_SIZE_OUT_OF_RANGE");
}

TEST_F(ValidationContract, AMatchingColumnThatTheTableHasNotIs7107) {
  const std::string view = made("there", "a\n1\n");
  expect_refusal(create(view, existing("updateadd", {{"matchingColumns", {"b"}}}), "a\n1\n"), 400, 7107,
                 "META_OBJECT_NOT_PRESENT");
}

TEST_F(ValidationContract, ASelectedColumnThatTheTableHasNotIs8046) {
  const std::string view = made("there", "a\n1\n");
  expect_refusal(create(view, existing("append", {{"selectedColumns", {"b"}}}), "a\n1\n"), 400, 8046,
                 "INVALID_COLUMNS_SELECTED");
}

TEST_F(ValidationContract, ATableNameThatIsTakenIs7111) {
  made("there", "a\n1\n");
  expect_refusal(create("", new_table("There"), "a\n1\n"), 400, 7111, "META_DBOBJECT_NAME_DUPLICATED");
}

TEST_F(ValidationContract, AnUnknownWorkspaceIs7103) {
  const auto answer = service_.create(
      "/restapi/v2/bulk/workspaces/1000000000000000001/data?CONFIG=" + http::percent_encode(new_table("t").dump()),
      {file_});
  expect_refusal(answer, 404, 7103, "META_OBJECT_NOT_PRESENT");
}

TEST_F(ValidationContract, AnUnknownViewIs7104) {
  expect_refusal(create("1000000000000000001", existing("append"), "a\n1\n"), 404, 7104, "META_OBJECT_NOT_PRESENT");
}

TEST_F(ValidationContract, AMissingOrBadTokenIs8535) {
  const std::string organization = service_.service().credentials().organization_id;
  for (const Headers& headers :
       {Headers{{"ZANALYTICS-ORGID", organization}},
        Headers{{"ZANALYTICS-ORGID", organization}, {"Authorization", "Zoho-oauthtoken 1000.x.y"}}}) {
    expect_refusal(service_.send(http::Verb::post, path(), headers), 401, 8535, "INVALID_OAUTHTOKEN");
  }
}

TEST_F(ValidationContract, ATokenThatHasExpiredIs8535AndANewOneIsTaken) {
  const Headers old = service_.headers();
  service_.clock().advance(Milliseconds{3'600'000});
  expect_refusal(service_.send(http::Verb::get, "/restapi/v2/orgs", old), 401, 8535, "INVALID_OAUTHTOKEN");
  EXPECT_EQ(service_.get("/restapi/v2/orgs").status, 200);
}

TEST_F(ValidationContract, AMissingOrganizationHeaderIs8083) {
  const Headers headers{{"Authorization", "Zoho-oauthtoken " + service_.access_token()}};
  expect_refusal(service_.send(http::Verb::post, path(), headers), 400, 8083, "ORGID_NOT_PRESENT_IN_THE_HEADER");
}

TEST_F(ValidationContract, AnotherOrganizationIs7301) {
  const Headers headers{{"Authorization", "Zoho-oauthtoken " + service_.access_token()}, {"ZANALYTICS-ORGID", "1"}};
  expect_refusal(service_.send(http::Verb::post, path(), headers), 403, 7301, "SECURITY_NOT_PERMITTED");
}

TEST_F(ValidationContract, AnEmptyFileIs7203) {
  expect_refusal(create("", new_table("t"), ""), 400, 7203, "IMPORT_FILE_EMPTY");
}

TEST_F(ValidationContract, AFormThatIsNoneIs7248) {
  const auto answer =
      service_.send(http::Verb::post, service_.create_target(new_table("t")), service_.headers(), "a\n1\n");
  expect_refusal(answer, 400, 7248, "INVALID_FILE_CONTENT");
}

TEST_F(ValidationContract, ANameIsFreeAgainWhenItsJobHasFailed) {
  EXPECT_EQ(failed("", new_table("t", {{"selectedColumns", {"nobody"}}}), "a\n1\n"), 8046);
  made("t", "a\n1\n");
}

}  // namespace
}  // namespace dropload::test
