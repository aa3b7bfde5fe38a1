#include "daemon/config_directories.h"

#include <algorithm>

#include <fmt/format.h>

namespace dropload::config {
namespace {

namespace fs = std::filesystem;

fs::path resolved(const fs::path& path) {
  std::error_code failed;
  const fs::path followed = fs::weakly_canonical(path, failed);
  return failed ? path : followed;
}

bool is_inside(const fs::path& inner, const fs::path& outer) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

std::string at_line(const NamedDirectory& directory) {
  return directory.place.line > 0 ? fmt::format(" (line {})", directory.place.line) : "";
}

void check_pair(const NamedDirectory& earlier, const NamedDirectory& later, Source& source) {
  const fs::path a = resolved(earlier.path);
  const fs::path b = resolved(later.path);
  std::string_view how;
  if (a == b) {
    how = "is";
  } else if (is_inside(b, a)) {
    how = "lies inside";
  } else if (is_inside(a, b)) {
    how = "has in it";
  } else {
    return;
  }
  source.problem(later.place, fmt::format("{} ({}) {} {}{}; choose directories that lie side by side", later.what,
                                          later.path.string(), how, earlier.what, at_line(earlier)));
}

}  // namespace

void check_overlaps(const std::vector<NamedDirectory>& directories, Source& source) {
  for (std::size_t later = 0; later < directories.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (directories[earlier].drop || directories[later].drop)
        check_pair(directories[earlier], directories[later], source);
    }
  }
}

void check_exists(TableReader& table, std::string_view key, const fs::path& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (fs::is_directory(status)) return;
  if (fs::exists(status)) {
    table.problem(key, fmt::format("{} is no directory; write the path of one", path.string()));
  } else if (status.type() == fs::file_type::not_found) {
    table.problem(key, fmt::format("the directory {} does not exist; make it, or write the path of one that does",
                                   path.string()));
  } else {
    table.problem(key, fmt::format("the directory {} cannot be looked at: {}; let the daemon's user in", path.string(),
                                   failed.message()));
  }
}

void check_can_be_made(TableReader& table, std::string_view key, const fs::path& path) {
  std::error_code failed;
  const bool missing = fs::status(path, failed).type() == fs::file_type::not_found;
  check_exists(table, key, missing ? path.parent_path() : path);
}

}  // namespace dropload::config
