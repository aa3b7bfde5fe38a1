#pragma once

// Where a secret stands: in a file, in an environment variable, in a systemd credential, or (only if nobody else may
// read it) in the configuration itself. No message of these ever shows a secret.

#include <string_view>

#include "daemon/config_reader.h"

namespace dropload::config {

// One of { file = "…" }, { env = "NAME" }, { credential = "name" } and "literal". False when it is missing, and with a
// problem when it cannot be had. A line break at the end of a file is not part of the secret.
bool read_secret(TableReader& table, std::string_view key, Secret& into);

}  // namespace dropload::config
