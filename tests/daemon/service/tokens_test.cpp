#include "daemon/service/tokens.h"

#include <gtest/gtest.h>

#include "daemon/service/service_database.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

class TokensTest : public testing::Test {
 protected:
  void SetUp() override { open({}); }

  void open(TokenSettings settings) {
    tokens_.reset();
    accounts_.reset();
    database_.reset();
    database_ = open_service_database(directory_.path() / "service.db").value();
    Ids ids = Ids::open(*database_, random_).value();
    accounts_ = Accounts::open(*database_, ids, {}, true, clock_, random_).value();
    tokens_ = Tokens::open(*database_, *accounts_, settings, clock_, random_).value();
  }

  Tokens::Answer ask(const std::string& refresh_token = "r") {
    return tokens_->issue({"refresh_token", "id", "secret", refresh_token, ""}).value();
  }
  std::string issue(const std::string& refresh_token = "r") {
    return std::get<zoho::Token>(ask(refresh_token)).access_token;
  }
  bool accepts(const std::string& token) { return tokens_->account_of(token) != nullptr; }
  bool too_many(const std::string& refresh_token = "r") {
    return std::holds_alternative<Tokens::TooMany>(ask(refresh_token));
  }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  SystemRandom random_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Tokens> tokens_;
};

TEST_F(TokensTest, ATokenIsGoodUntilItsHourIsOver) {
  const std::string token = issue();
  clock_.advance(Milliseconds{3'599'999});
  EXPECT_TRUE(accepts(token));
  clock_.advance(Milliseconds{1});
  EXPECT_FALSE(accepts(token));
}

TEST_F(TokensTest, ALifetimeThatIsSetIsKeptAndTold) {
  open({.lifetime = Milliseconds{90'000}});
  const auto token = std::get<zoho::Token>(ask());
  EXPECT_EQ(token.expires_in_seconds, 90);
  clock_.advance(Milliseconds{90'000});
  EXPECT_FALSE(accepts(token.access_token));
}

TEST_F(TokensTest, ATokenOutlivesARestart) {
  const std::string token = issue();
  open({});
  EXPECT_TRUE(accepts(token));
  EXPECT_FALSE(accepts(token + "x"));
  EXPECT_FALSE(accepts(""));
}

TEST_F(TokensTest, ATokenItselfIsNotOnTheDisk) {
  const std::string token = issue("very-secret");
  tokens_.reset();
  accounts_.reset();
  database_.reset();
  const std::string bytes = test::contents(directory_.path() / "service.db");
  EXPECT_EQ(bytes.find(token), std::string::npos);
  EXPECT_EQ(bytes.find("very-secret"), std::string::npos);
}

TEST_F(TokensTest, TheEleventhTokenTakesThePlaceOfTheOldestOfItsRefreshToken) {
  const std::string of_another = issue("other");
  std::vector<std::string> tokens;
  for (int i = 0; i < 11; ++i) {
    tokens.push_back(issue());
    clock_.advance(Milliseconds{1});
  }
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_FALSE(accepts(tokens[0]));
    for (std::size_t i = 1; i < tokens.size(); ++i) EXPECT_TRUE(accepts(tokens[i])) << i;
    EXPECT_TRUE(accepts(of_another));
    open({});
  }
}

TEST_F(TokensTest, TheEleventhRequestInTenMinutesIsOneTooManyRestartsIncluded) {
  open({.limit_requests = true});
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(too_many()) << i;
    clock_.advance(Milliseconds{1'000});
  }
  EXPECT_TRUE(too_many());
  open({.limit_requests = true});
  EXPECT_TRUE(too_many());
  EXPECT_FALSE(too_many("other")) << "each refresh token has its own ten";
  clock_.advance(Milliseconds{590'000});  // the first of them is ten minutes ago
  EXPECT_FALSE(too_many());
  EXPECT_TRUE(too_many());
}

TEST_F(TokensTest, WithoutTheLimitThereMayBeAsManyRequestsAsAnybodyLikes) {
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(too_many());
}

TEST_F(TokensTest, ACodeAnswersARefreshTokenThatThenGivesTokens) {
  const auto token = std::get<zoho::Token>(tokens_->issue({"authorization_code", "id", "secret", "", "code"}).value());
  ASSERT_TRUE(token.refresh_token);
  EXPECT_TRUE(accepts(token.access_token));
  EXPECT_TRUE(accepts(issue(*token.refresh_token)));
  EXPECT_FALSE(std::get<zoho::Token>(ask()).refresh_token) << "a refresh token is not shown again";
}

TEST_F(TokensTest, ARevokedTokenIsNoneAnyMore) {
  const std::string token = issue();
  ASSERT_TRUE(tokens_->revoke(token));
  ASSERT_TRUE(tokens_->revoke("never given out"));
  EXPECT_FALSE(accepts(token));
  open({});
  EXPECT_FALSE(accepts(token));
}

}  // namespace
}  // namespace dropload::service
