// The export call as it stands on the wire: each value of each of its settings, and what it refuses.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

using testing::StartsWith;

class ExportContract : public WireTest {
 protected:
  std::string csv(const Json& more = Json::object()) {
    Json config{{"responseFormat", "csv"}};
    config.update(more);
    const auto answer = export_of(view_, config);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.headers["Content-Type"], "text/csv;charset=UTF-8");
    return answer.body;
  }
  Json json(const Json& more = Json::object()) {
    Json config{{"responseFormat", "json"}};
    config.update(more);
    const auto answer = export_of(view_, config);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.headers["Content-Type"], "application/json;charset=UTF-8");
    return answer.json();
  }

  const std::string file_ = "id,note,day\n1,it's,2026-11-03\n2,\"say \"\"a, b\"\"\",\n";
  const std::string view_ = made("t", file_);
};

TEST_F(ExportContract, ResponseFormatIsCsvOrJsonInAnyCase) {
  for (const char* word : {"csv", "CSV"}) EXPECT_EQ(csv({{"responseFormat", word}}), file_);
  for (const char* word : {"json", "Json"}) {
    EXPECT_EQ(json({{"responseFormat", word}}).at("data").at(0),
              Json({{"id", "1"}, {"note", "it's"}, {"day", "2026-11-03"}}));
  }
}

TEST_F(ExportContract, AResponseFormatThatIsNotSpokenIs8119) {
  for (const char* word : {"xml", "xls", "pdf", "html", "image", "text"}) {
    expect_refusal(export_of(view_, {{"responseFormat", word}}), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
  }
}

TEST_F(ExportContract, SelectedColumnsAreTheOnlyOnesInTheirOrder) {
  EXPECT_EQ(csv({{"selectedColumns", {"day", "ID"}}}), "day,id\n2026-11-03,1\n,2\n");
  EXPECT_EQ(json({{"selectedColumns", {"note"}}}).at("data").at(0), Json({{"note", "it's"}}));
}

TEST_F(ExportContract, DelimiterIsOneOfFour) {
  const std::string characters = ",\t; ";
  for (int i = 0; i < 4; ++i) {
    const std::string d(1, characters[static_cast<std::size_t>(i)]);
    const std::string text = csv({{"delimiter", i}, {"selectedColumns", {"id", "day"}}});
    EXPECT_EQ(text, "id" + d + "day\n1" + d + "2026-11-03\n2" + d + "\n") << i;
  }
  EXPECT_THAT(csv({{"delimiter", "2"}}), StartsWith("id;note;day\n"));
}

TEST_F(ExportContract, QuotedIsSingleOrDouble) {
  EXPECT_EQ(csv({{"quoted", 0}}), "id,note,day\n1,'it''s',2026-11-03\n2,'say \"a, b\"',\n");
  EXPECT_EQ(csv({{"quoted", 1}}), file_);
  EXPECT_EQ(csv({{"quoted", "1"}}), file_);
}

TEST_F(ExportContract, RecordDelimiterIsDosUnixOrMac) {
  const Json one{{"selectedColumns", {"id"}}};
  const auto with = [&](const Json& value) {
    Json config = one;
    config["recordDelimiter"] = value;
    return csv(config);
  };
  EXPECT_EQ(with(0), "id\r\n1\r\n2\r\n");
  EXPECT_EQ(with(1), "id\n1\n2\n");
  EXPECT_EQ(with(2), "id\r1\r2\r");
  EXPECT_EQ(with("0"), "id\r\n1\r\n2\r\n");
}

TEST_F(ExportContract, IncludeHeaderSaysWhetherTheNamesStandFirst) {
  for (const Json& yes : {Json(true), Json("true"), Json("TRUE")}) EXPECT_EQ(csv({{"includeHeader", yes}}), file_);
  for (const Json& no : {Json(false), Json("false")}) {
    EXPECT_EQ(csv({{"includeHeader", no}, {"selectedColumns", {"id"}}}), "1\n2\n");
  }
}

TEST_F(ExportContract, KeyValueFormatSaysWhetherEachRowNamesItsColumns) {
  for (const Json& yes : {Json(true), Json("true")}) {
    EXPECT_EQ(json({{"keyValueFormat", yes}, {"selectedColumns", {"id", "day"}}}),
              Json({{"data", {{{"id", "1"}, {"day", "2026-11-03"}}, {{"id", "2"}, {"day", ""}}}}}));
  }
  for (const Json& no : {Json(false), Json("false")}) {
    EXPECT_EQ(json({{"keyValueFormat", no}, {"selectedColumns", {"id", "day"}}}),
              Json::parse(R"({"column_order": ["id", "day"], "rows": [["1", "2026-11-03"], ["2", ""]]})"));
  }
}

TEST_F(ExportContract, CriteriaAre8119BecauseAllRowsWouldBeTooMany) {
  const auto answer = export_of(view_, {{"responseFormat", "csv"}, {"criteria", "\"t\".\"id\"=1"}});
  expect_refusal(answer, 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
}

TEST_F(ExportContract, WhatAsksForWhatIsNotThereIsRefused) {
  const Json json{{"responseFormat", "json"}};
  expect_refusal(service_.get(view_path(view_) + "/data?CONFIG="), 400, 8504, "LESS_THAN_MIN_OCCURANCE");
  expect_refusal(export_of(view_, Json::array()), 400, 8080, "INVALID_JSON_CONFIGURATION");
  expect_refusal(export_of(view_, Json::object()), 400, 8079, "ATTRIBUTE_NOT_PRESENT_IN_JSON_CONFIGURATION");
  const auto with = [&](const std::string& key, const Json& value) {
    return export_of(view_, {{"responseFormat", "csv"}, {key, value}});
  };
  expect_refusal(with("selectedColumns", {"nobody"}), 400, 8046, "INVALID_COLUMNS_SELECTED");
  expect_refusal(with("selectedColumns", Json::array()), 400, 8547, "ARRAY_SIZE_OUT_OF_RANGE");
  expect_refusal(with("includeHeader", "perhaps"), 400, 8516, "UNABLE_TO_PARSE_DATA_TYPE");
  for (const auto& [key, most] : {std::pair("delimiter", 3), std::pair("quoted", 1), std::pair("recordDelimiter", 2)}) {
    expect_refusal(with(key, most + 1), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
    expect_refusal(with(key, -1), 400, 8119, "INVALID_VALUE_FOR_ATTRIBUTE");
  }
  expect_refusal(export_of("1000000000000000001", json), 404, 7104, "META_OBJECT_NOT_PRESENT");
  const std::string elsewhere = "/restapi/v2/workspaces/1000000000000000001/views/" + view_ + "/data?CONFIG=";
  expect_refusal(service_.get(elsewhere + http::percent_encode(json.dump())), 404, 7103, "META_OBJECT_NOT_PRESENT");
}

TEST_F(ExportContract, NeedsATokenAndAnOrganization) {
  const std::string target = view_path(view_) + "/data?CONFIG=%7B%22responseFormat%22%3A%22csv%22%7D";
  const Headers token{service_.headers().front()};
  expect_refusal(service_.send(http::Verb::get, target, {}), 401, 8535, "INVALID_OAUTHTOKEN");
  expect_refusal(service_.send(http::Verb::get, target, token), 400, 8083, "ORGID_NOT_PRESENT_IN_THE_HEADER");
}

TEST_F(ExportContract, AnExportOfAnExportIsTheSame) {
  const std::string once = csv();
  made("again", once);
  EXPECT_EQ(export_of(view_named("again"), {{"responseFormat", "csv"}}).body, once);
}

}  // namespace
}  // namespace dropload::test
