#pragma once

#include "common/zoho/config.h"
#include "daemon/config_reader.h"

namespace dropload::config {

// [route.csv]: how the files of the route are written. `options` keeps its defaults where nothing is said.
void read_csv(TableReader& csv, zoho::ImportOptions& options);

}  // namespace dropload::config
