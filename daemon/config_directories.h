#pragma once

// Directories that must be there, and that must not lie in one another: a file dropped into a nested one would belong
// to two routes, and a database or a spool in a drop directory would be imported.

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/config_reader.h"

namespace dropload::config {

struct NamedDirectory {
  std::string what;  // "the drop directory of route sales"
  std::filesystem::path path;
  Place place;
  bool drop = false;  // two of the daemon's own may lie in one another
};

// Notes a problem for each pair of directories that overlap, at the one that comes later in the file. Symbolic links
// are followed.
void check_overlaps(const std::vector<NamedDirectory>& directories, Source& source);

// Notes a problem unless the directory exists.
void check_exists(TableReader& table, std::string_view key, const std::filesystem::path& path);
// Notes a problem unless it exists or can be made as the last part of an existing path: the daemon makes its own.
void check_can_be_made(TableReader& table, std::string_view key, const std::filesystem::path& path);

}  // namespace dropload::config
