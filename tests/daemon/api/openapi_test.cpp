#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "daemon/api/problem.h"
#include "tests/daemon/api/asking.h"
#include "tests/support/openapi_check.h"

namespace dropload::api {
namespace {

using testing::IsEmpty;
using testing::Not;
using Names = std::set<std::string>;

const nlohmann::json& document() {
  static const test::OpenapiCheck check;
  return check.document();
}

TEST(Openapi, TheDocumentIsServedAsItStandsInTheRepository) {
  const test::ApiServer server;
  const auto asked = ask_of(server, "GET /openapi.json");
  EXPECT_EQ(asked.status, 200);
  EXPECT_THAT(asked.head, testing::HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_EQ(nlohmann::json::parse(asked.body), document());
  EXPECT_EQ(document().at("openapi"), "3.1.0");
  EXPECT_EQ(document().at("info").at("version"), DROPLOAD_VERSION);
}

TEST(Openapi, AnAnswerThatIsNotAsDescribedIsFoundOut) {
  const test::OpenapiCheck check;
  http::Response response;
  const auto offences = [&](const std::string& path) { return check.offences("GET", path, response); };
  response.body = R"({"status":"ok","version":"1"})";
  EXPECT_THAT(offences("/healthz"), IsEmpty());
  EXPECT_THAT(offences("/nosuch"), Not(IsEmpty()));
  response.body = R"({"status":"ok","version":1})";
  EXPECT_THAT(offences("/healthz"), testing::ElementsAre(".version should be of type \"string\" and is 1"));
  response.body = R"({"status":"bad","more":1})";
  EXPECT_EQ(offences("/healthz").size(), 3U);
  response.body = R"({"ready":true,"reasons":[1]})";
  EXPECT_EQ(offences("/readyz").size(), 1U);
  response.status = http::Status::accepted;
  EXPECT_EQ(offences("/readyz").size(), 1U);
  response = to_response(problem("gone", "x"));
  EXPECT_THAT(offences("/v1/submissions/7/original"), IsEmpty());
  response.content_type = "text/plain";
  EXPECT_EQ(offences("/v1/submissions/7/original").size(), 1U);
}

TEST(Openapi, TheDocumentAndTheTableNameTheSamePathsAndMethods) {
  Names of_table;
  for (const auto& pattern : api_patterns()) {
    const auto verb = std::string_view(boost::beast::http::to_string(pattern.verb));
    of_table.insert(fmt::format("{} {}", verb, pattern.pattern));
  }
  Names of_document;
  for (const auto& [path, methods] : document().at("paths").items()) {
    for (const auto& [method, operation] : methods.items())
      of_document.insert(fmt::format("{} {}", boost::algorithm::to_upper_copy(method), path));
  }
  EXPECT_EQ(of_table, of_document);
}

TEST(Openapi, EveryOperationHasANameOfItsOwnASentenceAndItsPathsParameters) {
  Names names;
  for (const auto& [path, methods] : document().at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(names.insert(operation.at("operationId")).second) << path;
      EXPECT_THAT(operation.at("summary").get<std::string>(), Not(IsEmpty())) << path;
      Names described;
      for (const auto& parameter : operation.value("parameters", nlohmann::json::array())) {
        if (parameter.at("in") == "path") described.insert("{" + parameter.at("name").get<std::string>() + "}");
      }
      Names captured;
      const std::regex capture(R"(\{[^}]+\})");
      for (std::sregex_iterator found(path.begin(), path.end(), capture), end; found != end; ++found)
        captured.insert(found->str());
      EXPECT_EQ(described, captured) << path;
    }
  }
}

// What an operation says that it knows, when it is given something else.
Names known_parameters(const test::ApiServer& server, const std::string& method, const std::string& path,
                       queue::SubmissionId id) {
  auto target = std::regex_replace(path, std::regex(R"(\{id\})"), std::to_string(id));
  target = std::regex_replace(target, std::regex(R"(\{name\})"),
                              path.find("organizations") != std::string::npos ? "main" : "orders");
  target = std::regex_replace(target, std::regex(R"(\{[a-z]+\})"), "a");
  const auto asked = ask_of(server, fmt::format("{} {}?nosuch=1", method, target));
  Names names;
  if (asked.status != 400) return names;  // it takes none, and ignores them
  const auto detail = asked.json()["detail"].get<std::string>();
  EXPECT_THAT(detail, testing::HasSubstr("nosuch")) << method << " " << path;
  const auto list = detail.find("known are ");
  if (list == std::string::npos) return names;
  const std::regex name("[a-z_]+");
  const auto text = detail.substr(list + std::string_view("known are ").size());
  for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found)
    names.insert(found->str());
  return names;
}

TEST(Openapi, TheDocumentAndTheCodeKnowTheSameParameters) {
  test::ApiServer server;
  const auto id = server.accept("a.csv").id;
  for (const auto& [path, methods] : document().at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      Names described;
      for (const auto& parameter : operation.value("parameters", nlohmann::json::array())) {
        if (parameter.at("in") == "query") described.insert(parameter.at("name").get<std::string>());
      }
      if (path == "/v1/packages/{id}" || path.ends_with("/ignored")) continue;  // there is none of it here
      EXPECT_EQ(known_parameters(server, boost::algorithm::to_upper_copy(method), path, id), described)
          << method << " " << path;
    }
  }
}

}  // namespace
}  // namespace dropload::api
