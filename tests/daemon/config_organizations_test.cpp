#include "daemon/config_organizations.h"

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

// A remote organization in lines 1 to 4 with what the test adds from line 5 on, then a route.
class Organizations : public test::ConfigTest {
 protected:
  static std::string remote(const std::string& added) {
    return "[[organization]]\nname = \"main\"\norg_id = \"60012345\"\nclient_id = \"1000.ABC\"\n" + added +
           "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n";
  }
  static std::string with_secret(const std::string& secret) {
    return remote("data_center = \"eu\"\nrefresh_token = { env = \"DROPLOAD_TEST_TOKEN\" }\nclient_secret = " + secret +
                  "\n");
  }

  test::ScopedVariable token{"DROPLOAD_TEST_TOKEN", "1000.token"};
};
class Secrets : public Organizations {};

constexpr std::string_view both_secrets =
    "client_secret = { env = \"DROPLOAD_TEST_TOKEN\" }\nrefresh_token = { env = \"DROPLOAD_TEST_TOKEN\" }\n";

TEST_F(Organizations, ADataCenterGivesBothAddresses) {
  const auto organization = config(remote("data_center = \"eu\"\n" + std::string(both_secrets))).organizations.at(0);
  EXPECT_EQ(organization.name, "main");
  EXPECT_FALSE(organization.embedded);
  EXPECT_EQ(organization.api_url, "https://analyticsapi.zoho.eu");
  EXPECT_EQ(organization.token_url, "https://accounts.zoho.eu/oauth/v2/token");
  EXPECT_EQ(organization.organization_id, "60012345");
  EXPECT_EQ(organization.client_id, "1000.ABC");
  EXPECT_EQ(organization.client_secret.reveal(), "1000.token");
  EXPECT_EQ(organization.max_jobs, 5);
  EXPECT_EQ(organization.requests.overall, 100);
}

TEST_F(Organizations, AddressesCanBeGiven) {
  directory.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
  const auto c = config(remote(
      "api_url = \"https://analytics.example.com\"\ntoken_url = \"https://analytics.example.com/iam/oauth/v2/token\"\n"
      "ca_file = \"ca.pem\"\nmax_jobs = 2\nrequests = { bulk = 10, metadata = 20, overall = 25 }\n" +
      std::string(both_secrets)));
  const auto& organization = c.organizations.at(0);
  EXPECT_FALSE(c.uses_service());
  EXPECT_EQ(organization.api_url, "https://analytics.example.com");
  EXPECT_EQ(organization.token_url, "https://analytics.example.com/iam/oauth/v2/token");
  EXPECT_EQ(organization.ca_file, (directory.path() / "ca.pem").string());
  EXPECT_EQ(organization.max_jobs, 2);
  EXPECT_EQ(organization.requests.bulk, 10);
  EXPECT_EQ(organization.requests.metadata, 20);
  EXPECT_EQ(organization.requests.overall, 25);
}

TEST_F(Organizations, ExactlyOnePlaceMustBeGiven) {
  const std::string instead =
      " ways where it is; write exactly one of embedded = true, data_center = \"eu\" and api_url with token_url\n";
  EXPECT_EQ(problems(remote(std::string(both_secrets))), "1:1: [[organization]] says in no" + instead);
  EXPECT_EQ(problems(remote(
                "data_center = \"eu\"\napi_url = \"https://a.example.com\"\ntoken_url = \"https://a.example.com/t\"\n" +
                std::string(both_secrets))),
            "1:1: [[organization]] says in 2" + instead);
}

TEST_F(Organizations, ApiAndTokenUrlGoTogether) {
  EXPECT_EQ(problems(remote("api_url = \"https://a.example.com\"\n" + std::string(both_secrets))),
            "1:1: [[organization]] needs the key token_url: write token_url = "
            "\"https://accounts.example.com/oauth/v2/token\"\n");
  EXPECT_EQ(problems(remote("token_url = \"https://a.example.com/t\"\n" + std::string(both_secrets))),
            "5:13: token_url: goes with api_url; write both, or data_center alone\n");
  EXPECT_EQ(
      problems(remote("data_center = \"eu\"\ntoken_url = \"https://a.example.com/t\"\n" + std::string(both_secrets))),
      "6:13: token_url: goes with api_url; write both, or data_center alone\n");
}

TEST_F(Organizations, AnEmbeddedOneHasNoKeysOfARemoteOne) {
  EXPECT_EQ(
      problems("[[organization]]\nname = \"local\"\nembedded = true\norg_id = \"1\"\nclient_secret = \"x\"\nca_file = "
               "\"ca.pem\"\n"
               "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n"),
      "4:10: org_id: the import service makes this by itself for an embedded organization; take the line out\n"
      "5:17: client_secret: the import service makes this by itself for an embedded organization; take the line out\n"
      "6:11: ca_file: the import service makes this by itself for an embedded organization; take the line out\n");
}

TEST_F(Organizations, EmbeddedInQuotesIsOneProblemOnly) {
  EXPECT_EQ(problems("[[organization]]\nname = \"local\"\nembedded = \"true\"\n[[route]]\nname = \"a\"\nworkspace = "
                     "\"Main\"\ntable = \"a\"\n"),
            "3:12: embedded: is text in quotes; write true or false, without quotes\n");
}

TEST_F(Organizations, MissingKeysAreAllReported) {
  EXPECT_EQ(
      problems(
          "[[organization]]\ndata_center = \"eu\"\n[[route]]\nname = \"a\"\nworkspace = \"Main\"\ntable = \"a\"\n"),
      "1:1: [[organization]] needs the key name: write name = \"main\"\n"
      "1:1: [[organization]] needs the key org_id: write org_id = \"60012345\"\n"
      "1:1: [[organization]] needs the key client_id: write client_id = \"1000.…\"\n"
      "1:1: [[organization]] needs the key client_secret: write client_secret = { file = \"/path/to/it\" }\n"
      "1:1: [[organization]] needs the key refresh_token: write refresh_token = { file = \"/path/to/it\" }\n");
}

TEST_F(Organizations, OneOrganizationListedTwiceIsReported) {
  const std::string second =
      "[[organization]]\nname = \"other\"\norg_id = \"60012345\"\nclient_id = \"x\"\ndata_center = \"eu\"\n" +
      std::string(both_secrets);
  EXPECT_EQ(
      problems(remote("data_center = \"eu\"\n" + std::string(both_secrets)) + "organization = \"main\"\n" + second),
      "15:10: org_id: \"60012345\" is that of the organization in line 3 already; each must have its own\n");
}

TEST_F(Organizations, WrongValuesAreReported) {
  EXPECT_EQ(problems("[[organization]]\nname = \"my org\"\norg_id = \"6001-x\"\nclient_id = \"c\"\ndata_center = "
                     "\"EU\"\nca_file = \"no.pem\"\n"
                     "requests = { bulk = 0, alll = 3 }\n" +
                     std::string(both_secrets) + "[[route]]\nname = \"a\"\nworkspace = \"Main\"\ntable = \"a\"\n"),
            "2:8: name: \"my org\" is no name; write up to 64 letters a-z, digits, dots, hyphens and underscores, no "
            "dot first\n"
            "3:10: org_id: \"6001-x\" is no organization id; write its digits in quotes (ZANALYTICS-ORGID, as /orgs "
            "shows it)\n"
            "5:15: data_center: \"EU\" is no data center; write one of us, eu, in, au, jp, cn, sa, ca\n"
            "6:11: ca_file: DIR/no.pem is no file; write the path of a PEM file with the certificates to trust\n"
            "7:21: bulk: 0 is out of range; write a number from 1 to 100000\n"
            "7:24: unknown key alll in [organization.requests]; the keys are bulk, metadata, overall\n");
}

TEST_F(Secrets, AreReadFromAFileWithoutItsLastLineBreak) {
  directory.write("secret", "hush-hush\n");
  EXPECT_EQ(config(with_secret("{ file = \"secret\" }")).organizations.at(0).client_secret.reveal(), "hush-hush");
}

TEST_F(Secrets, AreReadFromASystemdCredential) {
  const auto file = directory.write("credentials/zoho", "hush-hush");
  const test::ScopedVariable credentials("CREDENTIALS_DIRECTORY", file.parent_path().string());
  EXPECT_EQ(config(with_secret("{ credential = \"zoho\" }")).organizations.at(0).client_secret.reveal(), "hush-hush");
}

TEST_F(Secrets, MayStandInAFileThatOnlyItsOwnerReads) {
  EXPECT_EQ(config(with_secret("\"hush-hush\""), 0600).organizations.at(0).client_secret.reveal(), "hush-hush");
  EXPECT_EQ(config(with_secret("\"hush-hush\""), 0400).organizations.at(0).client_secret.reveal(), "hush-hush");
}

TEST_F(Secrets, InAFileThatOthersMayReadAreReportedWithoutBeingShown) {
  for (const mode_t mode : {0640, 0604, 0610, 0622}) {
    EXPECT_EQ(problems(with_secret("\"hush-hush\""), mode),
              "7:17: client_secret: a secret stands in a file that others may read; make it unreadable for them (chmod "
              "600), or write "
              "{ file = \"/path/to/it\" }, { env = \"NAME\" } or { credential = \"name\" }\n");
  }
}

TEST_F(Secrets, ThatCannotBeHadAreReported) {
  EXPECT_EQ(problems(with_secret("{ file = \"no\" }")),
            "7:17: client_secret: cannot open DIR/no: No such file or directory\n");
  EXPECT_EQ(problems(with_secret("{ env = \"DROPLOAD_TEST_UNSET\" }")),
            "7:17: client_secret: the environment variable DROPLOAD_TEST_UNSET is not set; set it before the daemon "
            "starts\n");
  EXPECT_EQ(problems(with_secret("{ credential = \"zoho\" }")),
            "7:17: client_secret: there are no systemd credentials here (CREDENTIALS_DIRECTORY is not set); add "
            "LoadCredential=zoho:/path/to/it to the unit\n");
}

TEST_F(Secrets, ACredentialOutsideOfItsDirectoryIsRefused) {
  const test::ScopedVariable credentials("CREDENTIALS_DIRECTORY", directory.path().string());
  EXPECT_EQ(problems(with_secret("{ credential = \"../secret\" }")),
            "7:17: client_secret: \"../secret\" is no name of a credential; write the one before the colon of "
            "LoadCredential=\n");
}

TEST_F(Secrets, ThatAreEmptyOrHaveSeveralLinesAreReportedWithoutBeingShown) {
  directory.write("empty", "\n");
  directory.write("lines", "hush\nhush\n");
  EXPECT_EQ(problems(with_secret("{ file = \"empty\" }")),
            "7:17: client_secret: the secret is empty; put it where the configuration says it is\n");
  EXPECT_EQ(problems(with_secret("{ file = \"lines\" }")),
            "7:17: client_secret: the secret has a line break or another control character in it; it must be one line "
            "and nothing else\n");
}

TEST_F(Secrets, StandInExactlyOnePlace) {
  const std::string instead =
      "write exactly one of { file = \"/path/to/it\" }, { env = \"NAME\" } or { credential = \"name\" }\n";
  EXPECT_EQ(problems(with_secret("{ file = \"a\", env = \"B\" }")), "7:17: client_secret: names 2 places; " + instead);
  EXPECT_EQ(problems(with_secret("{ }")), "7:17: client_secret: names 0 places; " + instead);
  EXPECT_EQ(problems(with_secret("12345")), "7:17: client_secret: is a number; write a table\n");
  EXPECT_EQ(problems(with_secret("{ env = 1 }")), "7:25: env: is a number; write text in quotes\n");
}

TEST_F(Organizations, OnesThatAreNoTablesAreSaidAndNothingElse) {
  const std::string route = "[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n";
  const std::string instead = "; write its keys below a line [[organization]]\n";
  EXPECT_EQ(problems("organization = \"acme\"\n" + route), "1:16: organization: is text in quotes" + instead);
  EXPECT_EQ(problems("organization = []\n" + route), "1:16: organization: is a list" + instead);
  EXPECT_EQ(problems("organization = []\n" + route + "organization = \"acme\"\n"),
            "1:16: organization: is a list" + instead);
}

OrganizationConfig of_account(const std::string& name, const std::string& token, const std::string& account = "") {
  OrganizationConfig organization;
  organization.name = name;
  organization.client_id = "1000.ABC";
  organization.refresh_token = Secret(token);
  organization.account = account;
  return organization;
}

TEST_F(Organizations, OfOneAccountShareABudgetUnderTheFirstOfTheirNames) {
  const std::vector all{of_account("zeta", "one"), of_account("acme", "one"), of_account("other", "two"),
                        of_account("third", "three", "acme"), of_account("fourth", "four", "acme")};
  EXPECT_EQ(config::account_of(all, all[0]), "acme");
  EXPECT_EQ(config::account_of(all, all[1]), "acme");
  EXPECT_EQ(config::account_of(all, all[2]), "other");
  EXPECT_EQ(config::account_of(all, all[3]), "account acme") << "no name of an organization";
  EXPECT_EQ(config::account_of(all, all[4]), "account acme");
}

TEST_F(Organizations, AnAccountCanBeNamed) {
  const auto c = config(remote("data_center = \"eu\"\naccount = \"shared\"\n" + std::string(both_secrets)));
  EXPECT_EQ(c.organizations.at(0).account, "shared");
}

}  // namespace
}  // namespace dropload
