#include "daemon/config_drop.h"

namespace dropload::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_patterns = 100;

void check_patterns(TableReader& drop, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    if (pattern.find('/') == std::string::npos) continue;
    drop.problem(
        "patterns",
        fmt::format("\"{}\" has a slash, and patterns are for the file name alone; write something like \"*.csv\"",
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
  std::filesystem::path directory;
  if (drop.require("directory", R"(directory = "/srv/dropload/sales")") && drop.read_path("directory", directory)) {
    settings.directory = directory.string();
    check_exists(drop, "directory", directory);
    directories.push_back(
        {fmt::format("the drop directory of route {}", route.name), directory, drop.place("directory"), true});
  }
  drop.read("patterns", settings.patterns, most_patterns);
  check_patterns(drop, settings.patterns);
  drop.read("recursive", settings.recursive);
  if (route.table_from_directory && !settings.recursive) {
    table.problem("table_from_directory",
                  "files in subdirectories are only looked for with recursive = true below [route.drop]");
  }
  drop.read_duration("stable_for", settings.stable_for, 0ms, 24h);
  drop.read_duration("rescan_every", settings.rescan_every, 100ms, 24h);
  read_name(drop, "online_marker", settings.online_marker, ".online");
  drop.finish(&table);
  route.drop = std::move(settings);
}

}  // namespace dropload::config
