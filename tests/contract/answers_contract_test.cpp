// Answers of the service that the other tests of the daemon's client have not shown it: limits that are kept for real,
// settings that are wrong, jobs that fail, and every setting's way to the table.

#include "daemon/schedule/outcome.h"
#include "tests/contract/contract_fixture.h"

namespace dropload::test {
namespace {

using zoho::FailureClass;
using zoho::ImportType;
using zoho::JobCode;

service::Settings with_limits() {
  service::Settings settings;
  settings.limits = zoho::RequestLimits{.bulk = 2, .metadata = 60, .overall = 100};
  settings.daily_units = 10;
  settings.max_file_bytes = 100'000;
  return settings;
}

class LimitedAnswers : public ContractTest {
 protected:
  LimitedAnswers() : ContractTest(with_limits()) {}

  void next_minute() { service_.clock().advance(Milliseconds{60'000}); }
  static FailureClass class_of(const zoho::Refusal& refusal) {
    return zoho::classify(refusal.http_status, refusal.code);
  }
};

TEST_F(LimitedAnswers, CallsOverTheLimitAreTooFastForCreatesAndForPolls) {
  const auto job = accepted(table("t"), "id\n1\n");
  EXPECT_TRUE(std::holds_alternative<target::Details>(status(job)));
  const auto refused_create = refused(table("u"), "id\n1\n");
  EXPECT_EQ(refused_create.http_status, 400);
  EXPECT_EQ(refused_create.code, 6045);
  EXPECT_EQ(class_of(refused_create), FailureClass::too_fast);
  const auto poll = status(job);
  ASSERT_TRUE(std::holds_alternative<target::Refused>(poll));
  EXPECT_EQ(class_of(std::get<target::Refused>(poll).refusal), FailureClass::too_fast);
  next_minute();
  EXPECT_TRUE(eventually([&] {
    next_minute();
    return details(job).code == JobCode::completed;
  }));
}

TEST_F(LimitedAnswers, UnitsThatAreUsedUpExhaustTheOrganization) {
  const auto job = accepted(table("t"), "id\n1\n");
  ASSERT_TRUE(eventually([&] {
    next_minute();
    return details(job).code == JobCode::completed;
  }));
  next_minute();
  const auto refusal = refused(table("t"), "id\n2\n");
  EXPECT_EQ(refusal.code, 6043);
  EXPECT_EQ(class_of(refusal), FailureClass::organization_exhausted);
}

TEST_F(LimitedAnswers, AFileThatIsTooLargeIsRefusedWhateverIsStillOnItsWay) {
  const auto refusal = refused(table("t"), "id\n" + std::string(20'000'000, '7') + "\n");
  EXPECT_EQ(refusal.http_status, 413);
  EXPECT_EQ(class_of(refusal), FailureClass::request_wrong);
  EXPECT_EQ(last_pieces_, 0) << "the answer came before the whole file was out";
  EXPECT_EQ(service_.service().most_jobs_at_once(), 0);
}

TEST_F(LimitedAnswers, ATokenThatIsDeniedForNowIsNoRefusalOfOurCredentials) {
  for (int i = 0; i < 9; ++i) service_.access_token();
  ASSERT_TRUE(std::holds_alternative<target::Accepted>(submit(table("t"), "id\n1\n"))) << "the tenth";
  connect();
  const auto result = submit(table("t"), "id\n2\n");
  ASSERT_TRUE(std::holds_alternative<target::NeverSent>(result));
  EXPECT_EQ(std::get<target::NeverSent>(result).error.code, Errc::busy);
}

class ClientAnswers : public ContractTest {};

TEST_F(ClientAnswers, SettingsThatAreWrongAreRefusedWithTheirCodeBeforeTheFileIsSent) {
  struct Wrong {
    int code;
    zoho::ImportOptions options;
  };
  std::vector<Wrong> all(7);
  all[0] = {8079, options(ImportType::updateadd)};
  all[1].code = 8079;
  all[1].options.auto_identify = false;
  all[2].code = 8119;
  all[2].options.delimiter = 9;
  all[3].code = 8148;
  all[3].options.thousand_separator = 1;
  all[3].options.decimal_separator = 0;
  all[4].code = 7512;
  all[4].options.date_format = "soon";
  all[5].code = 8046;
  all[5].options.selected_columns = {"nobody"};
  all[6].code = 8547;
  all[6].options.selected_columns = std::vector<std::string>(301, "id");
  ASSERT_EQ(imported(table("t"), "id\n1\n").code, JobCode::completed);
  for (const Wrong& wrong : all) {
    const auto refusal = refused(table("t"), "id\n2\n", wrong.options);
    EXPECT_EQ(refusal.code, wrong.code) << refusal.message;
    EXPECT_EQ(zoho::classify(refusal.http_status, refusal.code), FailureClass::request_wrong);
  }
  EXPECT_EQ(service_.count("SELECT count(*) FROM t"), 1);
}

TEST_F(ClientAnswers, AJobThatFailedFailsTheFileWithItsCodeAndAReason) {
  const std::string zip = std::string("PK\x03\x04") + "bytes";
  const std::vector<std::pair<int, std::string>> files{
      {7203, "\n\n"}, {7208, "id,n\n1,2,3\n"}, {7232, "id,n\n1,many\n"}, {7248, "id,n\n1,\"never closed\n"},
      {7248, zip},    {7107, "x,y\n1,2\n"}};
  ASSERT_EQ(imported(table("t"), "id,n\n1,2\n").code, JobCode::completed);
  for (const auto& [code, file] : files) {
    const auto failed = imported(table("t"), file);
    EXPECT_EQ(failed.code, JobCode::failed) << file;
    EXPECT_EQ(failed.error_code, code) << file;
    const auto verdict = schedule::on_details({schedule::OutcomeSettings{}, Time{0}}, schedule::JobContext{}, failed);
    ASSERT_TRUE(std::holds_alternative<queue::JobEnd>(verdict.what)) << file;
    const auto& end = std::get<queue::JobEnd>(verdict.what);
    EXPECT_EQ(end.state, queue::JobState::failed);
    EXPECT_THAT(end.reason, testing::HasSubstr(fmt::format("(code {})", code)));
  }
  EXPECT_EQ(service_.count("SELECT count(*) FROM t"), 1);
}

TEST_F(ClientAnswers, FieldsThatWereEmptiedAreCountedAsWarnings) {
  ASSERT_EQ(imported(table("t"), "id,n\n1,10\n").code, JobCode::completed);
  auto empty = options();
  empty.on_error = zoho::OnError::setcolumnempty;
  const auto details = imported(table("t"), "id,n\n2,many\n", empty);
  EXPECT_EQ(details.code, JobCode::completed);
  EXPECT_EQ(details.summary->success_rows, 1);
  EXPECT_EQ(details.summary->warnings, 1);
  EXPECT_THAT(zoho::plain_text(details.import_errors), testing::HasSubstr("[Line: 2 Field: 2] (many)"));
}

TEST_F(ClientAnswers, SettingsOfValuesArriveAsTheyWereSent) {
  auto settings = options();
  settings.auto_identify = false;
  settings.delimiter = 2;
  settings.quoted = 2;
  settings.thousand_separator = 1;
  settings.decimal_separator = 1;
  settings.column_separators["b"] = {3, 0};
  settings.date_format = "dd.MM.yyyy";
  settings.column_date_format["e"] = "MM/dd/yyyy";
  settings.column_data_types = {{"a", "DECIMAL_NUMBER"}, {"b", "CURRENCY"}, {"c", "PLAIN"}};
  const std::string file = "a;b;c;d;e\n1.234,5;1'234.5;007;02.03.2026;02/03/2026\n";
  const auto details = imported(table("t"), file, settings);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(details.columns.at("b"), "Currency");
  EXPECT_EQ(service_.count("SELECT count(*) FROM t WHERE a = 1234.5 AND b = 1234.5 AND c = '007' "
                           "AND d = '2026-03-02' AND e = '2026-02-03'"),
            1);
}

TEST_F(ClientAnswers, SettingsOfColumnsArriveAsTheyWereSent) {
  ASSERT_EQ(imported(table("t"), "id,n,note\n,1,x\n").code, JobCode::completed);
  auto update = options(ImportType::updateadd);
  update.matching_columns = {"id"};
  update.selected_columns = {"id", "n"};
  update.match_nulls = true;
  const auto details = imported(table("t"), "id,n,note\n,2,y\n", update);
  ASSERT_EQ(details.code, JobCode::completed) << details.error_message;
  EXPECT_EQ(service_.count("SELECT count(*) FROM t WHERE n = 2 AND note = 'x'"), 1);
  EXPECT_EQ(service_.count("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace dropload::test
