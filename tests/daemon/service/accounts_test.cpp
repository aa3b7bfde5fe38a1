#include "daemon/service/accounts.h"

#include <gtest/gtest.h>

#include "daemon/service/service_database.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

class AccountsTest : public testing::Test {
 protected:
  void SetUp() override { open({"Main"}); }

  void open(const std::vector<std::string>& workspaces) {
    accounts_.reset();
    database_.reset();
    database_ = open_service_database(directory_.path() / "service.db").value();
    Ids ids = Ids::open(*database_, random_).value();
    accounts_ = Accounts::open(*database_, ids, workspaces, Milliseconds{3'600'000}, clock_, random_).value();
  }

  TokenRequest good_request() {
    const Credentials& known = accounts_->credentials();
    return {"refresh_token", known.client_id, known.client_secret, known.refresh_token};
  }

  std::string issue() { return std::get<zoho::Token>(accounts_->issue_token(good_request()).value()).access_token; }

  std::string_view denied(const TokenRequest& request) {
    return std::get<Accounts::Denied>(accounts_->issue_token(request).value()).word;
  }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  SystemRandom random_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(AccountsTest, TheOrganizationAndItsClientAreMadeOnceAndKept) {
  const Credentials first = accounts_->credentials();
  EXPECT_EQ(first.organization_id.size(), 9U);
  open({"Main"});
  const Credentials second = accounts_->credentials();
  EXPECT_EQ(second.organization_id, first.organization_id);
  EXPECT_EQ(second.client_id, first.client_id);
  EXPECT_EQ(second.client_secret, first.client_secret);
  EXPECT_EQ(second.refresh_token, first.refresh_token);
}

TEST_F(AccountsTest, WorkspacesAreMadeWhenTheyAreMissingAndNeverTwice) {
  const std::string main_id = accounts_->find_workspace_by_name("Main")->id;
  EXPECT_EQ(main_id.size(), 19U);
  open({"Main", "Second"});
  ASSERT_EQ(accounts_->workspaces().size(), 2U);
  EXPECT_EQ(accounts_->find_workspace_by_name("Main")->id, main_id);
  EXPECT_EQ(accounts_->find_workspace(main_id)->name, "Main");
  EXPECT_EQ(accounts_->find_workspace("1"), nullptr);
  EXPECT_EQ(accounts_->find_workspace_by_name("Third"), nullptr);
}

TEST_F(AccountsTest, ATokenIsGoodUntilItsHourIsOver) {
  const std::string token = issue();
  clock_.advance(Milliseconds{3'599'999});
  EXPECT_TRUE(accounts_->accepts(token));
  clock_.advance(Milliseconds{1});
  EXPECT_FALSE(accounts_->accepts(token));
}

TEST_F(AccountsTest, ATokenOutlivesARestart) {
  const std::string token = issue();
  open({"Main"});
  EXPECT_TRUE(accounts_->accepts(token));
  EXPECT_FALSE(accounts_->accepts(token + "x"));
  EXPECT_FALSE(accounts_->accepts(""));
}

TEST_F(AccountsTest, ATokenItselfIsNotOnTheDisk) {
  const std::string token = issue();
  accounts_.reset();
  database_.reset();
  EXPECT_EQ(test::contents(directory_.path() / "service.db").find(token), std::string::npos);
}

TEST_F(AccountsTest, OnlyTheOwnerMayReadTheFileWithTheSecrets) {
  const auto mode = std::filesystem::status(directory_.path() / "service.db").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AccountsTest, TheEleventhTokenTakesThePlaceOfTheOldest) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 11; ++i) {
    tokens.push_back(issue());
    clock_.advance(Milliseconds{1});
  }
  EXPECT_FALSE(accounts_->accepts(tokens[0]));
  for (std::size_t i = 1; i < tokens.size(); ++i) EXPECT_TRUE(accounts_->accepts(tokens[i])) << i;
  open({"Main"});
  EXPECT_FALSE(accounts_->accepts(tokens[0]));
  EXPECT_TRUE(accounts_->accepts(tokens[1]));
}

TEST_F(AccountsTest, EachWrongParameterHasItsWord) {
  TokenRequest request = good_request();
  request.refresh_token += "x";
  EXPECT_EQ(denied(request), "invalid_code");
  request = good_request();
  request.client_secret = "x";
  EXPECT_EQ(denied(request), "invalid_client_secret");
  request = good_request();
  request.client_id = "";
  EXPECT_EQ(denied(request), "invalid_client");
  request = good_request();
  request.grant_type = "password";
  EXPECT_EQ(denied(request), "unsupported_grant_type");
}

TEST(Ids, HaveNineteenDigitsAndAreNeverGivenTwice) {
  const test::TemporaryDirectory directory;
  SystemRandom random;
  const auto database = open_service_database(directory.path() / "service.db").value();
  std::string last;
  for (int start = 0; start < 3; ++start) {
    Ids ids = Ids::open(*database, random).value();
    for (int i = 0; i < 1500; ++i) {
      const std::string id = ids.next().value();
      ASSERT_EQ(id.size(), 19U);
      ASSERT_GT(id, last);
      last = id;
    }
  }
}

}  // namespace
}  // namespace dropload::service
