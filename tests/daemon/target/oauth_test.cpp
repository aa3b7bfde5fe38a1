#include "daemon/target/oauth.h"

#include <sys/stat.h>

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

constexpr auto path = "/oauth/v2/token";

std::string token_answer(const std::string& token) {
  return R"({"access_token":")" + token + R"(","expires_in":3600,"api_domain":"x","token_type":"Bearer"})";
}

class TokenKeeperTest : public testing::Test {
 protected:
  std::unique_ptr<TokenKeeper> keeper() {
    OauthSettings settings;
    settings.token_url = api_.url() + path;
    settings.client_id = "1000.ID";
    settings.client_secret = "s&cret";
    settings.refresh_token = "1000.refresh";
    settings.token_file = directory_.path() / "tokens" / "acme.json";
    return TokenKeeper::create(io_.context(), settings, clock_, files_).value();
  }
  TokenResult token_of(TokenKeeper& keeper) { return io_.run(keeper.token()); }
  // What belongs to the io thread is also destroyed there.
  void end(std::unique_ptr<TokenKeeper>& keeper) {
    io_.call([&] { keeper.reset(); });
  }

  test::TemporaryDirectory directory_;
  SystemFiles files_;
  test::FakeClock clock_;
  test::IoThread io_;
  test::ScriptedApi api_{io_};
};

TEST_F(TokenKeeperTest, ATokenIsAskedForOnceAndServesUntilShortlyBeforeItsEnd) {
  api_.answer_json(path, token_answer("one"));
  api_.answer_json(path, token_answer("two"));
  auto keeper = this->keeper();
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "one");
  clock_.advance(Milliseconds{3'500'000});
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "one");
  clock_.advance(Milliseconds{50'000});
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "two");
  EXPECT_EQ(api_.calls_of(path), 2U);
  end(keeper);
}

TEST_F(TokenKeeperTest, SecretsTravelInTheBodyAndNeverInTheUrl) {
  api_.answer_json(path, token_answer("one"));
  auto keeper = this->keeper();
  token_of(*keeper);
  EXPECT_EQ(api_.seen()[0].query, "");
  EXPECT_EQ(api_.seen()[0].body,
            "grant_type=refresh_token&client_id=1000.ID&client_secret=s%26cret&refresh_token=1000.refresh");
  end(keeper);
}

TEST_F(TokenKeeperTest, TwoWhoWaitAreServedByOneRequest) {
  using namespace boost::asio::experimental::awaitable_operators;
  api_.answer_json(path, token_answer("one"));
  auto keeper = this->keeper();
  const auto [first, second] = io_.run(keeper->token() && keeper->token());
  EXPECT_EQ(std::get<std::string>(first), "one");
  EXPECT_EQ(std::get<std::string>(second), "one");
  EXPECT_EQ(api_.calls_of(path), 1U);
  end(keeper);
}

TEST_F(TokenKeeperTest, ATokenOutlivesTheDaemonInAFileThatOnlyItsOwnerMayRead) {
  api_.answer_json(path, token_answer("one"));
  auto first = keeper();
  token_of(*first);
  end(first);
  struct stat info {};
  ASSERT_EQ(::stat((directory_.path() / "tokens" / "acme.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  auto second = keeper();
  EXPECT_EQ(std::get<std::string>(token_of(*second)), "one");
  EXPECT_EQ(api_.calls_of(path), 1U);
  end(second);
}

TEST_F(TokenKeeperTest, ABrokenFileCostsOneRequestAndNothingElse) {
  directory_.write("tokens/acme.json", R"({"access_token": 7)");
  api_.answer_json(path, token_answer("one"));
  auto keeper = this->keeper();
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "one");
  end(keeper);
}

TEST_F(TokenKeeperTest, ARefusedTokenIsNotGivenOutAgainButAnOlderRefusalDoesNotCostTheNewOne) {
  api_.answer_json(path, token_answer("one"));
  api_.answer_json(path, token_answer("two"));
  auto keeper = this->keeper();
  token_of(*keeper);
  io_.call([&] { EXPECT_TRUE(keeper->refused("one")); });
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "two");
  io_.call([&] { EXPECT_FALSE(keeper->refused("one")); });
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "two");
  EXPECT_EQ(api_.calls_of(path), 2U);
  end(keeper);
}

TEST_F(TokenKeeperTest, AnErrorWithHttp200IsARefusalThatNamesTheWordAndNoSecret) {
  api_.answer_json(path, R"({"error":"invalid_code"})");
  auto keeper = this->keeper();
  const auto refused = std::get<Refused>(token_of(*keeper)).refusal;
  EXPECT_EQ(refused.code, 8535);
  EXPECT_THAT(refused.message, HasSubstr("invalid_code"));
  EXPECT_THAT(refused.message, Not(HasSubstr("s&cret")));
  end(keeper);
}

TEST_F(TokenKeeperTest, TwoWhoWaitShareOneFailure) {
  using namespace boost::asio::experimental::awaitable_operators;
  api_.answer_json(path, R"({"error":"invalid_code"})");
  auto keeper = this->keeper();
  auto three = keeper->token() && keeper->token() && keeper->token();
  const auto [first, second, third] = io_.run(std::move(three));
  EXPECT_EQ(std::get<Refused>(first).refusal.code, 8535);
  EXPECT_EQ(std::get<Refused>(second).refusal.code, 8535);
  EXPECT_EQ(std::get<Refused>(third).refusal.code, 8535);
  EXPECT_EQ(api_.calls_of(path), 1U);
  end(keeper);
}

TEST_F(TokenKeeperTest, ARequestThatNeverWentOutDoesNotCountAmongTheTen) {
  OauthSettings settings;
  settings.token_url = "http://127.0.0.1:1/token";
  settings.token_file = directory_.path() / "tokens" / "acme.json";
  auto away = TokenKeeper::create(io_.context(), settings, clock_, files_).value();
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(std::holds_alternative<NeverSent>(token_of(*away))) << i;
  end(away);
  api_.answer_json(path, token_answer("one"));
  auto keeper = this->keeper();
  EXPECT_EQ(std::get<std::string>(token_of(*keeper)), "one") << "nor after a restart";
  end(keeper);
}

TEST_F(TokenKeeperTest, NoMoreThanTenRequestsAreMadeInTenMinutesRestartsIncluded) {
  api_.answer_json(path, R"({"error":"invalid_client"})");
  auto keeper = this->keeper();
  for (int i = 0; i < 9; ++i) token_of(*keeper);
  end(keeper);
  keeper = this->keeper();
  token_of(*keeper);
  const auto refused = std::get<Refused>(token_of(*keeper));
  EXPECT_EQ(refused.refusal.http_status, 429);
  EXPECT_EQ(refused.retry_after, Milliseconds{600'000});
  EXPECT_EQ(api_.calls_of(path), 10U);
  clock_.advance(Milliseconds{600'000});
  token_of(*keeper);
  EXPECT_EQ(api_.calls_of(path), 11U);
  end(keeper);
}

TEST(ParseUrl, AUrlIsCutIntoOriginAndPath) {
  const auto url = parse_url("https://accounts.zoho.eu/oauth/v2/token").value();
  EXPECT_EQ(url.origin.host, "accounts.zoho.eu");
  EXPECT_EQ(url.path, "/oauth/v2/token");
  EXPECT_EQ(parse_url("http://127.0.0.1:99").value().path, "/");
  EXPECT_FALSE(parse_url("accounts.zoho.eu"));
}

}  // namespace
}  // namespace dropload::target
