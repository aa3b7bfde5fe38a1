// Limits, locks and failures of the service's own, as they stand on the wire: those that it keeps by itself, and those
// that faults rehearse.

#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

service::Settings with_rehearsals() {
  service::Settings settings;
  settings.faults = true;
  return settings;
}

class RehearsedContract : public WireTest {
 protected:
  RehearsedContract() : WireTest(with_rehearsals()) {}

  void set(const Json& fault) {
    const auto answer = service_.send(http::Verb::put, "/admin/faults", {}, Json::array({fault}).dump());
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  HttpAnswer create_one() { return create("", new_table("t"), "a\n1\n"); }
  HttpAnswer details_of_none() {
    return service_.get("/restapi/v2/bulk/workspaces/" + workspace_ + "/importjobs/1000000000000000001");
  }

  const std::string workspace_ = service_.workspace_id();
};

TEST_F(RehearsedContract, AServersErrorIs7005WithItsStatus) {
  for (const int status : {500, 502, 503}) {
    set({{"fault", "server_error"}, {"on", {"create"}}, {"status", status}});
    expect_refusal(create_one(), status, 7005, "COMMON_INTERNAL_SERVER_ERROR");
  }
  EXPECT_EQ(create_one().status, 200);
}

TEST_F(RehearsedContract, AGatewaysPageIsNoJson) {
  set({{"fault", "server_error"}, {"on", {"create"}}, {"status", 504}, {"page", true}});
  const auto answer = create_one();
  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(answer.headers["Content-Type"], "text/html");
}

TEST_F(RehearsedContract, TooManyCallsAre6045WithStatus200Too) {
  set({{"fault", "too_fast"}, {"on", {"status"}}});
  expect_refusal(details_of_none(), 200, 6045, "API_FREQUENCY_LIMIT_EXCEEDED");
  EXPECT_EQ(details_of_none().error_code(), 0);
}

TEST_F(RehearsedContract, TooManyRequestsAre429AndSayWhenToComeAgain) {
  set({{"fault", "too_many_requests"}, {"on", {"create"}}, {"seconds", 17}});
  const auto answer = create_one();
  expect_refusal(answer, 429, 429, "TOO_MANY_REQUESTS");
  EXPECT_EQ(answer.headers["Retry-After"], "17");
}

TEST_F(RehearsedContract, ALockedTableIs7092) {
  set({{"fault", "table_locked"}});
  expect_refusal(create_one(), 400, 7092, "DDL_LOCK_SINCE_IMPORT_IN_PROGRESS");
  EXPECT_EQ(create_one().status, 200);
}

TEST_F(RehearsedContract, StrangersThatHoldAllSlotsAre8134) {
  set({{"fault", "slots_taken"}});
  expect_refusal(create_one(), 400, 8134, "ASYNC_IMPORT_LIMIT_EXCEEDED");
  EXPECT_EQ(create_one().status, 200);
}

TEST_F(RehearsedContract, ATokenThatIsTakenAwayIs8535) {
  set({{"fault", "expired_token"}, {"on", {"status"}}});
  expect_refusal(details_of_none(), 401, 8535, "INVALID_OAUTHTOKEN");
}

TEST_F(RehearsedContract, AJobThatIsForgottenIs1005) {
  const Json created = create_one().json().at("data");
  ended(create("", new_table("u"), "a\n1\n"));
  set({{"fault", "forget_job"}, {"count", "all"}});
  const Json job = service_.job(created.at("jobId"));
  EXPECT_EQ(job, Json({{"jobId", created.at("jobId")}, {"jobCode", "1005"}, {"jobStatus", "JOB NOT FOUND"}}));
}

TEST_F(RehearsedContract, AJobThatIsStuckIs1001AndASlowOneIs1002) {
  set({{"fault", "stuck_job"}});
  const std::string stuck = create_one().json().at("data").at("jobId");
  EXPECT_EQ(service_.job(stuck), Json({{"jobId", stuck}, {"jobCode", "1001"}, {"jobStatus", "JOB NOT INITIATED"}}));
  set({{"fault", "slow_job"}, {"seconds", 3600}});
  const auto runs = [&] { return service_.job(stuck).at("jobCode") == "1002"; };
  ASSERT_TRUE(eventually(runs));
  EXPECT_EQ(service_.job(stuck), Json({{"jobId", stuck}, {"jobCode", "1002"}, {"jobStatus", "JOB IN PROGRESS"}}));
}

service::Settings with_calls(zoho::RequestLimits limits) {
  service::Settings settings;
  settings.limits = limits;
  return settings;
}

class CallLimitsContract : public WireTest {
 protected:
  CallLimitsContract() : WireTest(with_calls({.bulk = 2, .metadata = 3, .overall = 4})) {}
};

TEST_F(CallLimitsContract, CallsOverTheLimitOfAMinuteAre6045) {
  const std::string job = "/restapi/v2/bulk/workspaces/" + service_.workspace_id() + "/importjobs/1";  // the first
  for (int i = 0; i < 2; ++i) EXPECT_EQ(service_.get(job).status, 200);
  expect_refusal(service_.get(job), 400, 6045, "API_FREQUENCY_LIMIT_EXCEEDED");
  EXPECT_EQ(service_.get("/restapi/v2/orgs").status, 200) << "these have a limit of their own";
  expect_refusal(service_.get("/restapi/v2/orgs"), 400, 6045, "API_FREQUENCY_LIMIT_EXCEEDED");
  service_.clock().advance(Milliseconds{60'000});
  EXPECT_EQ(service_.get(job).status, 200);
}

TEST_F(CallLimitsContract, TheEleventhTokenInTenMinutesIsDeniedInTheWordsOfTheRealEndpoint) {
  const auto known = service_.service().credentials();
  const std::string target =
      fmt::format("/oauth/v2/token?grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                  known.client_id, known.client_secret, known.refresh_token);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(service_.send(http::Verb::post, target, {}).status, 200);
  const auto denied = service_.send(http::Verb::post, target, {});
  EXPECT_EQ(denied.status, 400);
  EXPECT_EQ(denied.json().at("error"), "Access Denied");
  service_.clock().advance(Milliseconds{600'000});
  EXPECT_EQ(service_.send(http::Verb::post, target, {}).status, 200);
}

service::Settings with_units_for_one_import() {
  service::Settings settings;
  settings.daily_units = 10;
  return settings;
}

class UnitsContract : public WireTest {
 protected:
  UnitsContract() : WireTest(with_units_for_one_import()) {}
};

TEST_F(UnitsContract, AnImportWhenTheUnitsOfTheDayAreUsedUpIs6043) {
  made("t", "a\n1\n");
  expect_refusal(create("", new_table("u"), "a\n1\n"), 400, 6043, "API_UNITS_LIMIT_EXCEEDED");
  EXPECT_EQ(exported("t"), (Rows{{"a"}, {"1"}})) << "reading costs none";
  service_.clock().advance(Milliseconds{24 * 3'600'000});
  EXPECT_EQ(create("", new_table("u"), "a\n1\n").status, 200);
}

}  // namespace
}  // namespace dropload::test
