// config/service.toml is the manual of `dropload service`: what it says must be so.

#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config_service_file.h"
#include "tests/support/temporary_directory.h"

namespace dropload {
namespace {

const std::filesystem::path service_manual = std::filesystem::path(DROPLOAD_SOURCE_DIR) / "config/service.toml";

class ServiceToml : public testing::Test {
 protected:
  LoadedServiceFile load(const std::string& text) const {
    return load_service_file(directory.write("service.toml", text));
  }
  ServiceFile fine(const std::string& text) const {
    auto loaded = load(text);
    EXPECT_EQ(describe(loaded.problems, "service.toml"), "");
    return std::move(loaded.file);
  }
  std::string problems(const std::string& text) const { return describe(load(text).problems, "f"); }

  test::TemporaryDirectory directory;
};

std::string values_of(const ServiceFile& f) {
  std::string text = fmt::format("{}:{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", f.address, f.port, f.allow_remote,
                                 f.log_level, f.limits, f.requests.bulk, f.requests.metadata, f.requests.overall,
                                 f.daily_units, f.token_lifetime.count(), f.summary_kept.count(), f.loader_threads,
                                 f.slow_jobs.count(), f.batch_wait.count(), f.private_callbacks, f.faults);
  for (const auto& o : f.organizations) text += fmt::format("{} {} {}\n", o.name, o.id, fmt::join(o.workspaces, ","));
  return text;
}

TEST_F(ServiceToml, ShowsTheDefaultOfEveryKeyThatHasOne) {
  std::string everything;
  std::istringstream in(test::contents(service_manual));
  int taken_in = 0;
  for (std::string line; std::getline(in, line);) {
    const bool commented = std::regex_search(line, std::regex(R"(^#[a-z_]+ = )"));
    if (commented) ++taken_in;
    everything += (commented ? line.substr(1) : line) + "\n";
  }
  EXPECT_GE(taken_in, 12);
  EXPECT_EQ(values_of(fine(everything)), values_of(fine("[[organization]]\nname = \"dropload\"\n")));
  EXPECT_EQ(values_of(fine(test::contents(service_manual))), values_of(fine(everything)));
}

TEST_F(ServiceToml, NamesEveryKeyThatIsKnown) {
  const auto loaded = load(
      "qqqqqqqqqq = 1\nservice.qqqqqqqqqq = 1\nservice.requests.qqqqqqqqqq = 1\n[[organization]]\nname = \"a\"\n"
      "qqqqqqqqqq = 1\nclient_id = \"i\"\nclient_secret = { env = \"PATH\" }\nrefresh_token = { env = \"PATH\" }\n"
      "[[organization.user]]\nqqqqqqqqqq = 1\nclient_id = \"i\"\nclient_secret = { env = \"PATH\" }\n"
      "refresh_token = { env = \"PATH\" }\n");
  const std::string text = test::contents(service_manual);
  int keys = 0;
  for (const ConfigProblem& problem : loaded.problems) {
    const auto at = problem.message.find("the keys are ");
    ASSERT_NE(at, std::string::npos) << problem.message;
    std::istringstream list(problem.message.substr(at + 13));
    for (std::string key; std::getline(list >> std::ws, key, ',');) {
      ++keys;
      const std::regex shown("(^|\\n)(#|#   )?(" + key + " = |\\[+([a-z]+\\.)?" + key + "\\]+)|[{,] " + key + " = ");
      EXPECT_TRUE(std::regex_search(text, shown)) << key;
    }
  }
  EXPECT_EQ(loaded.problems.size(), 5U);
  EXPECT_GT(keys, 20);
}

TEST_F(ServiceToml, NamesOrganizationsWorkspacesAndCredentials) {
  const auto secret = directory.write("secret", "s3cret\n");
  const auto file = fine(fmt::format(R"([[organization]]
name = "acme"
org_id = "60001"
workspaces = ["Sales", "Stock"]
client_id = "1000.A"
client_secret = {{ file = "{0}" }}
refresh_token = {{ file = "{0}" }}
authorization_code = {{ file = "{0}" }}
[[organization.user]]
client_id = "1000.B"
client_secret = {{ file = "{0}" }}
refresh_token = {{ file = "{0}" }}
)",
                                     secret.string()));
  ASSERT_EQ(file.organizations.size(), 1U);
  const auto& acme = file.organizations[0];
  EXPECT_EQ(acme.id, "60001");
  EXPECT_EQ(acme.workspaces, (std::vector<std::string>{"Sales", "Stock"}));
  ASSERT_EQ(acme.clients.size(), 2U);
  EXPECT_EQ(acme.clients[0].client_id, "1000.A");
  EXPECT_EQ(acme.clients[0].client_secret.reveal(), "s3cret");
  EXPECT_EQ(acme.clients[0].refresh_token.reveal(), "s3cret");
  EXPECT_EQ(acme.clients[0].authorization_code.reveal(), "s3cret");
  EXPECT_EQ(acme.clients[1].client_id, "1000.B");
  EXPECT_EQ(acme.clients[1].refresh_token.reveal(), "s3cret");
  EXPECT_TRUE(file.names_credentials());
  EXPECT_FALSE(fine("[[organization]]\nname = \"acme\"\n").names_credentials());
}

TEST_F(ServiceToml, SaysAllThatIsWrongWithItsLine) {
  const std::string said = problems(R"([service]
listen = "localhost"
limit = true
daily_units = -1
[[organization]]
name = "a b"
org_id = "x"
client_id = "i"
[[organization]]
name = "bolt"
[[organization]]
name = "bolt"
authorization_code = { env = "PATH" }
[[organization.user]]
client_secret = { env = "PATH" }
refresh_token = { env = "PATH" }
)");
  for (const char* words :
       {"f:2:10: listen: ", "f:3:1: unknown key limit in [service]; did you mean limits?", "f:4:15: daily_units: ",
        "f:6:8: name: ", "f:7:10: org_id: ", "[[organization]] needs the key client_secret: write client_secret = ",
        "[[organization]] needs the key refresh_token", "f:12:8: name: \"bolt\" is that of the organization in line 10",
        "[[organization]] has no credentials while another one has",
        "f:14:1: [[organization.user]] needs the key client_id",
        "authorization_code: goes with client_id, client_secret and refresh_token"}) {
    EXPECT_THAT(said, testing::HasSubstr(words));
  }
}

TEST_F(ServiceToml, AFileThatIsNotThereIsAProblem) {
  EXPECT_EQ(load_service_file(directory.path() / "none.toml").problems.size(), 1U);
}

TEST_F(ServiceToml, OnlyTheLoopbackIsListenedOnUnlessTheFileSaysOtherwise) {
  ServiceFile file;
  EXPECT_FALSE(objection_to_address(file));
  file.address = "::1";
  EXPECT_FALSE(objection_to_address(file));
  for (const char* address : {"0.0.0.0", "::", "192.168.1.7"}) {
    file.address = address;
    file.allow_remote = false;
    EXPECT_THAT(objection_to_address(file).value_or(""), testing::HasSubstr("--allow-remote")) << address;
    file.allow_remote = true;
    EXPECT_FALSE(objection_to_address(file)) << address;
  }
}

}  // namespace
}  // namespace dropload
