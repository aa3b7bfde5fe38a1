#include <gmock/gmock.h>

#include "tests/daemon/api/asking.h"

namespace dropload::api {
namespace {

using testing::HasSubstr;

class OverviewApi : public testing::Test {
 protected:
  Json get(std::string_view path) {
    const auto asked = ask_of(server_, fmt::format("GET {}", path));
    EXPECT_EQ(asked.status, 200) << asked.body;
    return asked.json();
  }

  test::ApiServer server_;
};

TEST_F(OverviewApi, AllIsFineWhereNothingHasHappened) {
  const auto overview = get("/v1/overview");
  EXPECT_EQ(overview["standing"], "fine");
  EXPECT_TRUE(overview["sentences"].empty());
  EXPECT_EQ(overview["version"], DROPLOAD_VERSION);
  EXPECT_EQ(overview["now"], to_rfc3339(server_.clock().now()));
  EXPECT_EQ(overview["states"]["queued"], 0);
  EXPECT_EQ(overview["states"].size(), 7U);
  EXPECT_TRUE(overview["oldest_waiting_at"].is_null());
  EXPECT_TRUE(overview["last_done"].is_null());
}

TEST_F(OverviewApi, WhatIsHeldWantsAttentionAndSaysWhatToDo) {
  server_.hold(server_.accept("a.csv").id);
  const auto overview = get("/v1/overview");
  EXPECT_EQ(overview["standing"], "attention");
  const auto& sentence = overview["sentences"][0];
  EXPECT_EQ(sentence["severity"], "attention");
  EXPECT_EQ(sentence["text"], "1 file is held until a person decides.");
  EXPECT_THAT(sentence["advice"].get<std::string>(), HasSubstr("release"));
  EXPECT_EQ(sentence["link"], (Json{{"kind", "state"}, {"name", "held"}}));
}

TEST_F(OverviewApi, TheDaysNumbersAndTheLastDoneAreThere) {
  const auto id = server_.accept("a.csv").id;
  server_.finish(server_.import(id), {12, 11, 0});
  server_.accept("b.csv");
  const auto overview = get("/v1/overview");
  EXPECT_EQ(overview["last_day"]["done"], 1);
  EXPECT_EQ(overview["last_day"]["rows"], 11);
  EXPECT_EQ(overview["last_day"]["rows_rejected"], 1);
  EXPECT_EQ(overview["states"]["done"], 1);
  EXPECT_EQ(overview["states"]["queued"], 1);
  EXPECT_EQ(overview["last_done"]["id"], id);
  EXPECT_EQ(overview["last_done"]["file_name"], "a.csv");
  EXPECT_EQ(overview["oldest_waiting_at"], to_rfc3339(server_.clock().now()));
}

TEST_F(OverviewApi, ThroughputHasFourBucketsAnHour) {
  server_.finish(server_.import(server_.accept("a.csv").id), {12, 12, 0});
  const auto day = get("/v1/throughput");
  EXPECT_EQ(day["bucket_seconds"], 900);
  ASSERT_EQ(day["buckets"].size(), 96U);
  const auto& last = day["buckets"].back();
  EXPECT_EQ(last["done"], 1);
  EXPECT_EQ(last["rows"], 12);
  EXPECT_TRUE(last["wait_ms"].is_object());
  EXPECT_TRUE(day["buckets"].front()["import_ms"].is_null());
  EXPECT_EQ(get("/v1/throughput?hours=168")["buckets"].size(), 672U);
  for (const char* hours : {"0", "169", "x", "99999999999"})
    EXPECT_EQ(ask_of(server_, fmt::format("GET /v1/throughput?hours={}", hours)).status, 400) << hours;
}

TEST_F(OverviewApi, OrganizationsSayWhatRunsInTheirSlots) {
  const auto id = server_.accept("a.csv").id;
  const auto job = server_.import(id);
  server_.accept("b.csv");
  const auto organization = get("/v1/organizations")["organizations"][0];
  EXPECT_EQ(organization["waiting"], 1);
  EXPECT_TRUE(organization["units"].is_null());
  ASSERT_EQ(organization["running"].size(), 1U);
  const auto& running = organization["running"][0];
  EXPECT_EQ(running["job"], job);
  EXPECT_EQ(running["submission"], id);
  EXPECT_EQ(running["file_name"], "a.csv");
  EXPECT_EQ(running["table"], "orders");
  EXPECT_EQ(running["state"], "running");
  EXPECT_EQ(running["size"], 1042);
  EXPECT_TRUE(running["expected_end"].is_null()) << "nothing is known of how long they take";
}

TEST_F(OverviewApi, RoutesSayHowManyOfTheirsStandWhere) {
  server_.finish(server_.import(server_.accept("a.csv").id), {12, 12, 0});
  server_.accept("b.csv");
  const auto routes = get("/v1/routes")["routes"];
  ASSERT_EQ(routes[0]["name"], "orders");
  EXPECT_EQ(routes[0]["states"], (Json{{"queued", 1}, {"importing", 0}, {"held", 0}, {"failed", 0}}));
  EXPECT_EQ(routes[0]["oldest_waiting_at"], to_rfc3339(server_.clock().now()));
  EXPECT_EQ(routes[0]["last_done_at"], to_rfc3339(server_.clock().now()));
  EXPECT_TRUE(routes[1]["last_done_at"].is_null());
  EXPECT_EQ(routes[1]["states"]["queued"], 0);
}

TEST_F(OverviewApi, ReadyIsADaemonThatAcceptsFiles) {
  auto asked = ask_of(server_, "GET /readyz");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.json(), (Json{{"ready", true}, {"reasons", Json::array()}}));
  server_.set_stopping();
  asked = ask_of(server_, "GET /readyz");
  EXPECT_EQ(asked.status, 503);
  EXPECT_EQ(asked.json()["reasons"][0], "the daemon is stopping");
}

TEST_F(OverviewApi, APausedOrganizationIsReadyAllTheSame) {
  ASSERT_EQ(ask_of(server_, "POST /v1/organizations/main/pause?reason=holiday").status, 200);
  EXPECT_EQ(ask_of(server_, "GET /readyz").status, 200);
  EXPECT_EQ(get("/v1/overview")["sentences"][0]["text"],
            "Organization main is paused until a person resumes it: holiday");
}

}  // namespace
}  // namespace dropload::api
