#include "daemon/intake/ignoring.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>

#include <fnmatch.h>

#include "common/base/text.h"
#include "daemon/intake/routing.h"

namespace dropload::intake {
namespace {

namespace fs = std::filesystem;
using Rules = std::span<const std::string_view>;

// By what follows the last dot. Sorted.
constexpr std::array<std::string_view, 32> extension_rules{
    "*.!bt",        "*.!qb",      "*.!sync",   "*.!ut",        "*.aria2", "*.bc!",        "*.copying",
    "*.crdownload", "*.download", "*.dtapart", "*.filepart",   "*.gstmp", "*.incomplete", "*.inprogress",
    "*.jc!",        "*.lck",      "*.lock",    "*.opdownload", "*.part",  "*.partial",    "*.rsynctmp",
    "*.swo",        "*.swp",      "*.swx",     "*.td",         "*.temp",  "*.tmp",        "*.unconfirmed",
    "*.uploading",  "*.writing",  "*.xltd",    "*.~tmp"};
static_assert(std::ranges::is_sorted(extension_rules));
constexpr std::size_t longest_extension = 15;
static_assert(std::ranges::all_of(extension_rules, [](auto rule) { return rule.size() <= longest_extension + 1; }));

// Whole names, small letters.
constexpr std::array<std::string_view, 5> name_rules{"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini",
                                                     "icon\r"};
constexpr std::array<std::string_view, 16> directory_rules{
    "@eadir",       "#recycle",   "@recycle",   "#snapshot",
    "~snapshot",    "@tmp",       "@sharebin",  "@recently-snapshot",
    "$recycle.bin", "recycler",   "lost+found", "system volume information",
    "__macosx",     "@transcode", "found.000",  "network trash folder"};
constexpr std::array<std::string_view, 5> ending_rules{"*~", "*.error.txt", "*@SynoEAStream", "*@SynoResource",
                                                       "*.lftp-pget-status"};

std::optional<std::string_view> in(Rules rules, std::string_view name) {
  const auto found = std::ranges::find_if(rules, [name](auto rule) { return equal_in_any_case(rule, name); });
  return found == rules.end() ? std::nullopt : std::optional(*found);
}

bool ends_with_in_any_case(std::string_view name, std::string_view end) {
  return name.size() >= end.size() && equal_in_any_case(name.substr(name.size() - end.size()), end);
}

std::optional<std::string_view> by_extension(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot > longest_extension) return std::nullopt;
  const auto extension = lower(name.substr(dot));
  const auto without_star = [](std::string_view rule) { return rule.substr(1); };
  const auto found = std::ranges::lower_bound(extension_rules, std::string_view(extension), {}, without_star);
  return found != extension_rules.end() && without_star(*found) == extension ? std::optional(*found) : std::nullopt;
}

std::optional<std::string> by_setting(const queue::DropSettings& drop, const std::string& name) {
  for (const auto& pattern : drop.ignore) {
    if (::fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return fmt::format("{} (ignore)", escaped(pattern));
  }
  return std::nullopt;
}

}  // namespace

bool descends(const queue::Route& route) {
  return route.drop.value().recursive || route.table_from_directory;
}

bool is_archive(std::string_view directory_at_top) {
  return directory_at_top == "done" || directory_at_top == "failed";
}

std::optional<std::string_view> litter_rule(std::string_view file_name) {
  if (file_name.starts_with('.')) return ".*";
  if (file_name.starts_with("~$")) return "~$*";
  if (auto rule = by_extension(file_name)) return rule;
  for (const auto rule : ending_rules) {
    if (ends_with_in_any_case(file_name, rule.substr(1))) return rule;
  }
  return in(name_rules, file_name);
}

std::optional<std::string_view> litter_directory_rule(std::string_view name) {
  if (name.starts_with('.')) return ".*";
  return in(directory_rules, name);
}

std::optional<std::string> ignored_by(const queue::DropSettings& drop, const std::string& file_name) {
  if (const auto rule = litter_rule(file_name)) return std::string(*rule);
  if (auto rule = by_setting(drop, file_name)) return rule;
  if (file_name == drop.online_marker) return "it is the online_marker";
  if (!matches(drop, file_name)) return "it fits none of the patterns";
  return std::nullopt;
}

std::optional<std::string> not_entered_by(const queue::Route& route, const std::string& name, bool at_top) {
  if (at_top && is_archive(name)) return "it is for files that have ended";
  if (const auto rule = litter_directory_rule(name)) return std::string(*rule);
  if (!descends(route)) return "subdirectories are not looked into (recursive)";
  return by_setting(route.drop.value(), name);
}

bool may_be_entered(const queue::Route& route, const std::string& directory) {
  bool at_top = true;
  for (const auto& part : fs::path(directory)) {
    if (not_entered_by(route, part.string(), at_top)) return false;
    at_top = false;
  }
  return descends(route);
}

bool may_be_taken(const queue::Route& route, const std::string& name) {
  const fs::path path(name);
  if (path.has_parent_path() && !may_be_entered(route, path.parent_path().string())) return false;
  return !ignored_by(route.drop.value(), path.filename().string());
}

void NamesWithReasons::add(std::string name, std::string why) {
  const auto known = first_.find(name);
  if (known != first_.end()) {
    known->second = std::move(why);
    return;
  }
  ++count_;
  if (!full()) first_.emplace(std::move(name), std::move(why));
}

void NamesWithReasons::forget(const std::string& name) {
  count_ -= first_.erase(name);
}

}  // namespace dropload::intake
