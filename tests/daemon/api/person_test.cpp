// What a person says over REST, and what REST says of what waits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/api/json_types.h"
#include "tests/support/api_server.h"
#include "tests/support/raw_socket.h"

namespace dropload::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Said {
  int status = 0;
  Json json;
};

class PersonApi : public testing::Test {
 protected:
  Said ask(std::string_view request_line) {
    auto socket = test::RawSocket::connect_to(server_.port());
    socket.send(
        fmt::format("{} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\nHost: localhost\r\n\r\n", request_line));
    const std::string answer = socket.read_to_end();
    return {std::stoi(answer.substr(9, 3)), Json::parse(answer.substr(answer.find("\r\n\r\n") + 4))};
  }
  Said say(queue::SubmissionId id, std::string_view verb) {
    return ask(fmt::format("POST /v1/submissions/{}/{}", id, verb));
  }
  std::string wait_of(queue::SubmissionId id) {
    return ask(fmt::format("GET /v1/submissions/{}", id)).json["waits_because"].get<std::string>();
  }

  test::ApiServer server_;
};

TEST_F(PersonApi, AnOrganizationIsPausedWithAReasonAndResumed) {
  const auto id = server_.accept("a.csv").id;
  const auto paused = ask("POST /v1/organizations/main/pause?reason=month%20end");
  EXPECT_EQ(paused.status, 200);
  EXPECT_EQ(paused.json["paused"]["reason"], "month end");
  EXPECT_TRUE(paused.json["paused"]["until"].is_null());
  EXPECT_EQ(server_.wakes(), 1);
  EXPECT_EQ(ask("GET /v1/organizations").json["organizations"][0]["paused"]["reason"], "month end");
  EXPECT_THAT(wait_of(id), HasSubstr("organization main is paused (month end) until a person resumes it"));
  EXPECT_TRUE(ask("POST /v1/organizations/main/resume").json["paused"].is_null());
  EXPECT_EQ(server_.resumes(), 1) << "the runner may be told to pause it anew";
  EXPECT_EQ(ask("POST /v1/organizations/main/resume").status, 409);
}

TEST_F(PersonApi, ARouteIsPausedAndResumed) {
  const auto id = server_.accept("a.csv").id;
  EXPECT_EQ(ask("POST /v1/routes/orders/pause").json["paused"]["reason"], "a person paused it");
  EXPECT_THAT(wait_of(id), HasSubstr("route orders is paused"));
  EXPECT_EQ(ask("GET /v1/routes").json["routes"][0]["paused"]["reason"], "a person paused it");
  EXPECT_TRUE(ask("GET /v1/routes").json["routes"][1]["paused"].is_null());
  EXPECT_TRUE(ask("POST /v1/routes/orders/resume").json["paused"].is_null());
  EXPECT_EQ(wait_of(id), "It is started now.");
}

TEST_F(PersonApi, WhatThereIsNotIsSaidWithTheNamesThereAre) {
  EXPECT_THAT(ask("POST /v1/routes/order/pause").json["detail"].get<std::string>(),
              HasSubstr("there is no route 'order'; the routes of this daemon are: orders, tiny"));
  EXPECT_THAT(ask("POST /v1/organizations/acme/pause").json["detail"].get<std::string>(),
              HasSubstr("there is no organization 'acme'; the organizations of this daemon are: main"));
  EXPECT_EQ(ask("POST /v1/routes/orders/pause?raeson=x").status, 400);
  EXPECT_EQ(ask("POST /v1/routes/orders/pause?reason=" + std::string(1'001, 'x')).status, 400);
}

TEST_F(PersonApi, APausedSubmissionIsHeldUntilItIsResumed) {
  const auto id = server_.accept("a.csv").id;
  const auto held = say(id, "pause?reason=not+yet").json;
  EXPECT_EQ(held["state"], "held");
  EXPECT_EQ(held["reason"], "Paused by a person: not yet");
  EXPECT_EQ(say(id, "resume").json["state"], "queued");
}

TEST_F(PersonApi, CancelEndsWhatWaitsAndRefusesWhatTheServiceHas) {
  const auto first = server_.accept("a.csv").id;
  const auto second = server_.accept("b.csv").id;
  server_.import(first);
  EXPECT_EQ(say(second, "cancel").json["state"], "cancelled");
  const auto refused = say(first, "cancel");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.json["detail"].get<std::string>(), HasSubstr("the service has no way to cancel a job"));
}

TEST_F(PersonApi, APriorityIsAWholeNumberWithinLimits) {
  const auto id = server_.accept("a.csv").id;
  EXPECT_EQ(say(id, "priority?priority=-5").json["priority"], -5);
  for (const char* wrong : {"priority", "priority?priority=x", "priority?priority=1.5", "priority?priority=101"}) {
    EXPECT_EQ(say(id, wrong).status, 400) << wrong;
  }
}

TEST_F(PersonApi, ARetryOfWhatIsNotEndedIsRefusedWithTheReason) {
  const auto id = server_.accept("a.csv").id;
  const auto refused = say(id, "retry");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.json["detail"].get<std::string>(), HasSubstr("is queued: it is on its way"));
  say(id, "cancel");
  EXPECT_EQ(say(id, "retry").status, 503) << "its original is still in the spool";
}

TEST_F(PersonApi, ARetryAnswersWithTheNewSubmission) {
  const auto id = server_.accept("a.csv").id;
  say(id, "cancel");
  server_.put_away(id, "id\n1\n");
  const auto retried = say(id, "retry");
  ASSERT_EQ(retried.status, 201) << retried.json;
  EXPECT_EQ(retried.json["retry_of"], id);
  EXPECT_EQ(ask(fmt::format("GET /v1/submissions/{}", id)).json["retried_as"], retried.json["id"]);
}

TEST_F(PersonApi, EachThatWaitsSaysWhyInAListToo) {
  const auto first = server_.accept("a.csv").id;
  const auto second = server_.accept("b.csv").id;
  server_.import(first);
  const auto page = ask("GET /v1/submissions").json["submissions"];
  EXPECT_THAT(page[0]["waits_because"].get<std::string>(), StartsWith("It waits for its table, which job"));
  EXPECT_THAT(page[1]["waits_because"].get<std::string>(), StartsWith("The service imports it as job 1767009"));
  const auto decoded = decode_page(ask("GET /v1/submissions").json.dump()).value();
  EXPECT_EQ(decoded.waits.at(second), page[0]["waits_because"]);
  server_.hold(second);
  EXPECT_TRUE(ask("GET /v1/submissions").json["submissions"][0]["waits_because"].is_null())
      << "held: the reason says it";
}

TEST_F(PersonApi, WhatIsReadOfRoutesAndOrganizationsIsWhatIsWritten) {
  ask("POST /v1/routes/orders/pause?reason=why");
  const auto routes = decode_routes(ask("GET /v1/routes").json.dump()).value();
  EXPECT_EQ(routes[0].paused->reason, "why");
  EXPECT_EQ(routes[1].table, "tiny");
  const auto organizations = decode_organizations(ask("GET /v1/organizations").json.dump()).value();
  EXPECT_EQ(organizations.front().name, "main");
  EXPECT_EQ(organizations.front().max_jobs, 5);
}

TEST_F(PersonApi, APersonEndsAHoldByReleasingIt) {
  const auto id = server_.accept("a.csv").id;
  server_.hold(id);
  const auto answer = ask(fmt::format("POST /v1/submissions/{}/release", id));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json["state"], "queued");
  EXPECT_EQ(server_.wakes(), 1);
}

TEST_F(PersonApi, APersonEndsAHoldByDiscardingIt) {
  const auto id = server_.accept("a.csv").id;
  server_.hold(id);
  const auto answer = ask(fmt::format("POST /v1/submissions/{}/discard", id));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json["state"], "cancelled");
  EXPECT_EQ(server_.wakes(), 1) << "its original is to be retired";
}

TEST_F(PersonApi, WhatIsForAnOrganizationThatIsGoneIsNotReleasedToWaitWithoutAWord) {
  const auto like = server_.accept("a.csv");
  queue::NewSubmission gone;
  gone.id = like.id + 1;
  gone.route = like.route;
  gone.table = {"gone", "Sales", "orders"};
  gone.file_name = "b.csv";
  gone.sha256 = "ab12";
  gone.accepted_at = like.accepted_at;
  ASSERT_TRUE(server_.store([gone](queue::Store& store) { return store.accept(gone); }));
  server_.hold(gone.id);
  const auto answer = ask(fmt::format("POST /v1/submissions/{}/release", gone.id));
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.json["detail"].get<std::string>(), HasSubstr("'gone' is not in the configuration"));
  EXPECT_EQ(server_.wakes(), 0);
}

TEST_F(PersonApi, WhatIsNotHeldCannotBeReleased) {
  const auto id = server_.accept("a.csv").id;
  const auto answer = ask(fmt::format("POST /v1/submissions/{}/release", id));
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.json["code"], "stale");
  EXPECT_EQ(server_.wakes(), 0);
}

}  // namespace
}  // namespace dropload::api
