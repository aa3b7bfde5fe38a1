// The limits of calls and units, by themselves and over HTTP.

#include <gtest/gtest.h>

#include "daemon/service/call_budget.h"
#include "daemon/service/service_database.h"
#include "daemon/service/units.h"
#include "tests/support/running_service.h"

namespace dropload::service {
namespace {

using test::RunningService;

Settings limited(zoho::RequestLimits limits = {}) {
  Settings settings;
  settings.limits = limits;
  return settings;
}

std::string numbered_rows(int count) {
  std::string text = "id,name\n";
  for (int i = 0; i < count; ++i) text += fmt::format("{},n{}\n", i, i);
  return text;
}

zoho::JobDetails completed(const std::string& import_type, std::int64_t rows) {
  zoho::JobDetails details;
  details.summary.emplace();
  details.summary->import_type = import_type;
  details.summary->total_rows = rows;
  return details;
}

TEST(Units, EveryThousandRowsCostTenAndFifteenWithUpdateadd) {
  EXPECT_EQ(units_of(completed("APPEND", 0)), 0);
  EXPECT_EQ(units_of(completed("APPEND", 1)), 10);
  EXPECT_EQ(units_of(completed("TRUNCATEADD", 1'000)), 10);
  EXPECT_EQ(units_of(completed("APPEND", 1'001)), 20);
  EXPECT_EQ(units_of(completed("UPDATEADD", 2'500)), 45);
  EXPECT_EQ(units_of({}), 0) << "a failed import costs nothing";
}

TEST(CallLimits, FortyBulkAndSixtyOtherCallsAMinuteAndThen6045) {
  RunningService service(limited());
  const std::string workspace = service.workspace_id();  // 1 of 60
  const std::string job = fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/1", workspace);
  for (int i = 0; i < 40; ++i) ASSERT_EQ(service.get(job).error_code(), 0) << i;
  const auto refused = service.get(job);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.error_code(), 6045);
  EXPECT_EQ(refused.json().at("status"), "failure");
  for (int i = 1; i < 60; ++i) ASSERT_EQ(service.get("/restapi/v2/orgs").error_code(), 0) << i;
  EXPECT_EQ(service.get("/restapi/v2/orgs").error_code(), 6045);

  service.start(limited());
  EXPECT_EQ(service.get(job).error_code(), 6045) << "a restart forgets nothing";
  service.clock().advance(Milliseconds{60'000});
  EXPECT_EQ(service.get(job).error_code(), 0);
  EXPECT_EQ(service.get("/restapi/v2/orgs").error_code(), 0);
}

TEST(CallLimits, AHundredCallsOfAllKindsWhereThoseOfOneKindAreFewer) {
  RunningService service(limited({.bulk = 40, .metadata = 60, .overall = 3}));
  const std::string job = fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/1", service.workspace_id());
  EXPECT_EQ(service.get(job).error_code(), 0);
  EXPECT_EQ(service.get("/restapi/v2/orgs").error_code(), 0);
  EXPECT_EQ(service.get(job).error_code(), 6045);
  EXPECT_EQ(service.get("/restapi/v2/orgs").error_code(), 6045);
}

TEST(CallLimits, WithoutLimitsNothingIsCounted) {
  RunningService service;
  const std::string job = fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/1", service.workspace_id());
  for (int i = 0; i < 150; ++i) ASSERT_EQ(service.get(job).error_code(), 0);
}

TEST(CallLimits, EachAccountHasItsOwn) {
  const test::TemporaryDirectory directory;
  const auto database = open_service_database(directory.path() / "service.db").value();
  const auto budget = CallBudget::open(*database, zoho::RequestLimits{.bulk = 1, .metadata = 1, .overall = 2}).value();
  const Time now{1'700'000'000'000};
  EXPECT_TRUE(budget->take("a", zoho::CallKind::bulk, now).value());
  EXPECT_FALSE(budget->take("a", zoho::CallKind::bulk, now).value());
  EXPECT_TRUE(budget->take("b", zoho::CallKind::bulk, now).value());
  EXPECT_TRUE(budget->take("a", zoho::CallKind::metadata, now).value());
}

TEST(TokenLimits, TheEleventhRequestIsAnsweredAsTheRealEndpointDoes) {
  RunningService service(limited());
  for (int i = 0; i < 10; ++i) service.access_token();
  const auto known = service.service().credentials();
  const std::string query = fmt::format("grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                                        known.client_id, known.client_secret, known.refresh_token);
  const auto refused = service.send(http::Verb::post, "/oauth/v2/token?" + query, {});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json().at("error"), "Access Denied");
  EXPECT_EQ(zoho::decode_token(refused.status, refused.body).error().code, Errc::busy);
}

TEST(DailyUnits, WhenTheyAreUsedUpCreatesAreRefusedUntilTheNextDay) {
  Settings settings;
  settings.daily_units = 25;
  settings.faults = true;  // for /admin/usage
  RunningService service(settings);
  const auto used = [&] {
    return service.send(http::Verb::get, "/admin/usage", {}).json().at("units_used_today").get<int>();
  };
  EXPECT_EQ(used(), 0);
  service.wait_for_end(service.accepted_table("a", numbered_rows(3)));
  EXPECT_EQ(used(), 10);
  service.wait_for_end(service.accepted_table("b", numbered_rows(1'001)));
  EXPECT_EQ(used(), 30);
  service.start(settings);
  EXPECT_EQ(used(), 30) << "a restart forgets nothing";
  const auto refused = service.create_table("c", "id\n1\n");
  EXPECT_EQ(refused.error_code(), 6043);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(service.get("/restapi/v2/orgs").status, 200) << "only imports cost units";
  service.clock().advance(Milliseconds{24 * 3'600'000});
  EXPECT_EQ(used(), 0);
  service.wait_for_end(service.accepted_table("c", "id\n1\n"));
}

}  // namespace
}  // namespace dropload::service
