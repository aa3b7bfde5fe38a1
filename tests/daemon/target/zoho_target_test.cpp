#include "tests/daemon/target/zoho_target_fixture.h"

namespace dropload::target {
namespace {

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

}  // namespace
}  // namespace dropload::target
