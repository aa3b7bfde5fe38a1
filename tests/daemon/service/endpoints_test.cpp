#include <gtest/gtest.h>

#include "tests/support/running_service.h"

namespace dropload::service {
namespace {

using http::Verb;
using test::Headers;
using test::HttpAnswer;
using test::RunningService;

constexpr const char* api = "/restapi/v2";

std::string token_query(const Credentials& known) {
  return fmt::format("grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}", known.client_id,
                     known.client_secret, known.refresh_token);
}

TEST(TokenEndpoint, TakesItsParametersFromTheQueryOrAFormAtBothOfItsPaths) {
  RunningService service;
  const std::string query = token_query(service.service().credentials());
  const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
  for (const std::string path : {"/oauth/v2/token", "/iam/oauth/v2/token"}) {
    for (const auto& answer :
         {service.send(Verb::post, path + "?" + query, {}), service.send(Verb::post, path, form, query)}) {
      EXPECT_EQ(answer.status, 200);
      const auto token = answer.json();
      EXPECT_EQ(token.at("expires_in"), 3600);
      EXPECT_EQ(token.at("token_type"), "Bearer");
      const Headers headers{{"Authorization", "Zoho-oauthtoken " + token.at("access_token").get<std::string>()}};
      EXPECT_EQ(service.send(Verb::get, "/restapi/v2/orgs", headers).status, 200);
    }
  }
}

TEST(TokenEndpoint, TakesAPostWithNoLengthAndNoType) {
  RunningService service;
  const auto answer = service.send_raw("POST /oauth/v2/token?" + token_query(service.service().credentials()) +
                                       " HTTP/1.1\r\nHost: accounts\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.json().contains("access_token"));
}

TEST(TokenEndpoint, ACodeAnswersARefreshTokenInQueryAndForm) {
  Settings settings;
  settings.any_client = true;
  RunningService service(settings);
  const std::string query = "grant_type=authorization_code&client_id=a&client_secret=b&code=c";
  const Headers form{{"Content-Type", "application/x-www-form-urlencoded"}};
  for (const auto& answer : {service.send(Verb::post, "/oauth/v2/token?" + query, {}),
                             service.send(Verb::post, "/oauth/v2/token", form, query)}) {
    EXPECT_EQ(answer.status, 200);
    const std::string refresh_token = answer.json().at("refresh_token");
    EXPECT_EQ(answer.json().at("expires_in"), 3600);
    const auto token = service.send(
        Verb::post,
        "/oauth/v2/token?grant_type=refresh_token&client_id=a&client_secret=b&refresh_token=" + refresh_token, {});
    EXPECT_TRUE(token.json().contains("access_token"));
    EXPECT_FALSE(token.json().contains("refresh_token"));
  }
}

// Several organizations, each with its own credentials, one of them with a table.
TEST(Organizations, SeeNothingOfOneAnother) {
  Settings settings;
  settings.organizations.resize(2);
  for (const int i : {0, 1}) {
    auto& organization = settings.organizations[static_cast<std::size_t>(i)];
    organization.name = fmt::format("org{}", i);
    organization.id = fmt::format("60000{}", i);
    const std::string key = fmt::format("k{}", i);
    organization.clients = {{key, key, key}};
  }
  RunningService service(settings);
  service.wait_for_end(service.accepted_table("t", "id\n1\n"));
  const std::string first_workspace = service.workspace_id();

  const auto token = service.send(
      Verb::post, "/oauth/v2/token?grant_type=refresh_token&client_id=k1&client_secret=k1&refresh_token=k1", {});
  Headers other{{"Authorization", "Zoho-oauthtoken " + token.json().at("access_token").get<std::string>()}};
  const auto orgs = service.send(Verb::get, "/restapi/v2/orgs", other).json().at("data").at("orgs");
  ASSERT_EQ(orgs.size(), 1U);
  EXPECT_EQ(orgs.at(0).at("orgId"), "600001");
  const auto workspaces = service.send(Verb::get, "/restapi/v2/workspaces", other).json().at("data");
  ASSERT_EQ(workspaces.at("ownedWorkspaces").size(), 1U);
  EXPECT_NE(workspaces.at("ownedWorkspaces").at(0).at("workspaceId"), first_workspace);
  EXPECT_EQ(service.send(Verb::get, "/restapi/v2/workspaces/" + first_workspace, other).error_code(), 7103);
  const std::string views = fmt::format("/restapi/v2/workspaces/{}/views", first_workspace);
  other.emplace_back("ZANALYTICS-ORGID", "600000");
  EXPECT_EQ(service.send(Verb::get, views, other).error_code(), 7301);
  other.back().second = "600001";
  EXPECT_EQ(service.send(Verb::get, views, other).error_code(), 7103);
}

TEST(TokenEndpoint, SaysNoWithStatus200AndAWord) {
  RunningService service;
  auto credentials = service.service().credentials();
  credentials.refresh_token = "stolen";
  const auto answer = service.send(Verb::post, "/oauth/v2/token?" + token_query(credentials), {});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json(), (nlohmann::json{{"error", "invalid_code"}}));
}

TEST(Authorization, EveryCallNeedsATokenOfItsOwnThatHasNotExpired) {
  RunningService service;
  const auto organization = service.service().credentials().organization_id;
  const std::string path = "/restapi/v2/workspaces";
  const std::string token = service.access_token();
  for (const std::string value : {"", "Zoho-oauthtoken", "Zoho-oauthtoken x", "Bearer x"}) {
    const auto answer = service.send(Verb::get, path, {{"Authorization", value}, {"ZANALYTICS-ORGID", organization}});
    EXPECT_EQ(answer.status, 401) << value;
    EXPECT_EQ(answer.error_code(), 8535);
    EXPECT_EQ(answer.json().at("summary"), "INVALID_OAUTHTOKEN");
  }
  EXPECT_EQ(service.send(Verb::get, path, {{"Authorization", "Bearer " + token}}).error_code(), 8535);
  const Headers good{{"authorization", "zoho-oauthtoken " + token}};
  EXPECT_EQ(service.send(Verb::get, path, good).status, 200);
  service.clock().advance(Milliseconds{3'600'000});
  EXPECT_EQ(service.send(Verb::get, path, good).error_code(), 8535);
}

TEST(Authorization, TheOrganizationIsNeededWhereTheApiNeedsIt) {
  RunningService service;
  const std::string workspace = service.workspace_id();
  const Headers token_only{{"Authorization", "Zoho-oauthtoken " + service.access_token()}};
  Headers other_organization = token_only;
  other_organization.emplace_back("ZANALYTICS-ORGID", "1");
  const std::string views = fmt::format("{}/workspaces/{}/views", api, workspace);
  EXPECT_EQ(service.send(Verb::get, views, token_only).error_code(), 8083);
  const auto refused = service.send(Verb::get, views, other_organization);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.error_code(), 7301);
  for (const char* path :
       {"/orgs", "/workspaces", "/workspaces/owned", "/metadetails?CONFIG={\"workspaceName\":\"Main\"}"}) {
    std::string target = std::string(api) + path;
    if (const auto at = target.find('='); at != std::string::npos) {
      target = target.substr(0, at + 1) + http::percent_encode(target.substr(at + 1));
    }
    EXPECT_EQ(service.send(Verb::get, target, token_only).status, 200) << path;
  }
}

TEST(Paths, AnUnknownOneAndAWrongMethodAnswerWithAFailureEnvelope) {
  RunningService service;
  const auto unknown = service.get("/restapi/v2/nothing");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.json().at("status"), "failure");
  const auto wrong_method = service.send(Verb::post, "/restapi/v2/orgs", service.headers());
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.headers["Allow"], "GET");
  EXPECT_EQ(wrong_method.json().at("status"), "failure");
  EXPECT_EQ(service.get("/restapi/v2/orgs?").status, 200);
}

TEST(Reads, OrganizationsAndWorkspacesHaveTheDocumentedShapes) {
  Settings settings;
  settings.workspaces = {"Main", "Häuser & Gärten"};
  RunningService service(settings);
  const auto organization_id = service.service().credentials().organization_id;
  const auto orgs = service.get("/restapi/v2/orgs").json();
  EXPECT_EQ(orgs.at("status"), "success");
  EXPECT_EQ(orgs.at("data").at("orgs").at(0).at("orgId"), organization_id);
  EXPECT_EQ(orgs.at("data").at("orgs").at(0).at("numberOfworkspaces"), 2);

  const auto all = service.get("/restapi/v2/workspaces").json().at("data");
  EXPECT_TRUE(all.at("sharedWorkspaces").empty());
  ASSERT_EQ(all.at("ownedWorkspaces").size(), 2U);
  const auto second = all.at("ownedWorkspaces").at(1);
  EXPECT_EQ(second.at("workspaceName"), "Häuser & Gärten");
  EXPECT_EQ(second.at("orgId"), organization_id);
  EXPECT_EQ(service.get("/restapi/v2/workspaces/owned").json().at("data").at("workspaces"), all.at("ownedWorkspaces"));
  EXPECT_TRUE(service.get("/restapi/v2/workspaces/shared").json().at("data").at("workspaces").empty());

  const std::string id = second.at("workspaceId");
  EXPECT_EQ(service.get("/restapi/v2/workspaces/" + id).json().at("data").at("workspaces").at("workspaceName"),
            "Häuser & Gärten");
  const auto unknown = service.get("/restapi/v2/workspaces/1000000000000000001");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.error_code(), 7103);
}

TEST(Reads, NamesLeadToIds) {
  RunningService service;
  const auto ask = [&](const std::string& config) {
    return service.get("/restapi/v2/metadetails?CONFIG=" + http::percent_encode(config));
  };
  const auto workspace = ask(R"({"workspaceName":"Main"})").json().at("data").at("workspaces");
  EXPECT_EQ(workspace.at("workspaceId"), service.workspace_id());
  EXPECT_EQ(ask(R"({"workspaceName":"Other"})").error_code(), 7103);
  EXPECT_EQ(ask(R"({"workspaceName":"Main","viewName":"Sales"})").error_code(), 7104);
  EXPECT_EQ(ask(R"({"workspaceName":5})").error_code(), 8516);
  EXPECT_EQ(ask("{}").error_code(), 8079);
  EXPECT_EQ(ask("Main").error_code(), 8080);
  EXPECT_EQ(service.get("/restapi/v2/metadetails").error_code(), 8504);

  service.wait_for_end(service.accepted_table("Sales", "a,b\n1,x\n"));
  const auto found = ask(R"({"workspaceName":"Main","viewName":"Sales"})");
  ASSERT_EQ(found.status, 200);
  const auto views =
      service.get(fmt::format("{}/workspaces/{}/views", api, service.workspace_id())).json().at("data").at("views");
  ASSERT_EQ(views.size(), 1U);
  EXPECT_NE(found.body.find(views.at(0).at("viewId").get<std::string>()), std::string::npos);
}

TEST(Reads, ATableShowsItsColumnsAndItsLastImport) {
  RunningService service;
  const auto job = service.wait_for_end(service.accepted_table("Sales", "amount,what\n1,x\n2,y\n"));
  ASSERT_EQ(job.at("jobCode"), "1004") << job;
  const std::string view = fmt::format("{}/workspaces/{}/views/{}", api, service.workspace_id(),
                                       job.at("jobInfo").at("viewId").get<std::string>());
  const auto columns = service.get(view + "/metadata").json().at("data").at("columns");
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns.at(0).at("columnName"), "amount");
  EXPECT_EQ(columns.at(0).at("dataType"), "NUMBER");
  EXPECT_EQ(columns.at(0).at("dataTypeName"), "Number");
  EXPECT_EQ(columns.at(0).at("columnIndex"), 1);
  EXPECT_EQ(columns.at(1).at("dataTypeName"), "Plain Text");

  const auto last = service.get(view + "/importdetails").json().at("data");
  EXPECT_EQ(last.at("viewName"), "Sales");
  EXPECT_EQ(last.at("lastImportStatus"), "Success");
  EXPECT_EQ(last.at("lastImportTime"), "14 November, 2023 10:13:20 PM GMT");
  EXPECT_EQ(last.at("rows").at("success"), "2");
  EXPECT_EQ(last.at("columns").at("total"), "2");

  const auto unknown = service.get(fmt::format("{}/workspaces/{}/views/1/metadata", api, service.workspace_id()));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.error_code(), 7104);
}

}  // namespace
}  // namespace dropload::service
