// config/dropload.toml is the manual of the configuration: what it says must be so.

#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "daemon/config.h"
#include "tests/support/temporary_directory.h"

namespace dropload {
namespace {

const std::filesystem::path manual = std::filesystem::path(DROPLOAD_SOURCE_DIR) / "config/dropload.toml";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class DroploadToml : public testing::Test {
 protected:
  Config config(const std::string& text) const {
    auto loaded = load_config(directory.write("dropload.toml", text));
    EXPECT_EQ(describe(loaded, "dropload.toml"), "");
    return std::move(loaded.config);
  }

  test::TemporaryDirectory directory;
};

// What the optional keys of the manual set, in words.
std::string settings_of(const Config& c) {
  const auto& o = c.outcome;
  const auto& s = c.service;
  std::string text = fmt::format("{} {}:{} {} {} {} {} {} {}\n", c.state_directory.string(), c.listen_address,
                                 c.listen_port, c.allowed_hosts.size(), c.max_body_bytes, c.max_waiting,
                                 c.max_spool_bytes, c.log_level, c.stop_grace.count());
  text += fmt::format("{} {} {} {} {} {} {} {} {}\n", o.first_poll.count(), o.poll_every.count(),
                      o.backoff.first.count(), o.backoff.most.count(), o.lost_job_wait.count(), o.pause_probe.count(),
                      o.open_job_wait.count(), c.batch_bytes, c.merge_files);
  text += fmt::format("{}:{} {} {} {} {} {} {} {} {}\n", s.address, s.port, s.data_directory.string(),
                      s.summary_kept.count(), s.loader_threads, s.slow_jobs.count(), s.limits, s.faults,
                      s.batch_wait.count(), s.private_callbacks);
  for (const auto& org : c.organizations) {
    text += fmt::format("{} {} {} {} {} {}\n", org.name, org.embedded, org.max_jobs, org.requests.bulk,
                        org.requests.metadata, org.requests.overall);
  }
  for (const auto& r : c.routes) {
    text += fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", r.name, r.organization, r.workspace, r.table,
                        r.create, static_cast<int>(r.options.import_type), static_cast<int>(r.options.file_type),
                        static_cast<int>(r.options.on_error), r.parallel, r.on_unknown_append == queue::OnUnknown::hold,
                        r.max_attempts, r.delete_when_done, r.max_bytes, r.options.auto_identify);
    text += fmt::format("{} {} {} {} {} {}\n", r.merge, r.on_row_difference == queue::OnRowDifference::warn,
                        to_string(r.on_duplicate), r.duplicate_days, to_string(r.on_finding), r.may_clear_table);
  }
  return text;
}

TEST_F(DroploadToml, IsFineAsItIsShipped) {
  const auto loaded = load_config(manual);
  EXPECT_EQ(describe(loaded, "dropload.toml"), "");
}

TEST_F(DroploadToml, ShowsTheDefaultOfEveryKeyThatHasOne) {
  std::string everything;
  int taken_in = 0;
  for (const std::string& line : lines_of(test::contents(manual))) {
    const bool commented = std::regex_search(line, std::regex(R"(^#[a-z_]+ = )"));
    if (commented) ++taken_in;
    everything += (commented ? line.substr(1) : line) + "\n";
  }
  EXPECT_GT(taken_in, 25);
  EXPECT_EQ(settings_of(config(everything)),
            settings_of(config("[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n")));
}

TEST_F(DroploadToml, ShowsTheDefaultsOfADropDirectory) {
  std::string drop;
  const std::regex an_example(
      R"(^#   (ignore|ready_suffix|online_marker) = )");  // they have no default, or need another key
  for (const std::string& line : lines_of(test::contents(manual))) {
    const bool begins = line == "#   [route.drop]";
    if (std::regex_search(line, an_example)) continue;
    if ((begins || !drop.empty()) && line.starts_with("#   ")) drop += line.substr(4) + "\n";
  }
  drop = std::regex_replace(drop, std::regex("/srv/dropload/sales"), ".");
  const auto c = config("[[route]]\nname = \"sales\"\nworkspace = \"Main\"\ntable = \"sales\"\n" + drop);
  const queue::DropSettings shown = c.routes.at(0).drop.value();
  const queue::DropSettings defaults;
  EXPECT_EQ(shown.patterns, defaults.patterns);
  EXPECT_EQ(shown.recursive, defaults.recursive);
  EXPECT_EQ(shown.stable_for, defaults.stable_for);
  EXPECT_EQ(shown.rescan_every, defaults.rescan_every);
  EXPECT_EQ(shown.poll_every, defaults.poll_every);
  EXPECT_EQ(shown.network_stable_for, defaults.network_stable_for);
  EXPECT_EQ(shown.empty_grace, defaults.empty_grace);
  EXPECT_EQ(shown.complete_when, defaults.complete_when);
}

TEST_F(DroploadToml, NamesEveryKeyThatIsKnown) {
  // An unknown key that is like no other one makes each table list its keys.
  const auto loaded = load_config(directory.write("every_table.toml", R"(qqqqqqqqqqqq = 1
daemon.qqqqqqqqqqqq = 1
schedule.qqqqqqqqqqqq = 1
service.qqqqqqqqqqqq = 1
[[organization]]
name = "local"
embedded = true
requests.qqqqqqqqqqqq = 1
qqqqqqqqqqqq = 1
[[route]]
name = "sales"
workspace = "Main"
table = "sales"
qqqqqqqqqqqq = 1
csv.qqqqqqqqqqqq = 1
drop.qqqqqqqqqqqq = 1
drop.directory = "."
)"));
  const std::string text = test::contents(manual);
  const std::string_view before_keys = "the keys are ";
  int keys = 0;
  for (const ConfigProblem& problem : loaded.problems) {
    const auto at = problem.message.find(before_keys);
    ASSERT_NE(at, std::string::npos) << problem.message;
    std::istringstream list(problem.message.substr(at + before_keys.size()));
    for (std::string key; std::getline(list >> std::ws, key, ',');) {
      ++keys;
      const std::regex shown("(^|\\n)(#|#   )?(" + key + " = |\\[+([a-z]+\\.)?" + key + "\\]+)|[{,] " + key + " = ");
      EXPECT_TRUE(std::regex_search(text, shown)) << key << " of: " << problem.message;
    }
  }
  EXPECT_EQ(loaded.problems.size(), 9u);
  EXPECT_GT(keys, 60);
}

}  // namespace
}  // namespace dropload
