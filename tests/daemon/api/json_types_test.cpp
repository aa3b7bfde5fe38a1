#include "daemon/api/json_types.h"

#include <gtest/gtest.h>

namespace dropload::api {
namespace {

queue::Submission held_submission() {
  queue::Submission submission;
  submission.id = 41;
  submission.route = "sales";
  submission.table = {"main", "Sales", "orders"};
  submission.source = queue::Source::drop;
  submission.file_name = "Umsätze.csv";
  submission.drop_directory = "/srv/drop";
  submission.size = 5'000'000'000;
  submission.sha256 = "ab12";
  submission.duplicate_of = 40;
  submission.state = queue::SubmissionState::held;
  submission.reason = "nobody can know\nwhether it landed";
  submission.advice = "look at the table";
  submission.code = 7107;
  submission.attempts = 2;
  submission.accepted_at = {1'795'415'400'125};
  submission.not_before = Time{1'795'415'401'000};
  submission.rows = queue::Rows{12, 11, 1};
  submission.records = 13;
  return submission;
}

queue::Job lost_job() {
  queue::Job job;
  job.id = 7;
  job.submission = 41;
  job.parts = 300;
  job.table = {"main", "Sales", "orders"};
  job.state = queue::JobState::lost;
  job.whole_sent = true;
  job.workspace_id = "1767024000000042001";
  job.remote_id = "1767024000000057009";
  job.started_at = {1'795'415'400'200};
  job.sent_at = Time{1'795'415'400'300};
  job.holds_slot_until = Time{1'795'415'500'000};
  job.polls = 3;
  job.remote_code = 1002;
  job.message = "the connection broke";
  job.summary = R"({"jobStatus":"JOB IN PROGRESS","jobCode":"1002","a":[1,2.50]})";
  return job;
}

TEST(JsonTypes, ASubmissionLooksLikeThis) {
  EXPECT_EQ(
      encode(held_submission()).dump(),
      R"({"id":41,"state":"held","route":"sales","organization":"main","workspace":"Sales","table":"orders","source":"drop",)"
      R"("file_name":"Umsätze.csv","size":5000000000,"sha256":"ab12","reason":"nobody can know\nwhether it landed",)"
      R"("advice":"look at the table","code":7107,"attempts":2,"accepted_at":"2026-11-23T06:30:00.125Z",)"
      R"("not_before":"2026-11-23T06:30:01.000Z","ended_at":null,"rows":{"total":12,"success":11,"warnings":1},)"
      R"("records":13,"drop_directory":"/srv/drop","retired_to":null,"retire_trouble":"","removed_at":null,"priority":0,"superseded_by":null,)"
      R"("retry_of":null,"retried_as":null,"duplicate_of":40,"warnings":0,"package":null})");
}

TEST(JsonTypes, WhatIsWrittenIsReadBack) {
  const SubmissionDetail detail{
      held_submission(), {lost_job()}, {{41, {1'795'415'400'125}, "queued", "from the drop directory"}}};
  const auto read = decode_detail(encode(detail).dump());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(encode(*read), encode(detail));
  EXPECT_EQ(read->submission.rows->success, 11);
  EXPECT_EQ(read->submission.ended_at, std::nullopt);
  EXPECT_EQ(read->submission.records, 13);
  EXPECT_EQ(read->submission.duplicate_of, 40);
  EXPECT_EQ(read->jobs.at(0).parts, 300);
  EXPECT_EQ(read->jobs.at(0).holds_slot_until, (Time{1'795'415'500'000}));
  EXPECT_EQ(read->timeline.at(0).what, "queued");
}

TEST(JsonTypes, WhatWasFoundInAFileIsReadBackWithItsLineOrNone) {
  auto submission = held_submission();
  submission.warnings = 1;
  submission.findings = {{"facts", queue::Severity::note, "UTF-8, comma", std::nullopt},
                         {"short_records", queue::Severity::warning, "2 records have too few.", 7}};
  const auto json = encode(SubmissionDetail{submission, {}, {}});
  EXPECT_EQ(json["warnings"], 1);
  EXPECT_EQ(json["findings"][1].dump(),
            R"({"code":"short_records","severity":"warning","text":"2 records have too few.","line":7})");
  EXPECT_TRUE(json["findings"][0]["line"].is_null());
  const auto read = decode_detail(json.dump());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->submission.findings, submission.findings);
  EXPECT_EQ(read->submission.warnings, 1);
}

TEST(JsonTypes, TheServicesOwnWordsStayJsonInTheirOrder) {
  const auto json = encode(SubmissionDetail{held_submission(), {lost_job()}, {}});
  EXPECT_EQ(json["jobs"][0]["summary"].dump(), R"({"jobStatus":"JOB IN PROGRESS","jobCode":"1002","a":[1,2.5]})");
}

TEST(JsonTypes, ASummaryThatIsNoJsonIsShownAsText) {
  auto job = lost_job();
  job.summary = "<html>";
  EXPECT_EQ(encode(SubmissionDetail{held_submission(), {job}, {}})["jobs"][0]["summary"], "<html>");
  job.summary = "";
  EXPECT_TRUE(encode(SubmissionDetail{held_submission(), {job}, {}})["jobs"][0]["summary"].is_null());
}

TEST(JsonTypes, BytesThatAreNotUtf8AreShownAndBreakNothing) {
  auto submission = held_submission();
  submission.file_name = "a\xff\n.csv";
  submission.reason = "bad \xff";
  submission.drop_directory = "/srv/\xfe";
  const auto json = encode(submission);
  EXPECT_EQ(json["file_name"], "a\\xff\\x0a.csv");
  EXPECT_EQ(json["reason"], "bad \\xff");
  EXPECT_EQ(json["drop_directory"], "/srv/\\xfe");
  EXPECT_NO_THROW((void)json.dump());
}

TEST(JsonTypes, APageSaysWhereTheNextBegins) {
  const auto last = decode_page(encode(SubmissionPage{{held_submission()}, std::nullopt}).dump());
  ASSERT_TRUE(last);
  EXPECT_EQ(last->next, std::nullopt);
  const auto more = decode_page(encode(SubmissionPage{{held_submission()}, 41}).dump());
  ASSERT_TRUE(more);
  EXPECT_EQ(more->next, 41);
}

TEST(JsonTypes, AnAnswerThatLacksSomethingIsRefusedByName) {
  auto json = encode(held_submission());
  json.erase("attempts");
  const auto read = decode_submission(json.dump());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::protocol);
  EXPECT_EQ(read.error().message,
            "the answer has no member 'attempts'; client and daemon may be of different versions");
}

TEST(JsonTypes, AnAnswerOfAnotherKindIsRefusedByName) {
  const std::vector<std::pair<const char*, Json>> wrong{{"id", "41"},
                                                        {"state", "lingering"},
                                                        {"source", 1},
                                                        {"code", "7107"},
                                                        {"accepted_at", "today"},
                                                        {"rows", Json{{"total", 1}}},
                                                        {"reason", false},
                                                        {"size", 1.5}};
  for (const auto& [name, value] : wrong) {
    auto json = encode(held_submission());
    json[name] = value;
    const auto read = decode_submission(json.dump());
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(
        read.error().message,
        fmt::format("the answer has a wrong value in '{}'; client and daemon may be of different versions", name));
  }
  EXPECT_FALSE(decode_submission("[]"));
  EXPECT_FALSE(decode_submission("<html>"));
  EXPECT_FALSE(decode_page(R"({"submissions": 3, "next": null})"));
}

TEST(JsonTypes, AMemberOfALaterVersionIsNoObstacle) {
  auto json = encode(held_submission());
  json["colour"] = "blue";
  EXPECT_TRUE(decode_submission(json.dump()));
}

TEST(JsonTypes, ARouteShowsWhereItsRowsGo) {
  queue::Route route;
  route.name = "sales";
  route.organization = "main";
  route.workspace = "Sales";
  route.table_pattern = "(?<table>[a-z]+)_.*";
  route.create = true;
  route.drop.emplace().directory = "/srv/drop";
  EXPECT_EQ(
      encode(route, queue::Pause{"why", {}}, DropView{"offline", "not mounted", Time{0}}).dump(),
      R"({"name":"sales","organization":"main","workspace":"Sales","table":null,"table_pattern":"(?<table>[a-z]+)_.*",)"
      R"("table_from_directory":false,"create":true,"import_type":"append","on_error":"abort","drop_directory":"/srv/drop","priority":0,"supersede":false,)"
      R"("paused":{"reason":"why","until":null},)"
      R"("drop":{"state":"offline","reason":"not mounted","since":"1970-01-01T00:00:00.000Z",)"
      R"("arriving":0,"ignored":0,"not_taken":0,"directories":0,"unwatched":0,"overflows":0},"expected":[],)"
      R"("intake":{"state":"open","reason":"","since":null}})");
}

TEST(JsonTypes, WhatIsLeftAloneComesBackAsItIsShown) {
  intake::Standing standing;
  standing.ignored.add("a\n.part", "*.part");
  standing.not_taken.add("2026.csv", "no table");
  const auto json = encode(ignored_view(standing));
  EXPECT_EQ(json["ignored"][0]["name"], "a\\x0a.part");
  const auto read = decode_ignored(json.dump()).value();
  EXPECT_EQ(read.count, 1U);
  EXPECT_EQ(read.ignored.at(0).why, "*.part");
  EXPECT_EQ(read.not_taken.at(0).name, "2026.csv");
  EXPECT_EQ(drop_view(&standing)->not_taken, 1U);
}

TEST(JsonTypes, ADocumentThatIsNestedTooDeepIsShownAsText) {
  SubmissionDetail detail{held_submission(), {lost_job()}, {}};
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  detail.jobs.front().summary = deep;
  EXPECT_EQ(encode(detail)["jobs"][0]["summary"], deep);
  EXPECT_EQ(decode_detail(deep).error().code, Errc::protocol);
}

}  // namespace
}  // namespace dropload::api
