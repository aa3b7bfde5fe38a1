#include <nlohmann/json.hpp>

#include "tests/daemon/cli/cli_fixture.h"

namespace dropload::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class CommandsTest : public CliTest {};

TEST_F(CommandsTest, TheHelpNamesEveryCommandWithExamples) {
  const auto ran = run_plain({"--help"});
  EXPECT_EQ(ran.exit, Exit::success);
  for (const char* command : {"service", "submit", "list", "show", "release", "discard", "routes", "ignored",
                              "organizations", "pause", "resume", "cancel", "retry", "priority", "check", "version"}) {
    EXPECT_THAT(ran.out, HasSubstr(fmt::format("\n  {} ", command)));
    const auto help = run_plain({command, "--help"});
    EXPECT_EQ(help.exit, Exit::success) << command;
    EXPECT_THAT(help.out, HasSubstr(fmt::format("dropload {}", command)));
  }
  EXPECT_THAT(ran.out, HasSubstr("dropload submit --route sales --wait"));
}

TEST_F(CommandsTest, WrongUsageIsExplainedAndExitsWithOne) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                     {"lst"},
                                                                     {"list", "stray"},
                                                                     {"show"},
                                                                     {"show", "abc"},
                                                                     {"show", "0"},
                                                                     {"list", "--limit", "x"},
                                                                     {"submit", "a.csv", "--route"}}) {
    const auto ran = run_plain(arguments);
    EXPECT_EQ(ran.exit, Exit::error);
    EXPECT_NE(ran.err, "");
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(CommandsTest, TheVersionIsShown) {
  EXPECT_EQ(run_plain({"version"}).out, "dropload " DROPLOAD_VERSION "\n");
  EXPECT_EQ(run_plain({"--version"}).out, "dropload " DROPLOAD_VERSION "\n");
  EXPECT_EQ(run_plain({"version", "--json"}).out, "{\"version\":\"" DROPLOAD_VERSION "\"}\n");
}

TEST_F(CommandsTest, AListShowsTheNewestFirstAndFilters) {
  const auto held = server_.accept("a.csv").id;
  server_.accept("b.csv");
  server_.hold(held, "nobody can know");
  const auto all = run_command({"list"});
  EXPECT_EQ(all.exit, Exit::success) << all.err;
  EXPECT_THAT(all.out, StartsWith("ID"));
  EXPECT_LT(all.out.find("b.csv"), all.out.find("a.csv"));
  const auto only_held =
      run_command({"list", "--state", "held", "--route", "orders", "--limit", "5", "--before", "1000"});
  EXPECT_THAT(only_held.out, HasSubstr("nobody can know"));
  EXPECT_EQ(only_held.out.find("b.csv"), std::string::npos);
  EXPECT_EQ(run_command({"list", "--route", "tiny"}).out, "no submissions\n");
}

TEST_F(CommandsTest, AFilterThatTheDaemonDoesNotKnowIsExplained) {
  const auto ran = run_command({"list", "--state", "lost"});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, StartsWith("dropload: 'lost' is not a state; use queued,"));
}

TEST_F(CommandsTest, OneSubmissionIsShownWithAllThatIsKnown) {
  const auto id = server_.accept("a.csv").id;
  server_.finish(server_.import(id), {12, 12, 0});
  const auto ran = run_command({"show", std::to_string(id)});
  EXPECT_EQ(ran.exit, Exit::success) << ran.err;
  EXPECT_THAT(ran.out, StartsWith(fmt::format("submission {}: done\n", id)));
  EXPECT_THAT(ran.out, HasSubstr("1767009"));
  EXPECT_THAT(ran.out, HasSubstr("TIME (UTC)"));
}

TEST_F(CommandsTest, JsonIsTheDaemonsOwnDocument) {
  const auto id = server_.accept("a.csv").id;
  EXPECT_EQ(nlohmann::json::parse(run_command({"show", std::to_string(id), "--json"}).out)["id"], id);
  EXPECT_EQ(nlohmann::json::parse(run_command({"list", "--json"}).out)["submissions"].size(), 1U);
}

TEST_F(CommandsTest, WhatIsNotThereIsSaidInTheDaemonsWords) {
  const auto ran = run_command({"show", "999"});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, HasSubstr("999"));
  EXPECT_THAT(ran.err, HasSubstr("GET /v1/submissions lists")) << "and what to do";
  EXPECT_EQ(ran.out, "");
}

TEST_F(CommandsTest, APersonReleasesOrDiscardsWhatIsHeld) {
  const auto first = server_.accept("a.csv").id;
  const auto second = server_.accept("b.csv").id;
  server_.hold(first);
  server_.hold(second);
  const auto released = run_command({"release", std::to_string(first)});
  EXPECT_EQ(released.exit, Exit::success) << released.err;
  EXPECT_EQ(released.out, fmt::format("submission {} (a.csv) is queued again\n", first));
  const auto discarded = run_command({"discard", std::to_string(second)});
  EXPECT_EQ(discarded.out, fmt::format("submission {} (b.csv) is cancelled; its rows are not imported\n", second));
  EXPECT_EQ(run_command({"release", std::to_string(first)}).exit, Exit::error) << "it is not held any more";
}

TEST_F(CommandsTest, AnAddressThatIsNoneIsExplained) {
  const auto ran = run_plain({"list", "--url", "localhost:8787"});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, StartsWith("dropload: --url: "));
}

TEST_F(CommandsTest, WhereNobodyListensEveryClientSaysHowToStartTheDaemon) {
  const auto url = server_.url();
  server_.stop();
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"list"}, {"show", "1"}, {"release", "1"}, {"discard", "1"}}) {
    auto with_url = arguments;
    with_url.insert(with_url.end(), {"--url", url});
    const auto ran = run_plain(with_url);
    EXPECT_EQ(ran.exit, Exit::not_running);
    EXPECT_THAT(ran.err, HasSubstr("start it with 'dropload serve"));
  }
}

TEST_F(CommandsTest, AConfigurationWithoutProblemsIsOk) {
  const auto path = files_.write(
      "dropload.toml",
      "[daemon]\nstate_directory = \"state\"\n"
      "[[organization]]\nname = \"main\"\nembedded = true\n"
      "[[route]]\nname = \"orders\"\norganization = \"main\"\nworkspace = \"Sales\"\ntable = \"orders\"\n");
  const auto ran = run_plain({"check", "--config", path});
  EXPECT_EQ(ran.exit, Exit::success) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("OK: "));
}

TEST_F(CommandsTest, EveryProblemOfAConfigurationIsReportedWithItsLine) {
  const auto path = files_.write("dropload.toml", "stat_directory = \"state\"\nlog_level = 3\n").string();
  const auto ran = run_plain({"check", "--config", path});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, HasSubstr(path + ":1:"));
  EXPECT_THAT(ran.err, HasSubstr(path + ":2:"));
  EXPECT_EQ(ran.out, "");
  const auto json = nlohmann::json::parse(run_plain({"check", "--config", path, "--json"}).out);
  EXPECT_EQ(json["ok"], false);
  EXPECT_GE(json["problems"].size(), 2U);
}

TEST_F(CommandsTest, TheServicesFileIsCheckedWithoutServing) {
  const auto path =
      files_.write("service.toml", "[service]\ndata_directory = \"twin\"\n[[organization]]\nname = \"a\"\n");
  const auto ran = run_plain({"service", "--config", path, "--check"});
  EXPECT_EQ(ran.exit, Exit::success) << ran.err;
  EXPECT_EQ(ran.out, "OK: 1 organizations in " + path.string() + "\n");
  EXPECT_FALSE(std::filesystem::exists(path.parent_path() / "twin")) << "nothing is made";
}

TEST_F(CommandsTest, EveryProblemOfTheServicesFileIsReportedAndWhatTheFlagsMakeOfIt) {
  const auto bad = files_.write("bad.toml", "[service]\nfalts = true\ndaily_units = -1\n").string();
  auto ran = run_plain({"service", "--config", bad, "--check"});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, AllOf(HasSubstr(bad + ":2:1: "), HasSubstr("did you mean faults?"), HasSubstr(bad + ":3:")));
  EXPECT_EQ(ran.out, "");
  const auto good = files_.write("good.toml", "[service]\nlisten = \"0.0.0.0:8788\"\n").string();
  ran = run_plain({"service", "--config", good, "--check"});
  EXPECT_EQ(ran.exit, Exit::error);
  EXPECT_THAT(ran.err, HasSubstr("--allow-remote"));
  EXPECT_EQ(run_plain({"service", "--config", good, "--check", "--allow-remote"}).exit, Exit::success);
  EXPECT_EQ(run_plain({"service", "--check"}).exit, Exit::error) << "there is no file to check";
}

}  // namespace
}  // namespace dropload::cli
