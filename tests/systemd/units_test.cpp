// The files of systemd/, read by systemd's own tools.

#include <array>
#include <cstdio>
#include <memory>
#include <regex>

#include <sys/wait.h>

#include <gtest/gtest.h>

#include "daemon/config.h"
#include "tests/support/temporary_directory.h"

namespace dropload {
namespace {

const std::filesystem::path units = std::filesystem::path(DROPLOAD_SOURCE_DIR) / "systemd";

struct Ran {
  int status = -1;
  std::string output;  // both streams
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  while (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe)) ran.output.append(buffer.data(), n);
  const int ended = ::pclose(pipe);
  if (WIFEXITED(ended)) ran.status = WEXITSTATUS(ended);
  return ran;
}

class Unit : public testing::Test {
 protected:
  // systemd-analyze wants the program to be there: the one that was just built stands in for the installed one.
  Ran verify(const std::string& unit) const {
    const std::string here = std::regex_replace(unit, std::regex("/usr/bin/dropload"), DROPLOAD_BINARY);
    const auto file = directory.write("dropload.service", here);
    return run("systemd-analyze verify --recursive-errors=no '" + file.string() + "'");
  }

  std::string text = test::contents(units / "dropload.service");
  test::TemporaryDirectory directory;
};

// The value of the line "<key>=" of the unit.
std::string value_of(const std::string& unit, const std::string& key) {
  std::smatch match;
  return std::regex_search(unit, match, std::regex("(^|\\n)" + key + "=(.*)")) ? match[2].str() : "";
}

TEST_F(Unit, IsVerifiedWithoutAComplaint) {
  const Ran ran = verify(text);
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output.find("dropload.service"), std::string::npos) << ran.output;
}

TEST_F(Unit, WithAMisspeltKeyIsNotVerified) {
  const Ran ran = verify(std::regex_replace(text, std::regex("PrivateTmp="), "PrivatTmp="));
  EXPECT_NE(ran.output.find("Unknown key 'PrivatTmp' in section [Service]"), std::string::npos) << ran.output;
}

TEST_F(Unit, LetsUploadsEndBeforeTheyAreKilled) {
  const std::string timeout = value_of(text, "TimeoutStopSec");
  ASSERT_TRUE(std::regex_match(timeout, std::regex("[0-9]+s"))) << timeout;
  EXPECT_GT(std::chrono::seconds(std::stoi(timeout)), Config{}.stop_grace);
}

TEST_F(Unit, KeepsItsStateWhereTheConfigurationLooksForIt) {
  EXPECT_EQ("/var/lib/" + value_of(text, "StateDirectory"), Config{}.state_directory);
}

TEST_F(Unit, RunsAsTheUserThatSysusersMakes) {
  const Ran ran = run("systemd-sysusers --dry-run --root='" + directory.path().string() + "' '" +
                      (units / "dropload.sysusers").string() + "'");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_NE(ran.output.find("Creating user '" + value_of(text, "User") + "' (dropload import daemon)"),
            std::string::npos)
      << ran.output;
  EXPECT_NE(ran.output.find("Creating group '" + value_of(text, "Group") + "'"), std::string::npos) << ran.output;
}

TEST_F(Unit, MayWriteToThePlaceThatTmpfilesMakes) {
  const std::string place = value_of(text, "ReadWritePaths");
  ASSERT_TRUE(place.starts_with("-/")) << place;  // fine when it is not there
  EXPECT_TRUE(std::regex_search(test::contents(units / "dropload.tmpfiles"),
                                std::regex("\\nd +" + place.substr(1) + " +2770 dropload dropload -\\n")));
}

}  // namespace
}  // namespace dropload
