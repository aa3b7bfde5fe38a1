// Who may read a job: the user who created it (import-api.md, section 3). A user is a client with a refresh token.

#include "tests/contract/wire_fixture.h"
#include "tests/support/eventually.h"

namespace dropload::test {
namespace {

service::ClientSettings user(const std::string& word) {
  return {word + "-id", word + "-secret", word + "-refresh", ""};
}

service::Settings with_two_users() {
  service::Settings settings;
  auto& organization = settings.organizations.emplace_back();
  organization.clients = {user("ann"), user("bob")};
  return settings;
}

service::Settings for_everybody() {
  service::Settings settings;
  settings.any_client = true;
  return settings;
}

class AccessContract : public WireTest {
 protected:
  AccessContract() : WireTest(with_two_users()) {}

  Headers headers_of(const std::string& word) {
    const std::string query = fmt::format(
        "grant_type=refresh_token&client_id={0}-id&client_secret={0}-secret&refresh_token={0}-refresh", word);
    const auto token = service_.send(http::Verb::post, "/oauth/v2/token?" + query, {}).json().at("access_token");
    return {{"Authorization", "Zoho-oauthtoken " + token.get<std::string>()},
            {"ZANALYTICS-ORGID", service_.service().credentials().organization_id}};
  }
  std::string target_of(const std::string& job) {
    return fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/{}", service_.workspace_id(), job);
  }
  HttpAnswer job_as(const std::string& word, const std::string& job) {
    return service_.send(http::Verb::get, target_of(job), headers_of(word));
  }
  void expect_denied(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 403) << answer.body;
    EXPECT_EQ(answer.error_code(), 8138);
    EXPECT_EQ(answer.json().at("summary"), "IMPORT_JOB_ACCESS_DENIED");
  }
};

TEST_F(AccessContract, AJobIsReadByItsCreatorAloneAndOthersGet8138) {
  const std::string job = service_.accepted_table("t", "a\n1\n");
  expect_denied(job_as("bob", job));
  EXPECT_EQ(service_.wait_for_end(job).at("jobCode"), "1004");
  expect_denied(job_as("bob", job));
  EXPECT_EQ(job_as("ann", job).json().at("data").at("jobCode"), "1004");
}

TEST_F(AccessContract, SoIsAJobOfBatches) {
  const Json config{{"tableName", "t"}, {"autoIdentify", true}, {"batchKey", "start"}, {"isLastBatch", false}};
  const std::string target = "/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/data/batch?CONFIG=";
  const auto created =
      service_.create(target + http::percent_encode(config.dump()), {{"FILE", "a\n1\n", "a.csv", "text/csv"}});
  const std::string job = created.json().at("data").at("jobId");
  expect_denied(job_as("bob", job));
  EXPECT_EQ(job_as("ann", job).status, 200);
}

TEST_F(AccessContract, ARestartForgetsNoCreatorAndEachUserHasJobsOfItsOwn) {
  const std::string anns = service_.accepted_table("t", "a\n1\n");
  service_.wait_for_end(anns);
  const Json config = new_table("u");
  Headers headers = headers_of("bob");
  headers.emplace_back("Content-Type", form_type());
  const auto created = service_.send(http::Verb::post, service_.create_target(config), headers,
                                     form_of({{"FILE", "a\n1\n", "a.csv", "text/csv"}}));
  const std::string bobs = created.json().at("data").at("jobId");
  service_.start(with_two_users());
  expect_denied(job_as("bob", anns));
  expect_denied(job_as("ann", bobs));
  EXPECT_EQ(job_as("ann", anns).status, 200);
  EXPECT_EQ(job_as("bob", bobs).status, 200);
}

TEST_F(AccessContract, WhatIsNotAJobOrNoLongerOneIs1005ToEverybody) {
  const std::string job = service_.accepted_table("t", "a\n1\n");
  service_.wait_for_end(job);
  service_.clock().advance(Milliseconds{3'600'000});
  for (const char* word : {"ann", "bob"}) {
    EXPECT_EQ(job_as(word, job).json().at("data").at("jobCode"), "1005");
    EXPECT_EQ(job_as(word, "1000000000000000001").json().at("data").at("jobCode"), "1005");
  }
}

TEST_F(AccessContract, TheOthersTablesAndTheirLastImportsAreSeen) {
  const std::string view = made("t", "a\n1\n");
  const std::string target =
      fmt::format("/restapi/v2/workspaces/{}/views/{}/importdetails", service_.workspace_id(), view);
  const auto seen = service_.send(http::Verb::get, target, headers_of("bob"));
  EXPECT_EQ(seen.json().at("data").at("lastImportStatus"), "Success");
}

TEST_F(AccessContract, WhereAnyCredentialsWillDoEverybodyIsOneUser) {
  const std::string anns = service_.accepted_table("t", "a\n1\n");
  service_.wait_for_end(anns);
  service_.start(for_everybody());
  EXPECT_EQ(job_as("whoever", anns).status, 200);
  Headers headers = headers_of("whoever");
  headers.emplace_back("Content-Type", form_type());
  const auto created = service_.send(http::Verb::post, service_.create_target(new_table("u")), headers,
                                     form_of({{"FILE", "a\n1\n", "a.csv", "text/csv"}}));
  const std::string job = created.json().at("data").at("jobId");
  EXPECT_EQ(job_as("another", job).status, 200);
  service_.start(with_two_users());
  EXPECT_EQ(job_as("bob", job).status, 200) << "it has no creator";
}

TEST_F(AccessContract, NoSecretOfAUserStandsInTheDatabase) {
  service_.wait_for_end(service_.accepted_table("t", "a\n1\n"));
  expect_denied(job_as("bob", service_.accepted_table("u", "a\n1\n")));
  service_.stop();
  const std::string bytes = contents(service_.directory() / "service.db");
  for (const char* secret : {"ann-id", "ann-secret", "ann-refresh", "bob-id", "bob-secret", "bob-refresh"}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
}

}  // namespace
}  // namespace dropload::test
