#pragma once

#include <vector>

#include "daemon/config_directories.h"
#include "daemon/config_reader.h"

namespace dropload::config {

struct Routes {
  std::vector<queue::Route> routes;
  std::vector<NamedDirectory> directories;  // their drop directories
};

// Every [[route]]; one that names no organization belongs to the only one.
Routes read_routes(TableReader& root, const std::vector<OrganizationConfig>& organizations);

}  // namespace dropload::config
