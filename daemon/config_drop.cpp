#include "daemon/config_drop.h"

#include <array>

namespace dropload::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_patterns = 100;
constexpr std::array<Word<queue::CompleteWhen>, 3> complete_whens{{{"settled", queue::CompleteWhen::settled},
                                                                   {"renamed", queue::CompleteWhen::renamed},
                                                                   {"marked", queue::CompleteWhen::marked}}};

void check_patterns(TableReader& drop, std::string_view key, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (pattern.find('/') == std::string::npos) continue;
    drop.problem(
        key, fmt::format("\"{}\" has a slash, and patterns are for the file name alone; write something like \"*.csv\"",
                         pattern));
  }
}

// The name of a file, or a part of one.
void read_name(TableReader& drop, std::string_view key, std::string& into, std::string_view example) {
  std::string text;
  if (!drop.read(key, text)) return;
  if (text.find('/') != std::string::npos || text == "." || text == "..") {
    drop.problem(key, fmt::format("\"{}\" is no file name; write something like \"{}\"", text, example));
    return;
  }
  into = std::move(text);
}

}  // namespace

void read_drop(TableReader& table, TableReader& drop, queue::Route& route, std::vector<NamedDirectory>& directories) {
  queue::DropSettings settings;
  settings.unpack = route.unpack;
  std::filesystem::path directory;
  if (drop.require("directory", R"(directory = "/srv/dropload/sales")") && drop.read_path("directory", directory)) {
    settings.directory = directory.string();
    check_exists(drop, "directory", directory);
    directories.push_back(
        {fmt::format("the drop directory of route {}", route.name), directory, drop.place("directory"), true});
  }
  drop.read("patterns", settings.patterns, most_patterns);
  check_patterns(drop, "patterns", settings.patterns);
  drop.read("recursive", settings.recursive);
  if (route.table_from_directory && !settings.recursive) {
    table.problem("table_from_directory",
                  "files in subdirectories are only looked for with recursive = true below [route.drop]");
  }
  drop.read_duration("stable_for", settings.stable_for, 0ms, 24h);
  drop.read_duration("rescan_every", settings.rescan_every, 100ms, 24h);
  drop.read_duration("poll_every", settings.poll_every, 100ms, 24h);
  drop.read_duration("network_stable_for", settings.network_stable_for, 0ms, 24h);
  drop.read_duration("empty_grace", settings.empty_grace, 0ms, 24h);
  drop.read("ignore", settings.ignore, most_patterns);
  check_patterns(drop, "ignore", settings.ignore);
  drop.read_word<queue::CompleteWhen>("complete_when", settings.complete_when, complete_whens);
  read_name(drop, "ready_suffix", settings.ready_suffix, ".ready");
  if (drop.has("ready_suffix") && settings.complete_when != queue::CompleteWhen::marked) {
    drop.problem("ready_suffix",
                 "only marked files wait for it; write complete_when = \"marked\" or take the line out");
  }
  read_name(drop, "online_marker", settings.online_marker, ".online");
  drop.finish(&table);
  route.drop = std::move(settings);
}

}  // namespace dropload::config
