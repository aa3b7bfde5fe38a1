#include "daemon/service/accounts.h"

#include <gtest/gtest.h>

#include "daemon/service/service_database.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

OrganizationSettings organization(const std::string& name, std::vector<std::string> workspaces = {"Main"}) {
  OrganizationSettings settings;
  settings.name = name;
  settings.workspaces = std::move(workspaces);
  return settings;
}

ClientSettings client(const std::string& word) {
  return {word + "-id", word + "-secret", word + "-refresh", word + "-code"};
}

// With the credentials "<word>-id", "<word>-secret", "<word>-refresh", "<word>-code".
OrganizationSettings named(const std::string& name, const std::string& id, const std::string& word) {
  OrganizationSettings settings = organization(name);
  settings.id = id;
  settings.clients = {client(word)};
  return settings;
}

TokenRequest request_of(const std::string& word) {
  return {"refresh_token", word + "-id", word + "-secret", word + "-refresh", ""};
}

class AccountsTest : public testing::Test {
 protected:
  Result<void> try_open(std::vector<OrganizationSettings> organizations, bool any_client = false) {
    accounts_.reset();
    database_.reset();
    database_ = open_service_database(directory_.path() / "service.db").value();
    Ids ids = Ids::open(*database_, random_).value();
    auto opened = Accounts::open(*database_, ids, std::move(organizations), any_client, clock_, random_);
    if (!opened) return opened.error();
    accounts_ = std::move(*opened);
    return {};
  }
  void open(std::vector<OrganizationSettings> organizations, bool any_client = false) {
    ASSERT_TRUE(try_open(std::move(organizations), any_client));
  }

  TokenRequest good_request() {
    const Credentials& known = accounts_->credentials();
    return {"refresh_token", known.client_id, known.client_secret, known.refresh_token, ""};
  }
  std::string_view denied(const TokenRequest& request) {
    const auto answer = accounts_->grant(request);
    const auto* no = std::get_if<Accounts::Denied>(&answer);
    return no == nullptr ? "" : no->word;
  }
  std::vector<std::string> reached_by(const TokenRequest& request) {
    return std::get<Accounts::Granted>(accounts_->grant(request)).account->organizations;
  }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  SystemRandom random_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(AccountsTest, TheOrganizationAndItsClientAreMadeOnceAndKept) {
  open({});
  const Credentials first = accounts_->credentials();
  EXPECT_EQ(first.organization_id.size(), 9U);
  EXPECT_EQ(accounts_->organizations().at(0).name, "dropload");
  open({});
  const Credentials second = accounts_->credentials();
  EXPECT_EQ(second.organization_id, first.organization_id);
  EXPECT_EQ(second.client_id, first.client_id);
  EXPECT_EQ(second.client_secret, first.client_secret);
  EXPECT_EQ(second.refresh_token, first.refresh_token);
}

TEST_F(AccountsTest, WorkspacesAreMadeWhenTheyAreMissingAndNeverTwice) {
  open({});
  const std::string home = accounts_->organizations().at(0).id;
  const std::string main_id = accounts_->find_workspace_by_name(home, "Main")->id;
  EXPECT_EQ(main_id.size(), 19U);
  open({organization("dropload", {"Main", "Second"})});
  ASSERT_EQ(accounts_->workspaces().size(), 2U);
  EXPECT_EQ(accounts_->find_workspace_by_name(home, "Main")->id, main_id);
  EXPECT_EQ(accounts_->find_workspace(main_id)->name, "Main");
  EXPECT_EQ(accounts_->find_workspace("1"), nullptr);
  EXPECT_EQ(accounts_->find_workspace_by_name(home, "Third"), nullptr);
  EXPECT_EQ(accounts_->find_workspace_by_name("1", "Main"), nullptr);
}

TEST_F(AccountsTest, OnlyTheOwnerMayReadTheFileWithTheSecrets) {
  open({});
  const auto mode = std::filesystem::status(directory_.path() / "service.db").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AccountsTest, EachWrongParameterHasItsWord) {
  open({});
  EXPECT_EQ(denied(good_request()), "");
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
  request = good_request();
  request.grant_type = "authorization_code";
  request.code = "x";
  EXPECT_EQ(denied(request), "invalid_code") << "nobody has said which code is good";
}

TEST_F(AccountsTest, CredentialsThatAreNamedAreTheOnlyOnesThatWillDo) {
  open({named("acme", "600001", "a"), named("bolt", "600002", "b")});
  EXPECT_EQ(reached_by(request_of("a")), std::vector<std::string>{"600001"});
  EXPECT_EQ(reached_by(request_of("b")), std::vector<std::string>{"600002"});
  TokenRequest mixed = request_of("a");
  mixed.refresh_token = "b-refresh";
  EXPECT_EQ(denied(mixed), "invalid_code");
  mixed = request_of("a");
  mixed.client_secret = "b-secret";
  EXPECT_EQ(denied(mixed), "invalid_client_secret");
  EXPECT_EQ(denied(request_of("c")), "invalid_client");
}

TEST_F(AccountsTest, AnOrganizationHasAsManyUsersAsItNames) {
  OrganizationSettings acme = named("acme", "600001", "a");
  acme.clients.push_back(client("b"));
  acme.clients.push_back(client("b"));
  open({acme});
  EXPECT_EQ(reached_by(request_of("a")), std::vector<std::string>{"600001"});
  EXPECT_EQ(reached_by(request_of("b")), std::vector<std::string>{"600001"});
  const auto key_of = [&](const std::string& word) {
    return std::get<Accounts::Granted>(accounts_->grant(request_of(word))).account->key;
  };
  EXPECT_NE(key_of("a"), key_of("b"));
  EXPECT_EQ(accounts_->credentials().client_id, "a-id");
}

TEST_F(AccountsTest, OneClientMayReachSeveralOrganizations) {
  open({named("acme", "600001", "a"), named("bolt", "600002", "a")});
  EXPECT_EQ(reached_by(request_of("a")), (std::vector<std::string>{"600001", "600002"}));
}

TEST_F(AccountsTest, ACodeThatIsNamedGivesTheRefreshToken) {
  open({named("acme", "600001", "a")});
  TokenRequest request{"authorization_code", "a-id", "a-secret", "", "a-code"};
  EXPECT_EQ(std::get<Accounts::Granted>(accounts_->grant(request)).refresh_token, "a-refresh");
  request.code = "b-code";
  EXPECT_EQ(denied(request), "invalid_code");
}

TEST_F(AccountsTest, NamedCredentialsStayOffTheDisk) {
  open({named("acme", "600001", "a")});
  accounts_.reset();
  database_.reset();
  const std::string bytes = test::contents(directory_.path() / "service.db");
  for (const char* secret : {"a-id", "a-secret", "a-refresh", "a-code"}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
  }
}

TEST_F(AccountsTest, WhereAnyClientWillDoItReachesAllButMustNameItself) {
  open({organization("acme"), organization("bolt")}, true);
  EXPECT_EQ(reached_by(request_of("x")).size(), 2U);
  EXPECT_EQ(reached_by({"authorization_code", "x", "y", "", "z"}).size(), 2U);
  EXPECT_EQ(denied({"refresh_token", "", "y", "z", ""}), "invalid_client");
  EXPECT_EQ(denied({"refresh_token", "x", "", "z", ""}), "invalid_client_secret");
  EXPECT_EQ(denied({"refresh_token", "x", "y", "", ""}), "invalid_code");
}

TEST_F(AccountsTest, AnOrganizationThatIsNoLongerNamedIsOutOfReachAndKept) {
  open({named("acme", "600001", "a"), named("bolt", "600002", "b")});
  const std::string workspace = accounts_->find_workspace_by_name("600002", "Main")->id;
  open({named("acme", "600001", "a")});
  EXPECT_EQ(accounts_->find_organization("600002"), nullptr);
  EXPECT_EQ(denied(request_of("b")), "invalid_client");
  EXPECT_NE(accounts_->find_workspace(workspace), nullptr) << "its jobs go on";
  open({named("bolt", "600002", "b")});
  EXPECT_EQ(accounts_->find_workspace_by_name("600002", "Main")->id, workspace);
}

TEST_F(AccountsTest, TwoOrganizationsOfOneNameOrIdAreAContradiction) {
  EXPECT_EQ(try_open({organization("acme"), organization("acme")}).error().code, Errc::invalid_argument);
  EXPECT_EQ(try_open({named("acme", "600001", "a"), named("bolt", "600001", "b")}).error().code,
            Errc::invalid_argument);
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
