// What the target makes of each answer.

#include "tests/daemon/target/zoho_target_fixture.h"

namespace dropload::target {
namespace {

using ZohoAnswers = ZohoTargetTest;

TEST_F(ZohoAnswers, ARefusedTokenIsReplacedForTheNextCall) {
  answer_names();
  api_.answer_json(create_path, failure(8535, "INVALID_OAUTHTOKEN"), 401);
  api_.answer_json(create_path, created_answer);
  EXPECT_EQ(std::get<Refused>(submit(request())).refusal.code, 8535);
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(request())));
  EXPECT_EQ(api_.calls_of(token_path), 2U);
}

TEST_F(ZohoAnswers, OfTwoCallsWithOneRevokedTokenOnlyTheFirstSaysThatOursIsNoGood) {
  using namespace boost::asio::experimental::awaitable_operators;
  answer_names();
  api_.answer_json(create_path, created_answer);
  api_.answer_json(create_path, failure(8535, "INVALID_OAUTHTOKEN"), 401);
  submit(request());
  auto both = target_->submit(request()) && target_->submit(request());
  const auto [one, other] = io_.run(std::move(both));
  EXPECT_NE(std::get<Refused>(one).token_was_replaced, std::get<Refused>(other).token_was_replaced);
}

TEST_F(ZohoAnswers, NothingIsSentWholeWhenTheIntentCannotBeCommitted) {
  answer_names();
  api_.answer_json(create_path, created_answer);
  auto unlucky = request();
  unlucky.before_last_piece = [] { return disagree(); };
  const auto never = std::get<NeverSent>(submit(std::move(unlucky)));
  EXPECT_EQ(never.error.code, Errc::no_space);
  EXPECT_EQ(api_.calls_of(create_path), 0U) << "the service never had a whole request";
}

TEST_F(ZohoAnswers, AnAnswerThatSaysNothingUsableLeavesTheOutcomeUnknown) {
  answer_names();
  api_.answer_json(create_path, "<html>fine</html>", 200);
  api_.answer_json(create_path, "<html>bad gateway</html>", 502);
  api_.answer_json(create_path, "<html>gateway timeout</html>", 504);
  api_.answer_json(create_path, R"({"status":"success","summary":"x","data":{"job":1}})", 200);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(std::holds_alternative<MaybeSent>(submit(request()))) << i;
  for (const int status : {302, 403, 404, 407, 408, 500, 503}) api_.answer_json(create_path, "<html>no</html>", status);
  for (int i = 0; i < 7; ++i) {
    const auto result = submit(request());
    ASSERT_TRUE(std::holds_alternative<MaybeSent>(result)) << i << ": it had passed the whole file on, for all we know";
    EXPECT_EQ(std::get<MaybeSent>(result).error.code, Errc::protocol) << i;
  }
}

TEST_F(ZohoAnswers, WhatSomethingInBetweenAnswersToAPollIsNoAnswerOfTheService) {
  for (const int status : {403, 404, 502, 503}) api_.answer_json(job_path, "<html>no</html>", status);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(std::holds_alternative<NeverSent>(io_.run(target_->status("111111111111111111", "333")))) << i;
  }
}

TEST_F(ZohoAnswers, AFileThatIsTooLargeForSomethingInBetweenIsRefusedAndSaysSo) {
  answer_names();
  api_.answer_json(create_path, "<html>Request Entity Too Large</html>", 413);
  const auto refused = std::get<Refused>(submit(request()));
  EXPECT_EQ(refused.refusal.http_status, 413);
  EXPECT_THAT(std::string(zoho::hint_for(413, 0)), HasSubstr("Something between"));
  EXPECT_EQ(zoho::classify(413, 0), zoho::FailureClass::request_wrong);
}

TEST_F(ZohoAnswers, SlowDownAndNoAccessAreRefusalsAlsoWithoutAnEnvelope) {
  answer_names();
  http::Response slow_down;
  slow_down.status = http::Status::too_many_requests;
  slow_down.headers.emplace_back("Retry-After", "7");
  api_.answer(create_path, slow_down);
  api_.answer_json(create_path, "", 401);
  const auto too_fast = std::get<Refused>(submit(request()));
  EXPECT_EQ(too_fast.refusal.http_status, 429);
  EXPECT_EQ(too_fast.retry_after, Milliseconds{7'000});
  EXPECT_EQ(std::get<Refused>(submit(request())).refusal.http_status, 401);
}

TEST_F(ZohoAnswers, ALookUpThatFailsNeverMeansThatTheFileMayHaveLanded) {
  api_.answer_json(names_path, "<html>fine</html>", 200);
  EXPECT_TRUE(std::holds_alternative<NeverSent>(submit(request())));
}

TEST_F(ZohoAnswers, DetailsAreReadAndKeptVerbatim) {
  api_.answer_json(job_path,
                   R"({"status":"success","summary":"Fetch import job info","data":{"jobId":"333","jobCode":"1004",
    "jobStatus":"JOB COMPLETED","expiryTime":"1700003600000","jobInfo":{"importSummary":{"importType":"APPEND","totalColumnCount":2,
    "selectedColumnCount":2,"totalRowCount":1,"successRowCount":1,"warnings":0,"importOperation":"updated"},"importErrors":"",
    "columnDetails":{"id":"Number"}}}})");
  const auto details = std::get<Details>(io_.run(target_->status("111111111111111111", "333")));
  EXPECT_EQ(details.details.code, zoho::JobCode::completed);
  EXPECT_EQ(details.details.summary.value().success_rows, 1);
  EXPECT_THAT(details.verbatim, HasSubstr("\"jobCode\":\"1004\""));
}

TEST_F(ZohoAnswers, TheLastImportOfATableIsReadWithTheServicesTime) {
  answer_names();
  http::Response response;
  response.body =
      R"({"status":"success","summary":"","data":{"lastImportTime":"14 November, 2023 10:13:20 PM GMT","lastImportStatus":"Success","rows":{"total":"5","success":"5"}}})";
  response.headers.emplace_back("Date", "Tue, 14 Nov 2023 22:13:21 GMT");
  api_.answer(import_path, response);
  EXPECT_EQ(target_->cost_of_look({"acme", "Sales", "orders"}).metadata, 3);
  const auto last = std::get<LastImport>(look());
  ASSERT_TRUE(last.import);
  EXPECT_EQ(last.import->total, 5);
  EXPECT_EQ(last.import->at, Time{1'700'000'000'000});
  EXPECT_EQ(last.service_time, Time{1'700'000'001'000});
  EXPECT_THAT(last.verbatim, HasSubstr("lastImportStatus"));
  EXPECT_EQ(target_->cost_of_look({"acme", "Sales", "orders"}).metadata, 1) << "the names are known";
}

TEST_F(ZohoAnswers, ATableThatWasNeverImportedIntoHasNoLastImportAndNoneThatIsMissing) {
  answer_names();
  api_.answer_json(import_path, R"({"status":"success","summary":"","data":{}})");
  api_.answer_json(import_path, failure(7138, "META_OBJECT_NOT_PRESENT"), 404);
  EXPECT_FALSE(std::get<LastImport>(look()).import);
  EXPECT_TRUE(std::holds_alternative<Refused>(look())) << "the id may be an old one: the name is looked up again";
  EXPECT_EQ(target_->cost_of_look({"acme", "Sales", "orders"}).metadata, 3);
}

TEST_F(ZohoAnswers, WhatIsNoAnswerToALookIsNone) {
  answer_names();
  api_.answer_json(import_path, R"({"status":"success","summary":"","data":{"lastImportTime":5}})");
  EXPECT_TRUE(std::holds_alternative<NeverSent>(look()));
}

TEST_F(ZohoAnswers, ALookAtATableThatIsNotThereSaysSo) {
  api_.answer_json(names_path, workspace_answer);
  api_.answer_json(names_path, failure(7104, "META_OBJECT_NOT_PRESENT"), 404);
  EXPECT_TRUE(std::holds_alternative<NoTable>(look()));
}

TEST_F(ZohoAnswers, AStatusThatCannotBeReadCanBeAskedAgain) {
  api_.answer_json(job_path, "<html>gateway</html>", 502);
  api_.answer_json(job_path, R"({"status":"success","summary":"x","data":{}})", 200);
  EXPECT_TRUE(std::holds_alternative<NeverSent>(io_.run(target_->status("111111111111111111", "333"))));
  EXPECT_TRUE(std::holds_alternative<NeverSent>(io_.run(target_->status("111111111111111111", "333"))));
}

}  // namespace
}  // namespace dropload::target
