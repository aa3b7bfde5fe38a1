#include "daemon/api/original.h"

#include <gmock/gmock.h>

#include "common/zoho/answers.h"
#include "tests/daemon/api/asking.h"

namespace dropload::api {
namespace {

using testing::HasSubstr;

class OriginalApi : public testing::Test {
 protected:
  Asked get(queue::SubmissionId id, std::string_view what) {
    return ask_of(server_, fmt::format("GET /v1/submissions/{}/{}", id, what));
  }
  queue::SubmissionId post(const std::string& bytes) {
    return ask_of(server_, "PUT /v1/routes/orders/files/a%20b.csv", bytes).json()["id"].get<queue::SubmissionId>();
  }

  test::ApiServer server_;
};

TEST_F(OriginalApi, AFileThatIsPutIsAcceptedUnderItsName) {
  const auto asked = ask_of(server_, "PUT /v1/routes/orders/files/Ums%C3%A4tze.csv", "id\n1\n");
  EXPECT_EQ(asked.status, 201);
  EXPECT_EQ(asked.json()["file_name"], "Umsätze.csv");
  EXPECT_EQ(asked.json()["source"], "rest");
  EXPECT_EQ(ask_of(server_, "PUT /v1/routes/nosuch/files/a.csv", "id\n1\n").status, 404);
  EXPECT_EQ(ask_of(server_, "PUT /v1/routes/orders/files/a%2Fb.csv", "id\n1\n").status, 400);
  EXPECT_EQ(ask_of(server_, "PUT /v1/routes/orders/files/a.csv?x=1", "id\n1\n").status, 400);
}

TEST_F(OriginalApi, WhatIsUnderWayComesOutOfTheSpool) {
  const std::string bytes = "id\n" + std::string(700'000, '1') + "\n";
  const auto asked = get(post(bytes), "original");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.body, bytes);
  EXPECT_THAT(asked.head, HasSubstr("Content-Type: application/octet-stream\r\n"));
  EXPECT_THAT(asked.head,
              HasSubstr("Content-Disposition: attachment; filename=\"a_b.csv\"; filename*=UTF-8''a%20b.csv"));
}

TEST_F(OriginalApi, ASmallOneThatIsUnderWayComesOutOfTheQueue) {
  const auto asked = get(post("id\n1\n"), "original");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.body, "id\n1\n");
  EXPECT_THAT(asked.head, HasSubstr("Content-Length: 5\r\n"));
}

TEST_F(OriginalApi, WhatHasEndedComesFromWhereItWasPutAway) {
  const auto id = server_.accept("a.csv").id;
  ASSERT_EQ(ask_of(server_, fmt::format("POST /v1/submissions/{}/discard", id)).status, 200);
  server_.put_away(id, "id\n7\n");
  EXPECT_EQ(get(id, "original").body, "id\n7\n");
  const auto place = server_.directory() / "drop/failed/2026-11-24/a.csv";
  std::filesystem::resize_file(place, 2);
  auto asked = get(id, "original");
  EXPECT_EQ(asked.status, 410);
  EXPECT_EQ(asked.json()["code"], "gone");
  EXPECT_THAT(asked.json()["detail"].get<std::string>(), HasSubstr("has 2 bytes, and its original had 5"));
  std::filesystem::remove(place);
  asked = get(id, "original");
  EXPECT_EQ(asked.status, 410);
  EXPECT_THAT(asked.json()["detail"].get<std::string>(), HasSubstr(place.string()));
}

TEST_F(OriginalApi, ALinkInItsPlaceIsNotFollowed) {
  const auto id = server_.accept("a.csv").id;
  ASSERT_EQ(ask_of(server_, fmt::format("POST /v1/submissions/{}/discard", id)).status, 200);
  server_.put_away(id, "id\n7\n");
  const auto place = server_.directory() / "drop/failed/2026-11-24/a.csv";
  std::filesystem::rename(place, server_.directory() / "elsewhere");
  std::filesystem::create_symlink(server_.directory() / "elsewhere", place);
  EXPECT_EQ(get(id, "original").status, 410);
}

TEST_F(OriginalApi, ADeletedOneIsGoneAndAnUnknownOneWasNeverThere) {
  const auto id = server_.accept("a.csv").id;
  server_.finish(server_.import(id), {1, 1, 0});
  server_.store([id](queue::Store& store) { return store.mark_retired(id, "", Time{1}); }).value();
  const auto asked = get(id, "original");
  EXPECT_EQ(asked.status, 410);
  EXPECT_EQ(asked.json()["detail"], "its original was deleted when it was imported");
  EXPECT_EQ(get(99, "original").status, 404);
  EXPECT_EQ(get(99, "summary").status, 404);
}

TEST_F(OriginalApi, TheSummaryIsWhatTheServiceSaid) {
  const auto id = server_.accept("a.csv").id;
  auto asked = get(id, "summary");
  EXPECT_EQ(asked.status, 404);
  EXPECT_THAT(asked.json()["detail"].get<std::string>(), HasSubstr("no job of submission"));
  server_.finish(server_.import(id), {1, 1, 0});
  asked = get(id, "summary");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.body, R"({"jobCode":"1004"})");
  EXPECT_EQ(get(id, "errors").status, 404);
}

TEST_F(OriginalApi, ImportErrorsAreLines) {
  const auto id = server_.accept("a.csv").id;
  const auto job = server_.import(id);
  zoho::JobDetails details;
  details.job_id = "1";
  details.code = zoho::JobCode::completed;  // with rows that were rejected
  details.summary.emplace();
  details.import_errors =
      "<nobr>[Line: 3 Field: 2] (a&lt;b) -ERROR: no</nobr><br><nobr>[Line: 4 Field: 1] (x) -ERROR: no</nobr><br>";
  const auto summary = zoho::encode_job_details(details);
  const Time now = server_.clock().now();
  server_.store([=](queue::Store& store) { return store.job_succeeded(job, {2, 1, 0}, "", summary, now); }).value();
  const auto asked = get(id, "errors");
  EXPECT_EQ(asked.status, 200) << asked.body;
  EXPECT_THAT(asked.head, HasSubstr("Content-Type: text/plain; charset=utf-8"));
  EXPECT_EQ(asked.body, "[Line: 3 Field: 2] (a<b) -ERROR: no\n[Line: 4 Field: 1] (x) -ERROR: no\n");
}

TEST(AttachmentName, CanHoldNothingThatEndsIt) {
  EXPECT_EQ(attachment_named("a\"\r\nb.csv"),
            "attachment; filename=\"a___b.csv\"; filename*=UTF-8''a%22%5Cx0d%0Ab.csv");
}

}  // namespace
}  // namespace dropload::api
