#pragma once

#include "daemon/config_directories.h"
#include "daemon/config_reader.h"

namespace dropload::config {

// [route.drop] of the route `table`: puts it into `route`, and its directory into `directories`.
void read_drop(TableReader& table, TableReader& drop, queue::Route& route, std::vector<NamedDirectory>& directories);

}  // namespace dropload::config
