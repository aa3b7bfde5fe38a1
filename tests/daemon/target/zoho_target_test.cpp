#include "daemon/target/zoho_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "tests/support/fake_clock.h"
#include "tests/support/scripted_api.h"
#include "tests/support/temporary_directory.h"

namespace dropload::target {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto token_path = "/oauth/v2/token";
constexpr auto names_path = "/restapi/v2/metadetails";
constexpr auto create_path = "/restapi/v2/bulk/workspaces/111111111111111111/views/222222222222222222/data";
constexpr auto create_new_path = "/restapi/v2/bulk/workspaces/111111111111111111/data";
constexpr auto batch_path = "/restapi/v2/bulk/workspaces/111111111111111111/views/222222222222222222/data/batch";
constexpr auto batch_new_path = "/restapi/v2/bulk/workspaces/111111111111111111/data/batch";
constexpr auto batch_answer =
    R"({"status":"success","summary":"Create bulk import job","data":{"batchKey":"17_4","jobId":"333"}})";
constexpr auto job_path = "/restapi/v2/bulk/workspaces/111111111111111111/importjobs/333";

constexpr auto import_path = "/restapi/v2/workspaces/111111111111111111/views/222222222222222222/importdetails";

constexpr auto workspace_answer =
    R"({"status":"success","summary":"Get meta details","data":{"workspaces":{"workspaceId":"111111111111111111",
  "workspaceName":"Sales","workspaceDesc":"","orgId":"77"}}})";
constexpr auto view_answer =
    R"({"status":"success","summary":"Get meta details","data":{"workspaces":{"workspaceId":"111111111111111111",
  "workspaceName":"Sales","workspaceDesc":"","orgId":"77"},"views":{"viewId":"222222222222222222","viewName":"orders","viewDesc":""}}})";
constexpr auto created_answer = R"({"status":"success","summary":"Create bulk import job","data":{"jobId":"333"}})";

std::string failure(int code, const std::string& symbol) {
  return R"({"status":"failure","summary":")" + symbol + R"(","data":{"errorCode":)" + std::to_string(code) +
         R"(,"errorMessage":"no"}})";
}

http::Awaitable<Result<void>> agree(int* times) {
  ++*times;
  co_return Result<void>{};
}
http::Awaitable<Result<void>> disagree() {
  co_return error(Errc::no_space, "no room for the intent");
}

class ZohoTargetTest : public testing::Test {
 protected:
  ZohoTargetTest() {
    api_.answer_json(token_path, R"({"access_token":"tok","expires_in":3600})");
    ZohoTargetSettings settings;
    settings.name = "acme";
    settings.organization_id = "77";
    settings.api_url = api_.url();
    settings.token_url = api_.url() + token_path;
    settings.token_file = directory_.path() / "token.json";
    target_ = create_zoho_target(io_.context(), settings, clock_, random_, files_).value();
    file_ = files_.open_for_reading(directory_.write("orders.csv", "id,name\n1,a\n")).value();
  }
  ~ZohoTargetTest() override {
    io_.call([this] { target_.reset(); });
  }

  SubmitRequest request(const std::string& workspace = "Sales", const std::string& table = "orders") {
    SubmitRequest request;
    request.table = {"acme", workspace, table};
    request.file_name = "orders.csv";
    request.fd = file_.get();
    request.size = 12;
    request.before_last_piece = [this] { return agree(&asked_before_last_piece_); };
    return request;
  }
  LookResult look() { return io_.run(target_->last_import({"acme", "Sales", "orders"})); }
  SubmitResult submit(SubmitRequest request) { return io_.run(target_->submit(std::move(request))); }
  // Names are answered as they are asked: the workspace, then the view.
  void answer_names() {
    api_.answer_json(names_path, workspace_answer);
    api_.answer_json(names_path, view_answer);
  }

  test::TemporaryDirectory directory_;
  SystemFiles files_;
  test::FakeClock clock_;
  SystemRandom random_;
  test::IoThread io_;
  test::ScriptedApi api_{io_};
  std::unique_ptr<Target> target_;
  UniqueFd file_;
  int asked_before_last_piece_ = 0;
};

TEST_F(ZohoTargetTest, AFileGoesToTheTableThatItsNamesMean) {
  answer_names();
  api_.answer_json(create_path, created_answer);
  const auto accepted = std::get<Accepted>(submit(request()));
  EXPECT_EQ(accepted.job_id, "333");
  EXPECT_EQ(accepted.workspace_id, "111111111111111111");
  const auto& create = api_.seen().back();
  EXPECT_EQ(create.authorization, "Zoho-oauthtoken tok");
  EXPECT_EQ(create.organization, "77");
  EXPECT_THAT(create.query, HasSubstr("CONFIG=%7B"));
  EXPECT_THAT(create.content_type, HasSubstr("multipart/form-data"));
  EXPECT_THAT(create.body, HasSubstr("filename=\"orders.csv\""));
  EXPECT_THAT(create.body, HasSubstr("id,name\n1,a\n"));
  EXPECT_EQ(asked_before_last_piece_, 1);
}

TEST_F(ZohoTargetTest, TheFirstBatchBeginsASeriesAndTheNextOneGoesWithItsKeyToTheSamePlace) {
  answer_names();
  api_.answer_json(batch_path, batch_answer);
  auto first = request();
  first.batch = Batch{"id,name\n", 8, 2, false, {}};
  const auto accepted = std::get<Accepted>(submit(first));
  EXPECT_EQ(accepted.job_id, "333");
  EXPECT_EQ(accepted.series.value().key, "17_4");
  EXPECT_EQ(accepted.series.value().view_id, "222222222222222222");
  EXPECT_THAT(api_.seen().back().query, HasSubstr("%22batchKey%22%3A%22start%22%2C%22isLastBatch%22%3Afalse"));
  EXPECT_THAT(api_.seen().back().body, HasSubstr("\r\n\r\nid,name\n1,\r\n--"));
  auto next = request();
  next.batch = Batch{"id,name\n", 10, 2, true, accepted.series};
  EXPECT_EQ(std::get<Accepted>(submit(next)).series.value().key, "17_4");
  EXPECT_THAT(api_.seen().back().query, HasSubstr("%22batchKey%22%3A%2217_4%22%2C%22isLastBatch%22%3Atrue"));
  EXPECT_THAT(api_.seen().back().body, HasSubstr("\r\n\r\nid,name\na\n\r\n--"));
  EXPECT_EQ(api_.calls_of(batch_path), 2U);
  EXPECT_EQ(asked_before_last_piece_, 2);
}

TEST_F(ZohoTargetTest, ACallbackIsAskedForWithTheCallThatMakesTheJob) {
  constexpr auto asked = "%22callbackUrl%22%3A%22https%3A%2F%2Fdrop.example.com%2Fv1%2Fcallbacks%2Fabc%22";
  answer_names();
  api_.answer_json(create_path, created_answer);
  api_.answer_json(batch_path, batch_answer);
  auto whole = request();
  submit(whole);
  EXPECT_THAT(api_.seen().back().query, Not(HasSubstr("callbackUrl")));
  whole.callback_url = "https://drop.example.com/v1/callbacks/abc";
  submit(whole);
  EXPECT_THAT(api_.seen().back().query, HasSubstr(asked));
  auto first = whole;
  first.batch = Batch{"id,name\n", 8, 2, false, {}};
  const auto accepted = std::get<Accepted>(submit(first));
  EXPECT_THAT(api_.seen().back().query, HasSubstr(asked));
  auto next = whole;
  next.batch = Batch{"id,name\n", 10, 2, true, accepted.series};
  submit(next);
  EXPECT_THAT(api_.seen().back().query, Not(HasSubstr("callbackUrl"))) << "the job has it";
}

TEST_F(ZohoTargetTest, AServiceThatQuotesTheSecretOfACallbackTellsItToNobody) {
  answer_names();
  api_.answer_json(create_path,
                   R"({"status":"failure","summary":"CALLBACKURL_CONNECTION_ERROR","data":{"errorCode":8126,)"
                   R"("errorMessage":"cannot reach https://drop.example.com/v1/callbacks/0ABC1"}})",
                   400);
  auto told = request();
  told.callback_url = "https://drop.example.com/v1/callbacks/0abc1";
  EXPECT_EQ(std::get<Refused>(submit(told)).refusal.message, "cannot reach https://drop.example.com/v1/callbacks/…");
}

TEST_F(ZohoTargetTest, ASeriesThatMakesItsTableGoesOnWhereItBeganThoughTheTableExistsByThen) {
  api_.answer_json(names_path, workspace_answer);
  api_.answer_json(names_path, failure(7104, "META_OBJECT_NOT_PRESENT"), 404);
  api_.answer_json(batch_new_path, batch_answer);
  auto first = request();
  first.create = true;
  first.batch = Batch{"id,name\n", 8, 2, false, {}};
  const auto accepted = std::get<Accepted>(submit(first));
  auto next = request();
  next.batch = Batch{"id,name\n", 10, 2, true, accepted.series};
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(next)));
  EXPECT_EQ(api_.calls_of(batch_new_path), 2U);
}

TEST_F(ZohoTargetTest, AFirstBatchWhoseAnswerHasNoKeyMayHaveBeenTaken) {
  answer_names();
  api_.answer_json(batch_path, created_answer);
  auto first = request();
  first.batch = Batch{"id,name\n", 8, 2, false, {}};
  EXPECT_THAT(std::get<MaybeSent>(submit(first)).error.message, HasSubstr("batchKey"));
}

TEST_F(ZohoTargetTest, NamesAreLookedUpOnceAndTheCostSaysSo) {
  answer_names();
  api_.answer_json(create_path, created_answer);
  EXPECT_EQ(target_->cost_of_submit({"acme", "Sales", "orders"}).metadata, 2);
  submit(request());
  EXPECT_EQ(target_->cost_of_submit({"acme", "Sales", "orders"}).metadata, 0);
  EXPECT_EQ(target_->cost_of_submit({"acme", "Sales", "customers"}).metadata, 1);
  submit(request());
  EXPECT_EQ(api_.calls_of(names_path), 2U);
}

TEST_F(ZohoTargetTest, IdsAreUsedAsTheyAre) {
  api_.answer_json(create_path, created_answer);
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(request("111111111111111111", "222222222222222222"))));
  EXPECT_EQ(api_.calls_of(names_path), 0U);
}

TEST_F(ZohoTargetTest, ATableNameBelowAWorkspaceIdIsFoundInTheListOfViews) {
  api_.answer_json("/restapi/v2/workspaces/111111111111111111/views",
                   R"({"status":"success","summary":"Get views","data":{"views":[{"viewId":"9","viewName":"x"},
                       {"viewId":"222222222222222222","viewName":"orders"}]}})");
  api_.answer_json(create_path, created_answer);
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(request("111111111111111111", "orders"))));
}

TEST_F(ZohoTargetTest, AListOfViewsThatCannotBeReadIsNotTakenForAMissingTable) {
  api_.answer_json("/restapi/v2/workspaces/111111111111111111/views",
                   R"({"status":"success","summary":"Get views","data":{"views":[{"viewId":9,"viewName":"orders"}]}})");
  auto creating = request("111111111111111111", "orders");
  creating.create = true;
  EXPECT_TRUE(std::holds_alternative<NeverSent>(submit(std::move(creating))));
}

TEST_F(ZohoTargetTest, ANameThatIsNotUtf8IsSpelledTheSameWhereverItIsSent) {
  api_.answer_json(names_path, workspace_answer);
  api_.answer_json(names_path, failure(7104, "META_OBJECT_NOT_PRESENT"), 404);
  api_.answer_json(create_new_path, created_answer);
  auto creating = request("Sales", "caf\xE9");
  creating.create = true;
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(std::move(creating))));
  ASSERT_GE(api_.seen().size(), 2U);
  EXPECT_THAT(api_.seen()[api_.seen().size() - 2].query, HasSubstr("caf%EF%BF%BD"));
  EXPECT_THAT(api_.seen().back().query, HasSubstr("caf%EF%BF%BD"));
}

TEST_F(ZohoTargetTest, AMissingTableIsMadeOnlyWhenTheRouteSaysSo) {
  api_.answer_json(names_path, workspace_answer);
  api_.answer_json(names_path, failure(7104, "META_OBJECT_NOT_PRESENT"), 404);
  api_.answer_json(create_new_path, created_answer);
  const auto refused = std::get<Refused>(submit(request()));
  EXPECT_EQ(refused.refusal.code, 7104);
  EXPECT_THAT(refused.refusal.message, HasSubstr("create = true"));
  auto creating = request();
  creating.create = true;
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(std::move(creating))));
  EXPECT_THAT(api_.seen().back().query, HasSubstr("tableName"));
}

TEST_F(ZohoTargetTest, AnIdThatTheServiceDoesNotKnowAnyMoreIsLookedUpAgain) {
  answer_names();
  api_.answer_json(create_path, created_answer);
  api_.answer_json(create_path, failure(7104, "META_OBJECT_NOT_PRESENT"), 404);
  submit(request());
  EXPECT_EQ(std::get<Refused>(submit(request())).refusal.code, 7104);
  EXPECT_EQ(target_->cost_of_submit({"acme", "Sales", "orders"}).metadata, 2);
}

TEST_F(ZohoTargetTest, ALongConfigTravelsAsAFormPart) {
  answer_names();
  api_.answer_json(create_path, created_answer);
  auto wide = request();
  for (int i = 0; i < 300; ++i)
    wide.options.selected_columns.push_back("a column with a long name " + std::to_string(i));
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(std::move(wide))));
  EXPECT_EQ(api_.seen().back().query, "");
  EXPECT_THAT(api_.seen().back().body, HasSubstr("name=\"CONFIG\""));
}

TEST_F(ZohoTargetTest, ARefusedTokenIsReplacedForTheNextCall) {
  answer_names();
  api_.answer_json(create_path, failure(8535, "INVALID_OAUTHTOKEN"), 401);
  api_.answer_json(create_path, created_answer);
  EXPECT_EQ(std::get<Refused>(submit(request())).refusal.code, 8535);
  EXPECT_TRUE(std::holds_alternative<Accepted>(submit(request())));
  EXPECT_EQ(api_.calls_of(token_path), 2U);
}

TEST_F(ZohoTargetTest, OfTwoCallsWithOneRevokedTokenOnlyTheFirstSaysThatOursIsNoGood) {
  using namespace boost::asio::experimental::awaitable_operators;
  answer_names();
  api_.answer_json(create_path, created_answer);
  api_.answer_json(create_path, failure(8535, "INVALID_OAUTHTOKEN"), 401);
  submit(request());
  auto both = target_->submit(request()) && target_->submit(request());
  const auto [one, other] = io_.run(std::move(both));
  EXPECT_NE(std::get<Refused>(one).token_was_replaced, std::get<Refused>(other).token_was_replaced);
}

TEST_F(ZohoTargetTest, NothingIsSentWholeWhenTheIntentCannotBeCommitted) {
  answer_names();
  api_.answer_json(create_path, created_answer);
  auto unlucky = request();
  unlucky.before_last_piece = [] { return disagree(); };
  const auto never = std::get<NeverSent>(submit(std::move(unlucky)));
  EXPECT_EQ(never.error.code, Errc::no_space);
  EXPECT_EQ(api_.calls_of(create_path), 0U) << "the service never had a whole request";
}

TEST_F(ZohoTargetTest, AnAnswerThatSaysNothingUsableLeavesTheOutcomeUnknown) {
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

TEST_F(ZohoTargetTest, WhatSomethingInBetweenAnswersToAPollIsNoAnswerOfTheService) {
  for (const int status : {403, 404, 502, 503}) api_.answer_json(job_path, "<html>no</html>", status);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(std::holds_alternative<NeverSent>(io_.run(target_->status("111111111111111111", "333")))) << i;
  }
}

TEST_F(ZohoTargetTest, AFileThatIsTooLargeForSomethingInBetweenIsRefusedAndSaysSo) {
  answer_names();
  api_.answer_json(create_path, "<html>Request Entity Too Large</html>", 413);
  const auto refused = std::get<Refused>(submit(request()));
  EXPECT_EQ(refused.refusal.http_status, 413);
  EXPECT_THAT(std::string(zoho::hint_for(413, 0)), HasSubstr("Something between"));
  EXPECT_EQ(zoho::classify(413, 0), zoho::FailureClass::request_wrong);
}

TEST_F(ZohoTargetTest, SlowDownAndNoAccessAreRefusalsAlsoWithoutAnEnvelope) {
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

TEST_F(ZohoTargetTest, ALookUpThatFailsNeverMeansThatTheFileMayHaveLanded) {
  api_.answer_json(names_path, "<html>fine</html>", 200);
  EXPECT_TRUE(std::holds_alternative<NeverSent>(submit(request())));
}

TEST_F(ZohoTargetTest, DetailsAreReadAndKeptVerbatim) {
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

TEST_F(ZohoTargetTest, TheLastImportOfATableIsReadWithTheServicesTime) {
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

TEST_F(ZohoTargetTest, ATableThatWasNeverImportedIntoHasNoLastImportAndNoneThatIsMissing) {
  answer_names();
  api_.answer_json(import_path, R"({"status":"success","summary":"","data":{}})");
  api_.answer_json(import_path, failure(7138, "META_OBJECT_NOT_PRESENT"), 404);
  EXPECT_FALSE(std::get<LastImport>(look()).import);
  EXPECT_TRUE(std::holds_alternative<Refused>(look())) << "the id may be an old one: the name is looked up again";
  EXPECT_EQ(target_->cost_of_look({"acme", "Sales", "orders"}).metadata, 3);
}

TEST_F(ZohoTargetTest, WhatIsNoAnswerToALookIsNone) {
  answer_names();
  api_.answer_json(import_path, R"({"status":"success","summary":"","data":{"lastImportTime":5}})");
  EXPECT_TRUE(std::holds_alternative<NeverSent>(look()));
}

TEST_F(ZohoTargetTest, ALookAtATableThatIsNotThereSaysSo) {
  api_.answer_json(names_path, workspace_answer);
  api_.answer_json(names_path, failure(7104, "META_OBJECT_NOT_PRESENT"), 404);
  EXPECT_TRUE(std::holds_alternative<NoTable>(look()));
}

TEST_F(ZohoTargetTest, AStatusThatCannotBeReadCanBeAskedAgain) {
  api_.answer_json(job_path, "<html>gateway</html>", 502);
  api_.answer_json(job_path, R"({"status":"success","summary":"x","data":{}})", 200);
  EXPECT_TRUE(std::holds_alternative<NeverSent>(io_.run(target_->status("111111111111111111", "333"))));
  EXPECT_TRUE(std::holds_alternative<NeverSent>(io_.run(target_->status("111111111111111111", "333"))));
}

}  // namespace
}  // namespace dropload::target
