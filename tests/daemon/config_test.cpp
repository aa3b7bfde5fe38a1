#include "daemon/config.h"

#include "tests/daemon/config_fixture.h"

namespace dropload {
namespace {

using namespace std::chrono_literals;

class ConfigFile : public test::ConfigTest {};

TEST_F(ConfigFile, ThatSaysLittleGetsTheDefaults) {
  const Config c = config("[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n");
  EXPECT_EQ(c.file, directory.path() / "dropload.toml");
  EXPECT_EQ(c.state_directory, "/var/lib/dropload");
  EXPECT_EQ(c.listen_address, "127.0.0.1");
  EXPECT_EQ(c.listen_port, 8787);
  EXPECT_EQ(c.service.data_directory, "/var/lib/dropload/service");
  EXPECT_EQ(c.service.port, 8788);
  ASSERT_EQ(c.organizations.size(), 1u);
  EXPECT_EQ(c.organizations[0].name, "local");
  EXPECT_TRUE(c.organizations[0].embedded);
  EXPECT_TRUE(c.uses_service());
  ASSERT_EQ(c.routes.size(), 1u);
  EXPECT_EQ(c.routes[0].organization, "local");
  EXPECT_FALSE(c.routes[0].drop);
}

TEST_F(ConfigFile, ThatIsMissingIsOneProblem) {
  const auto loaded = load_config(directory.path() / "absent.toml");
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_EQ(describe(loaded, "absent.toml"), "absent.toml: cannot open " + (directory.path() / "absent.toml").string() +
                                                 ": No such file or directory\n");
}

TEST_F(ConfigFile, ThatIsNoTomlIsReportedWhereItBreaks) {
  EXPECT_EQ(problems_below("[daemon\n"), "8:8: this is not TOML: Error while parsing table header: expected ']'\n");
  EXPECT_EQ(problems_below("name = \"twice\"\n"),
            "8:8: this is not TOML: Error while parsing key-value pair: cannot redefine existing string 'name'\n");
}

TEST_F(ConfigFile, ThatIsNoTomlShowsNoPieceOfASecret) {
  for (const std::string secret : {"trXhidden", "7Xhidden", "\"\" Xhidden", "'X\nhidden'", "Xhidden", "\"\\Xhidden\"",
                                   "98765432109876543210", "9.8e99999"}) {
    const std::string shown = problems_below("client_secret = " + secret + "\n");
    EXPECT_EQ(shown.find("8:"), 0u) << shown;
    EXPECT_NE(shown.find("this is not TOML: Error while parsing "), std::string::npos) << shown;
    for (const std::string piece : {"X", "hidden", "98", "9.8"})
      EXPECT_EQ(shown.find(piece), std::string::npos) << shown;
  }
}

TEST_F(ConfigFile, ProblemsAreDescribedWithFileLineAndColumn) {
  EXPECT_EQ(describe(load(std::string(fine) + "creat = true\n[metric]\n"), "etc/dropload.toml"),
            "etc/dropload.toml:8:1: unknown key creat in [[route]]; did you mean create?\n"
            "etc/dropload.toml:9:2: unknown key metric in the top level; the keys are daemon, schedule, service, "
            "organization, route\n");
}

TEST_F(ConfigFile, AnUnknownTableIsReportedWithTheOneThatIsMeant) {
  EXPECT_EQ(problems_below("[deamon]\n"), "8:2: unknown key deamon in the top level; did you mean daemon?\n");
  EXPECT_EQ(problems_below("[metrics]\n"),
            "8:2: unknown key metrics in the top level; the keys are daemon, schedule, service, organization, route\n");
}

TEST_F(ConfigFile, AnUnknownKeyIsReportedWithTheOneThatIsMeant) {
  EXPECT_EQ(problems_below("on_eror = \"abort\"\n"), "8:1: unknown key on_eror in [[route]]; did you mean on_error?\n");
  EXPECT_EQ(problems_below("[service]\n  colour = 1\n"),
            "9:3: unknown key colour in [service]; the keys are listen, data_directory, summary_kept, loader_threads, "
            "slow_jobs, limits, faults, batch_wait, private_callbacks\n");
}

TEST_F(ConfigFile, AKeyThatATableHeaderSwallowedIsSentBack) {
  EXPECT_EQ(problems_below("[route.csv]\ncreate = true\n"),
            "9:1: unknown key create in [route.csv]; it belongs to [[route]]: move it above the line [route.csv]\n");
}

TEST_F(ConfigFile, AListOfTablesIsWrittenWithTwoBrackets) {
  EXPECT_EQ(problems("[route]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n"),
            "1:1: [route] stands for one of several; write [[route]]\n");
  EXPECT_EQ(problems("route = 3\n"), "1:9: route: is a number; write its keys below a line [[route]]\n");
  EXPECT_EQ(problems_below("[[daemon]]\n"), "8:1: daemon: is a list; write a table\n");
}

TEST_F(ConfigFile, AWrongTypeIsReportedWithTheRightOne) {
  EXPECT_EQ(problems_below("create = \"true\"\n"),
            "8:10: create: is text in quotes; write true or false, without quotes\n");
  EXPECT_EQ(problems_below("max_attempts = \"3\"\n"),
            "8:16: max_attempts: is text in quotes; write a whole number, without quotes\n");
  EXPECT_EQ(problems_below("max_attempts = 2.5\n"),
            "8:16: max_attempts: is a number with a fraction; write a whole number, without quotes\n");
  EXPECT_EQ(problems_below("selected_columns = \"a\"\n"),
            "8:20: selected_columns: is text in quotes; write a list of texts, such as [\"a\", \"b\"]\n");
  EXPECT_EQ(problems_below("selected_columns = [\"a\", 1,\n  true]\n"),
            "8:26: selected_columns: entry 2 is not text; put it in quotes\n9:3: selected_columns: entry 3 is not "
            "text; put it in quotes\n");
  EXPECT_EQ(problems_below("csv = 2026-11-23\n"), "8:7: csv: is a date or time; write a table\n");
  EXPECT_EQ(problems_below("max_size = 100\n"),
            "8:12: max_size: is a number; write text with a unit (B, KB, MB, GB), such as \"100MB\"\n");
}

TEST_F(ConfigFile, AnEmptyTextAndAControlCharacterAreRefused) {
  EXPECT_EQ(problems("[[route]]\nname = \"a\"\nworkspace = \"\"\ntable = \"t\\u0000\"\n"),
            "3:13: workspace: is empty; write something or leave the key out\n"
            "4:9: table: has a control character in it; take it out\n");
}

TEST_F(ConfigFile, OfMoreThanAMegabyteIsRefused) {
  EXPECT_NE(problems(std::string(1024 * 1024 + 1, '#')).find("more than 1048576 bytes"), std::string::npos);
}

TEST_F(ConfigFile, ManyProblemsAreReportedAtOnceInTheOrderOfTheirLines) {
  EXPECT_EQ(
      problems(R"([daemon]
listen = "localhost:8787"
log_level = "verbose"
stop_grace = 20

[schedule]
poll_every = "10"

[[organization]]
name = "main"
data_center = "mars"
org_id = "60012345"
client_id = "1000.ABC"
client_secret = "hush-hush"
refresh_token = { fil = "token" }

[[organization]]
name = "main"
embedded = true
max_jobs = 6

[[route]]
name = "sales"
organization = "mian"
workspace = 123
import_type = "updateadd"
on_eror = "skip"

[route.drop]
directory = "absent"

[[route]]
name = "sales"
organization = "main"
workspace = "Main"
table = "a"
table_pattern = "([a-z]+).*"
)"),
      R"(2:10: listen: "localhost:8787" does not begin with an IP address; write address and port, such as "127.0.0.1:8787" or "[::1]:8787"
3:13: log_level: "verbose" is none of "debug", "info", "warn", "error"; write one of them
4:14: stop_grace: is a number; write text with a unit (ms, s, m, h, d), such as "10s"
7:14: poll_every: "10" is no duration; write a whole number and a unit (ms, s, m, h, d), such as "10s"
11:15: data_center: "mars" is no data center; write one of us, eu, in, au, jp, cn, sa, ca
14:17: client_secret: a secret stands in a file that others may read; make it unreadable for them (chmod 600), or write { file = "/path/to/it" }, { env = "NAME" } or { credential = "name" }
15:17: refresh_token: names 0 places; write exactly one of { file = "/path/to/it" }, { env = "NAME" } or { credential = "name" }
15:19: unknown key fil in [organization.refresh_token]; did you mean file?
18:8: name: "main" is that of the organization in line 10 already; each must have its own
20:12: max_jobs: 6 is out of range; write a number from 1 to 5
22:1: [[route]] says in no ways which table; write exactly one of table = "sales", table_pattern = '(?<table>[a-z]+)_.*' and table_from_directory = true
24:16: organization: there is no organization "mian"; did you mean "main"?
25:13: workspace: is a number; write text in quotes
26:15: import_type: updateadd needs matching_columns: write those that tell rows apart, such as matching_columns = ["id"]
27:1: unknown key on_eror in [[route]]; did you mean on_error?
30:13: directory: the directory DIR/absent does not exist; make it, or write the path of one that does
32:1: [[route]] says in 2 ways which table; write exactly one of table = "sales", table_pattern = '(?<table>[a-z]+)_.*' and table_from_directory = true
33:8: name: "sales" is that of the route in line 23 already; each must have its own
37:17: table_pattern: '([a-z]+).*' has no group named table; write the part of the name that is the table as (?<table>[a-z]+)
)");
}

}  // namespace
}  // namespace dropload
