#pragma once

// The import service as a process of its own: starts it, says how it is reached, stops it on a signal.

#include <ostream>

#include "common/base/result.h"
#include "daemon/config_service_file.h"

namespace dropload {

// Runs until SIGTERM or SIGINT: calls under way get a few seconds, loads are rolled back and done again by the next
// start. A second signal ends the process at once. SIGPIPE is ignored. Before it serves it writes to `out` where it
// listens, the ids of organizations and workspaces, and a line for a shell that imports a small table. Fails when it
// cannot be started: the sentence says why.
Result<void> run_service(const ServiceFile& file, std::ostream& out);

}  // namespace dropload
