// Refusing: what the service says no to, as the client reads it.

#include "tests/contract/contract_fixture.h"

namespace dropload::test {
namespace {

using zoho::FailureClass;
using zoho::JobCode;

FailureClass class_of(const zoho::Refusal& refusal) {
  return zoho::classify(refusal.http_status, refusal.code);
}

class RefusalContract : public ContractTest {};

TEST_F(RefusalContract, AMissingTableIsNotMadeUnlessTheRouteSaysSo) {
  const auto refusal = refused(table("orders"), "id\n1\n", {}, false);
  EXPECT_EQ(refusal.code, 7104);
  EXPECT_THAT(refusal.message, testing::AllOf(testing::HasSubstr("orders"), testing::HasSubstr("Main")));
  EXPECT_EQ(last_pieces_, 0) << "nothing was sent";
}

TEST_F(RefusalContract, AnUnknownWorkspaceIsRefusedBeforeAnythingIsSent) {
  const auto refusal = refused(table("orders", "Nowhere"), "id\n1\n");
  EXPECT_THAT(refusal.code, testing::AnyOf(7103, 7104));
  EXPECT_EQ(class_of(refusal), FailureClass::request_wrong);
  EXPECT_EQ(last_pieces_, 0);
}

TEST_F(RefusalContract, IdsThatNobodyHasAreRefused) {
  EXPECT_EQ(refused(table("1234567890123456789", "1234567890123456780"), "id\n1\n").code, 7103);
  EXPECT_EQ(refused(table("1234567890123456789"), "id\n1\n").code, 7104);
}

TEST_F(RefusalContract, AMatchingColumnThatTheTableHasNotIsRefusedAtOnce) {
  ASSERT_EQ(imported(table("orders"), "id,name\n1,ann\n").code, JobCode::completed);
  auto update = options(zoho::ImportType::updateadd);
  update.matching_columns = {"number"};
  const auto refusal = refused(table("orders"), "id,name\n1,ANN\n", update);
  EXPECT_EQ(refusal.code, 7107);
  EXPECT_EQ(refusal.http_status, 400);
  EXPECT_THAT(refusal.message, testing::HasSubstr("number"));
}

TEST_F(RefusalContract, AnEmptyFileIsRefused) {
  EXPECT_EQ(refused(table("orders"), "").code, 7203);
}

TEST_F(RefusalContract, ATokenThatTheServiceNoLongerKnowsIsReplacedForTheNextCall) {
  ASSERT_EQ(imported(table("orders"), "id\n1\n").code, JobCode::completed);
  // It expires at the service while the client, whose clock stands, still trusts it.
  service_.clock().advance(service::Settings{}.token_lifetime);
  const auto refusal = refused(table("orders"), "id\n2\n");
  EXPECT_EQ(refusal.code, 8535);
  EXPECT_EQ(refusal.http_status, 401);
  EXPECT_EQ(class_of(refusal), FailureClass::token);
  EXPECT_EQ(imported(table("orders"), "id\n2\n").code, JobCode::completed);
}

TEST_F(RefusalContract, ARefreshTokenThatIsNoneIsRefusedWithTheEndpointsWord) {
  credentials_.refresh_token = "1000.nobody";
  connect();
  const auto refusal = refused(table("orders"), "id\n1\n");
  EXPECT_EQ(refusal.code, 8535);
  EXPECT_EQ(class_of(refusal), FailureClass::token);
  EXPECT_THAT(refusal.message, testing::HasSubstr("invalid_"));
  EXPECT_THAT(refusal.message, testing::Not(testing::HasSubstr("nobody")));
  EXPECT_EQ(last_pieces_, 0);
}

TEST_F(RefusalContract, AnotherOrganizationIsRefused) {
  ASSERT_EQ(imported(table("orders"), "id\n1\n").code, JobCode::completed);
  credentials_.organization_id = "1";
  connect();
  EXPECT_EQ(refused(table("orders"), "id\n1\n").code, 7301);
}

TEST_F(RefusalContract, AServiceThatIsNotThereWasNeverSentAnything) {
  service_.stop();
  const auto result = submit(table("orders"), "id\n1\n");
  ASSERT_TRUE(std::holds_alternative<target::NeverSent>(result));
  EXPECT_EQ(std::get<target::NeverSent>(result).error.code, Errc::connection);
  EXPECT_TRUE(std::holds_alternative<target::NeverSent>(status({"1234567890123456780", "1234567890123456789"})));
}

service::Settings with_jobs_that_stay() {
  service::Settings settings;
  settings.slow_jobs = Milliseconds{3'600'000};
  return settings;
}

class FullSlotsContract : public ContractTest {
 protected:
  FullSlotsContract() : ContractTest(with_jobs_that_stay()) {}
};

TEST_F(FullSlotsContract, TheSixthJobFindsNoSlot) {
  for (int i = 1; i <= zoho::max_jobs_of_an_organization; ++i) {
    const auto job = accepted(table("table " + std::to_string(i)), "id\n1\n");
    EXPECT_THAT(details(job).code, testing::AnyOf(JobCode::not_initiated, JobCode::in_progress));
  }
  const auto refusal = refused(table("table 6"), "id\n1\n");
  EXPECT_EQ(refusal.code, 8134);
  EXPECT_EQ(refusal.symbol, "ASYNC_IMPORT_LIMIT_EXCEEDED");
  EXPECT_EQ(class_of(refusal), FailureClass::no_slot);
  EXPECT_EQ(service_.service().most_jobs_at_once(), zoho::max_jobs_of_an_organization);
}

}  // namespace
}  // namespace dropload::test
