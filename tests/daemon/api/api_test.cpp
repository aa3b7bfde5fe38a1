#include "daemon/api/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/api/json_types.h"
#include "daemon/queue/bodies.h"
#include "tests/support/api_server.h"
#include "tests/support/raw_socket.h"
#include "tests/support/zip.h"

namespace dropload::api {
namespace {

using test::ApiServer;
using test::RawSocket;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] Json json() const { return Json::parse(body); }
};

class ApiTest : public testing::Test {
 protected:
  // One request on a connection of its own, with these header lines.
  Answer ask(std::string_view request_line, std::string_view body = "",
             std::string_view header_lines = "Host: localhost\r\n") {
    RawSocket socket = RawSocket::connect_to(server_.port());
    socket.send(fmt::format("{} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}", request_line,
                            body.size(), header_lines, body));
    const std::string answer = socket.read_to_end();
    const auto end_of_head = answer.find("\r\n\r\n");
    if (end_of_head == std::string::npos) throw std::runtime_error("no answer: " + answer);
    return {std::stoi(answer.substr(9, 3)), answer.substr(0, end_of_head), answer.substr(end_of_head + 4)};
  }

  std::vector<queue::SubmissionId> ids(const Json& page) {
    std::vector<queue::SubmissionId> found;
    for (const auto& submission : page["submissions"]) found.push_back(submission["id"].get<queue::SubmissionId>());
    return found;
  }

  ApiServer server_;
};

TEST_F(ApiTest, AFileThatIsPostedIsAcceptedWithItsPlace) {
  const auto answer = ask("POST /v1/submissions?route=orders&filename=Ums%C3%A4tze%202026.csv", "id,name\n1,a\n");
  EXPECT_EQ(answer.status, 201);
  const auto submission = decode_submission(answer.body);
  ASSERT_TRUE(submission) << answer.body;
  EXPECT_THAT(answer.head, HasSubstr(fmt::format("Location: /v1/submissions/{}\r\n", submission->id)));
  EXPECT_EQ(submission->file_name, "Umsätze 2026.csv");
  EXPECT_EQ(submission->state, queue::SubmissionState::queued);
  EXPECT_EQ(submission->source, queue::Source::rest);
  EXPECT_EQ(submission->table.table, "orders");
  EXPECT_EQ(submission->size, 12U);
}

TEST_F(ApiTest, AnAcceptedFileAndItsBytesAreInTheQueueWhenTheAnswerComes) {
  const auto id =
      ask("POST /v1/submissions?route=orders&filename=a.csv", "id\n1\n").json()["id"].get<queue::SubmissionId>();
  const auto body = server_.store([id](queue::Store& store) { return queue::body_of(store, id); });
  EXPECT_EQ(body.value(), "id\n1\n");
  EXPECT_TRUE(server_.store([id](queue::Store& store) { return store.find(id); }));
}

TEST_F(ApiTest, AnUnknownRouteIsToldTheRoutesThereAre) {
  const auto answer = ask("POST /v1/submissions?route=order&filename=a.csv", "x");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: application/problem+json"));
  EXPECT_EQ(answer.json()["code"], "not_found");
  EXPECT_EQ(answer.json()["detail"], "there is no route 'order'; the routes of this daemon are: orders, tiny");
}

TEST_F(ApiTest, RouteAndFileNameMustBeGiven) {
  for (const char* query :
       {"", "?route=orders", "?filename=a.csv", "?route=&filename=a.csv", "?route=orders&filename="}) {
    const auto answer = ask(fmt::format("POST /v1/submissions{}", query), "x");
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_THAT(answer.json()["detail"].get<std::string>(),
                HasSubstr("is missing: POST /v1/submissions?route=R&filename=F"))
        << query;
  }
}

TEST_F(ApiTest, AMisspeltParameterIsNotSilentlyIgnored) {
  const auto answer = ask("GET /v1/submissions?staet=held");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.json()["detail"],
            "there is no parameter 'staet' here; known are state, route, organization, table, since, until, "
            "text, before, limit");
}

TEST_F(ApiTest, AFileOverTheRoutesLimitIsRefusedAndLeavesNothing) {
  const auto answer = ask("POST /v1/submissions?route=tiny&filename=a.csv", "01234567890");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.json()["code"], "too_large");
  EXPECT_TRUE(std::filesystem::is_empty(server_.directory() / "spool"));
  EXPECT_TRUE(ids(ask("GET /v1/submissions").json()).empty());
}

TEST_F(ApiTest, AnEmptyBodyIsRefused) {
  EXPECT_EQ(ask("POST /v1/submissions?route=orders&filename=a.csv").status, 400);
}

TEST_F(ApiTest, ThePagesOfAListAreNewestFirstAndJoin) {
  for (int i = 0; i < 5; ++i) server_.accept(fmt::format("{}.csv", i));
  const auto all = ids(ask("GET /v1/submissions").json());
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(std::is_sorted(all.rbegin(), all.rend()));
  const auto first = ask("GET /v1/submissions?limit=2").json();
  EXPECT_THAT(ids(first), ElementsAre(all[0], all[1]));
  EXPECT_EQ(first["next"], all[1]);
  const auto second = ask(fmt::format("GET /v1/submissions?limit=2&before={}", all[1])).json();
  EXPECT_THAT(ids(second), ElementsAre(all[2], all[3]));
  const auto last = ask(fmt::format("GET /v1/submissions?limit=2&before={}", all[3])).json();
  EXPECT_THAT(ids(last), ElementsAre(all[4]));
  EXPECT_TRUE(last["next"].is_null());
}

TEST_F(ApiTest, AListThatJustFillsAPageHasNoNextOne) {
  server_.accept("a.csv");
  server_.accept("b.csv");
  EXPECT_TRUE(ask("GET /v1/submissions?limit=2").json()["next"].is_null());
}

TEST_F(ApiTest, AListIsFilteredByStateAndRoute) {
  const auto held = server_.accept("a.csv");
  server_.accept("b.csv");
  const auto tiny = server_.accept("c.csv", "tiny");
  server_.hold(held.id);
  EXPECT_THAT(ids(ask("GET /v1/submissions?state=held").json()), ElementsAre(held.id));
  EXPECT_THAT(ids(ask("GET /v1/submissions?route=tiny").json()), ElementsAre(tiny.id));
  EXPECT_TRUE(ids(ask("GET /v1/submissions?state=held&route=tiny").json()).empty());
}

TEST_F(ApiTest, AFilterThatIsNotUnderstoodIsExplained) {
  for (const auto& [query, words] :
       std::map<std::string, std::string>{{"state=lost", "'lost' is not a state; use queued, importing"},
                                          {"before=x", "before must be a whole number"},
                                          {"limit=0", "limit must be a whole number of at least 1"},
                                          {"limit=501", "limit is at most 500"},
                                          {"limit=2x", "not '2x'"},
                                          {"route=%zz", "%"}}) {
    const auto answer = ask("GET /v1/submissions?" + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_THAT(answer.json()["detail"].get<std::string>(), HasSubstr(words)) << query;
  }
}

TEST_F(ApiTest, ASubmissionIsShownWithItsJobsAndItsTimeline) {
  const auto id = server_.accept("a.csv").id;
  const auto job = server_.import(id);
  server_.finish(job, {12, 11, 0}, "1 row was rejected");
  const auto detail = decode_detail(ask(fmt::format("GET /v1/submissions/{}", id)).body);
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->submission.state, queue::SubmissionState::done);
  EXPECT_EQ(detail->submission.rows->success, 11);
  ASSERT_EQ(detail->jobs.size(), 1U);
  EXPECT_EQ(detail->jobs[0].remote_id, "1767009");
  EXPECT_EQ(detail->jobs[0].summary, R"({"jobCode":"1004"})");
  ASSERT_FALSE(detail->timeline.empty());
  EXPECT_EQ(detail->timeline[0].what, "queued");
}

TEST_F(ApiTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(ask("GET /v1/submissions/999").status, 404);
  EXPECT_EQ(ask("POST /v1/submissions/999/release").status, 404);
  EXPECT_EQ(ask("GET /v2/anything").status, 404);
  EXPECT_EQ(ask("GET /v1/submissions/abc").status, 400);
}

TEST_F(ApiTest, AWrongMethodIsToldTheRightOnes) {
  const auto answer = ask("DELETE /v1/submissions");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.json()["code"], "method_not_allowed");
  EXPECT_THAT(answer.head, HasSubstr("Allow: "));
  EXPECT_THAT(answer.json()["detail"].get<std::string>(), StartsWith("/v1/submissions does not take DELETE"));
}

TEST_F(ApiTest, TheRoutesAreShown) {
  const auto routes = ask("GET /v1/routes").json()["routes"];
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes[0]["name"], "orders");
  EXPECT_EQ(routes[0]["table"], "orders");
  EXPECT_TRUE(routes[0]["drop_directory"].is_null());
}

TEST_F(ApiTest, ARouteShowsHowItStandsWithItsDropDirectory) {
  auto& standing = server_.standings()["orders"];
  standing.become(intake::Attention::offline, "it is not mounted", server_.clock().now());
  standing.ignored.add("a.csv.part", "*.part");
  const auto routes = ask("GET /v1/routes").json()["routes"];
  EXPECT_EQ(routes[0]["drop"]["state"], "offline");
  EXPECT_EQ(routes[0]["drop"]["reason"], "it is not mounted");
  EXPECT_EQ(routes[0]["drop"]["ignored"], 1);
  EXPECT_TRUE(routes[1]["drop"].is_null());
  const auto ignored = ask("GET /v1/routes/orders/ignored").json();
  EXPECT_EQ(ignored["count"], 1);
  EXPECT_EQ(ignored["ignored"][0]["name"], "a.csv.part");
  EXPECT_EQ(ignored["ignored"][0]["why"], "*.part");
  EXPECT_EQ(ask("GET /v1/routes/tiny/ignored").status, 404);
}

TEST_F(ApiTest, ADaemonWhoseQueueAnswersIsHealthy) {
  const auto answer = ask("GET /healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["status"], "ok");
  EXPECT_EQ(answer.json()["version"], DROPLOAD_VERSION);
}

TEST_F(ApiTest, TheTypeOfAProblemCanBeLookedUp) {
  const auto refused = ask("GET /v1/submissions/999").json();
  const auto kind = ask(fmt::format("GET {}", refused["type"].get<std::string>()));
  EXPECT_EQ(kind.status, 200);
  EXPECT_EQ(kind.json()["title"], refused["title"]);
  EXPECT_EQ(ask("GET /problems/none").status, 404);
}

TEST_F(ApiTest, AForeignHostAndAnotherSiteReachNothing) {
  const auto foreign = ask("GET /v1/submissions", "", "Host: evil.example\r\n");
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(foreign.json()["code"], "foreign_host");
  const auto other_site = ask("POST /v1/submissions?route=orders&filename=a.csv", "id\n1\n",
                              "Host: localhost\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n");
  EXPECT_EQ(other_site.status, 403);
  EXPECT_EQ(other_site.json()["code"], "cross_site");
  EXPECT_TRUE(ids(ask("GET /v1/submissions").json()).empty());
}

TEST_F(ApiTest, AConfiguredNameIsAnswered) {
  EXPECT_EQ(ask("GET /healthz", "", "Host: nas.example:80\r\n").status, 200);
}

TEST(ApiLimit, TheDaemonsLimitHoldsWhereTheRouteAllowsMore) {
  ApiServer server(100);
  RawSocket socket = RawSocket::connect_to(server.port());
  socket.send(fmt::format(
      "POST /v1/submissions?route=orders&filename=a.csv HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Content-Length: 101\r\n\r\n{}",
      std::string(101, 'x')));
  EXPECT_THAT(socket.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ApiTest, APackageOfOneFileIsAnsweredWithThatFile) {
  const auto answer = ask("POST /v1/submissions?route=orders&filename=a.csv.gz", test::compressed("id\n1\n", "gzip"));
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.json()["file_name"], "a.csv");
  EXPECT_EQ(answer.json()["package"]["name"], "a.csv.gz");
}

TEST_F(ApiTest, APackageOfSeveralIsAnsweredWithAllOfThem) {
  const auto answer = ask("POST /v1/submissions?route=orders&filename=all.zip",
                          test::zip_of({{"a.csv", "id\n1\n"}, {"x\xff/b.csv", "id\n2\n"}, {".c", ""}}));
  ASSERT_EQ(answer.status, 201) << answer.body;
  const auto json = answer.json();
  ASSERT_EQ(json["submissions"].size(), 2U);
  EXPECT_EQ(json["submissions"][1]["package"]["member"], "x\\xff/b.csv");
  EXPECT_EQ(json["package"]["members"], 2);
  EXPECT_EQ(json["package"]["left_out"], Json::array({".c: .*"}));
  const auto place = fmt::format("/v1/packages/{}", json["package"]["id"].get<int>());
  EXPECT_THAT(answer.head, HasSubstr("Location: " + place));
  EXPECT_EQ(ask("GET " + place).json(), json);
  EXPECT_EQ(ask("GET /v1/packages/4711").status, 404);
}

TEST_F(ApiTest, APackageThatCannotBeUnpackedIsRefusedWithTheReason) {
  const auto answer = ask("POST /v1/submissions?route=orders&filename=a.csv.gz", "id\n1\n");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("a.csv in it: it is broken"));
  EXPECT_EQ(ask("GET /v1/submissions").json()["submissions"].size(), 0U);
}

}  // namespace
}  // namespace dropload::api
