// Faults over HTTP: how each is set, and what a client then sees.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/raw_socket.h"
#include "tests/support/running_service.h"

namespace dropload::service {
namespace {

using http::Verb;
using test::HttpAnswer;
using test::RunningService;

Settings with_faults() {
  Settings settings;
  settings.faults = true;
  return settings;
}

class FaultEndpoints : public testing::Test {
 protected:
  FaultEndpoints() : service_(with_faults()) {}

  HttpAnswer set(const std::string& faults) { return service_.send(Verb::put, "/admin/faults", {}, faults); }
  nlohmann::json shown() { return service_.send(Verb::get, "/admin/faults", {}).json(); }
  std::string job_path(const std::string& job) {
    return fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/{}", service_.workspace_id(), job);
  }
  // What comes back for a create of this table until the connection ends, as it stands on the wire.
  std::string raw_create(const std::string& name, const std::string& csv) {
    const std::string form = test::form_of({{"FILE", csv, "a.csv", "text/csv"}});
    std::string head =
        fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nContent-Type: {}\r\n",
                    service_.create_target({{"tableName", name}, {"fileType", "csv"}, {"autoIdentify", true}}),
                    form.size(), test::form_type());
    for (const auto& [key, value] : service_.headers()) head += fmt::format("{}: {}\r\n", key, value);
    auto socket = test::RawSocket::connect_to(service_.service().port());
    try {
      socket.send(head + "\r\n" + form);
      return socket.read_to_end();
    } catch (const std::exception&) {
      return "";  // a reset
    }
  }

  RunningService service_;
};

TEST(FaultsThatAreNotEnabled, HaveNoPath) {
  RunningService service;
  EXPECT_EQ(service.send(Verb::get, "/admin/faults", {}).status, 404);
  EXPECT_EQ(service.send(Verb::put, "/admin/faults", {}, "[]").status, 404);
  EXPECT_EQ(service.send(Verb::get, "/admin/usage", {}).status, 404);
}

TEST_F(FaultEndpoints, AreSetShownAndTakenAway) {
  EXPECT_EQ(shown(), nlohmann::json::array());
  const auto answer = set(R"([{"fault":"table_locked","count":2}])");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(service_.create_table("t", "id\n1\n").error_code(), 7092);
  EXPECT_EQ(shown().at(0).at("struck"), 1);
  EXPECT_EQ(service_.send(Verb::delete_, "/admin/faults", {}).json(), nlohmann::json::array());
  EXPECT_EQ(service_.create_table("t", "id\n1\n").status, 200);
}

TEST_F(FaultEndpoints, SayWhatIsWrongWithARequest) {
  const auto wrong = set(R"([{"fault":"tabel_locked"}])");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.json().at("detail").get<std::string>(), testing::HasSubstr("write one of lose_answer"));
  EXPECT_EQ(service_.send(Verb::get, "/admin/faults?organization=1", {}).status, 400);
  const auto post = service_.send(Verb::post, "/admin/faults", {}, "[]");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.headers["Allow"], "GET, PUT, DELETE");
}

TEST_F(FaultEndpoints, AnAnswerThatIsLostIsOfAJobThatWasAccepted) {
  set(R"([{"fault":"lose_answer"}])");
  EXPECT_EQ(raw_create("t", "id\n1\n2\n"), "");
  EXPECT_EQ(service_.create_table("t", "id\n1\n").error_code(), 7111);
  ASSERT_TRUE(test::eventually([&] { return service_.count("SELECT count(*) FROM dropload_view") == 1; }));
  EXPECT_EQ(service_.count("SELECT count(*) FROM t"), 2);
}

TEST_F(FaultEndpoints, ARefusedCallLosesNoAnswer) {
  set(R"([{"fault":"lose_answer"}])");
  EXPECT_EQ(service_.create_table("t", "").error_code(), 7203);
  EXPECT_EQ(shown().at(0).at("struck"), 0);
}

TEST_F(FaultEndpoints, ADroppedUploadLeavesNothingBehind) {
  set(R"([{"fault":"drop_upload","after_bytes":1000}])");
  EXPECT_EQ(raw_create("t", "id\n" + std::string(4'000'000, '1') + "\n"), "");
  EXPECT_TRUE(std::filesystem::is_empty(service_.directory() / "uploads"));
  service_.wait_for_end(service_.accepted_table("t", "id\n1\n"));
}

TEST_F(FaultEndpoints, TooFastComesWithStatus200ToAnyCallOrToThoseNamed) {
  set(R"([{"fault":"too_fast","on":["status"]}])");
  EXPECT_EQ(service_.get("/restapi/v2/orgs").error_code(), 0);
  const auto fast = service_.get(job_path("1"));
  EXPECT_EQ(fast.status, 200);
  EXPECT_EQ(fast.error_code(), 6045);
  EXPECT_EQ(service_.get(job_path("1")).error_code(), 0);
}

TEST_F(FaultEndpoints, TooManyRequestsSayHowLongToWait) {
  set(R"([{"fault":"too_many_requests","seconds":17}])");
  const auto answer = service_.get("/restapi/v2/orgs");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers["Retry-After"], "17");
}

TEST_F(FaultEndpoints, ServerErrorsLastAsLongAsTheyAreToldTo) {
  set(R"([{"fault":"server_error","count":"all","for_seconds":30}])");
  for (int i = 0; i < 3; ++i) {
    const auto answer = service_.get("/restapi/v2/orgs");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.error_code(), 7005);
  }
  service_.clock().advance(Milliseconds{30'000});
  EXPECT_EQ(service_.get("/restapi/v2/orgs").status, 200);
  set(R"([{"fault":"server_error","status":502,"page":true}])");
  const auto page = service_.get("/restapi/v2/orgs");
  EXPECT_EQ(page.status, 502);
  EXPECT_THAT(page.body, testing::StartsWith("<html>"));
}

TEST_F(FaultEndpoints, AStuckJobStaysAt1001UntilTheFaultIsTakenAway) {
  set(R"([{"fault":"stuck_job"}])");
  const std::string stuck = service_.accepted_table("t", "id\n1\n");
  service_.wait_for_end(service_.accepted_table("u", "id\n1\n"));
  EXPECT_EQ(service_.job(stuck).at("jobCode"), "1001");
  service_.send(Verb::delete_, "/admin/faults", {});
  EXPECT_EQ(service_.wait_for_end(stuck).at("jobCode"), "1004");
}

TEST_F(FaultEndpoints, AStuckJobRunsAfterARestart) {
  set(R"([{"fault":"stuck_job"}])");
  const std::string stuck = service_.accepted_table("t", "id\n1\n");
  service_.start(with_faults());
  EXPECT_EQ(service_.wait_for_end(stuck).at("jobCode"), "1004");
}

TEST_F(FaultEndpoints, ASlowJobIsInProgressWhileOthersEnd) {
  set(R"([{"fault":"slow_job","seconds":3600}])");
  const std::string slow = service_.accepted_table("t", "id\n1\n");
  for (const char* name : {"u", "v", "w"}) service_.wait_for_end(service_.accepted_table(name, "id\n1\n"));
  EXPECT_EQ(service_.job(slow).at("jobCode"), "1002");
}

TEST_F(FaultEndpoints, AForgottenJobAnswers1005) {
  const std::string one = service_.accepted_table("t", "id\n1\n");
  const std::string two = service_.accepted_table("u", "id\n1\n");
  set(fmt::format(R"([{{"fault":"forget_job","count":"all","job":"{}"}}])", one));
  EXPECT_EQ(service_.job(one).at("jobCode"), "1005");
  EXPECT_EQ(service_.job(one).at("jobCode"), "1005");
  EXPECT_NE(service_.job(two).at("jobCode"), "1005");
  set("[]");
  EXPECT_EQ(service_.wait_for_end(one).at("jobCode"), "1004");
}

TEST_F(FaultEndpoints, AnExpiredTokenStaysSo) {
  set(R"([{"fault":"expired_token","on":["status"]}])");
  const test::Headers old = service_.headers();
  const auto refused = service_.send(Verb::get, job_path("1"), old);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.error_code(), 8535);
  EXPECT_EQ(service_.send(Verb::get, "/restapi/v2/orgs", old).error_code(), 8535);
  const test::Headers fresh{{"Authorization", "Zoho-oauthtoken " + service_.access_token()}};
  EXPECT_EQ(service_.send(Verb::get, "/restapi/v2/orgs", fresh).status, 200);
}

TEST_F(FaultEndpoints, StrangersHoldSlots) {
  set(R"([{"fault":"stuck_job","count":"all"},{"fault":"slots_taken","slots":3,"count":"all"}])");
  for (const char* name : {"a", "b"}) EXPECT_EQ(service_.create_table(name, "id\n1\n").status, 200);
  EXPECT_EQ(service_.create_table("c", "id\n1\n").error_code(), 8134);
  set(R"([{"fault":"stuck_job","count":"all"}])");
  EXPECT_EQ(service_.create_table("c", "id\n1\n").status, 200);
}

TEST_F(FaultEndpoints, TheUnitsOfTheDayAreUsedUp) {
  set(R"([{"fault":"units_used_up"}])");
  EXPECT_EQ(service_.create_table("t", "id\n1\n").error_code(), 6043);
  EXPECT_EQ(service_.create_table("t", "id\n1\n").status, 200);
}

TEST(FaultsOfSeveralOrganizations, StrikeOnlyTheirOwn) {
  Settings settings = with_faults();
  settings.organizations.resize(2);
  settings.organizations[0].name = "acme";
  settings.organizations[0].id = "600001";
  settings.organizations[1].name = "bolt";
  settings.organizations[1].id = "600002";
  settings.any_client = true;
  RunningService service(settings);
  EXPECT_EQ(service.send(Verb::get, "/admin/faults", {}).status, 400) << "which one?";
  ASSERT_EQ(service
                .send(Verb::put, "/admin/faults?organization=600002", {},
                      R"([{"fault":"server_error","count":"all","on":["metadata"]}])")
                .status,
            200);
  const auto views = [&](const std::string& organization) {
    const test::Headers headers{{"Authorization", "Zoho-oauthtoken " + service.access_token()},
                                {"ZANALYTICS-ORGID", organization}};
    return service.send(Verb::get, "/restapi/v2/workspaces/1/views", headers).error_code();
  };
  EXPECT_EQ(views("600001"), 7103);
  EXPECT_EQ(views("600002"), 7005);
}

}  // namespace
}  // namespace dropload::service
