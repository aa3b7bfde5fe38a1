#include "daemon/intake/packages.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "common/base/text.h"
#include "daemon/intake/ignoring.h"
#include "daemon/intake/routing.h"

namespace dropload::intake {
namespace {

struct PackageEnd {
  std::string_view end;
  PackageKind kind;
};
constexpr std::array package_ends{PackageEnd{".gz", PackageKind::gzip}, PackageEnd{".zst", PackageKind::zstd},
                                  PackageEnd{".xz", PackageKind::xz}, PackageEnd{".bz2", PackageKind::bzip2},
                                  PackageEnd{".zip", PackageKind::zip}};
constexpr std::array<std::string_view, 4> other_archive_ends{".tar", ".tgz", ".7z", ".rar"};

bool has_end(std::string_view name, std::string_view end) {
  return name.size() > end.size() && equal_in_any_case(name.substr(name.size() - end.size()), end);
}

const PackageEnd* end_of(std::string_view name) {
  const auto* found = std::ranges::find_if(package_ends, [name](const auto& one) { return has_end(name, one.end); });
  return found == package_ends.end() ? nullptr : found;
}

std::optional<std::string> litter_above(std::string_view path) {
  for (const auto& part : std::filesystem::path(path).parent_path()) {
    const auto name = part.string();
    // Where it would lead is of no matter: nothing is ever put there.
    if (name == "/" || name == "." || name == "..") continue;
    if (const auto rule = litter_directory_rule(name)) return std::string(*rule);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PackageKind kind) {
  switch (kind) {
    case PackageKind::gzip:
      return "gzip";
    case PackageKind::zstd:
      return "zstd";
    case PackageKind::xz:
      return "xz";
    case PackageKind::bzip2:
      return "bzip2";
    default:
      return "ZIP";
  }
}

std::optional<PackageKind> package_kind_of(std::string_view file_name) {
  const auto* end = end_of(file_name);
  return end == nullptr ? std::nullopt : std::optional(end->kind);
}

std::string inner_name(std::string_view file_name) {
  const auto* end = end_of(file_name);
  if (end != nullptr) file_name.remove_suffix(end->end.size());
  return std::string(file_name);
}

bool is_archive_name(std::string_view file_name) {
  return end_of(file_name) != nullptr ||
         std::ranges::any_of(other_archive_ends, [file_name](auto end) { return has_end(file_name, end); });
}

bool is_package(const queue::Route& route, std::string_view file_name) {
  return route.unpack && end_of(file_name) != nullptr;
}

std::optional<std::string> left_out_by(const queue::Route& route, const std::string& path) {
  if (auto rule = litter_above(path)) return rule;
  const auto name = last_component(path);
  if (!route.drop) {
    const auto rule = litter_rule(name);
    return rule ? std::optional(std::string(*rule)) : std::nullopt;
  }
  auto drop = *route.drop;
  std::erase_if(drop.patterns, [](const auto& pattern) { return end_of(pattern) != nullptr; });
  if (drop.patterns.empty()) drop.patterns = {"*"};
  return ignored_by(drop, name);
}

std::string last_component(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

Result<queue::TableKey> table_of_package(const queue::Route& route, const std::string& file_name,
                                         const std::string& subdirectory) {
  auto table = table_of(route, inner_name(file_name), subdirectory);
  const bool is_by_member = !route.table_pattern.empty() && package_kind_of(file_name) == PackageKind::zip;
  if (table || !is_by_member) return table;
  return queue::TableKey{route.organization, route.workspace, ""};
}

}  // namespace dropload::intake
