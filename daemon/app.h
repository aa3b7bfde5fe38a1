#pragma once

// Builds the daemon from a configuration, wires its parts, starts them, and stops them in reverse.

#include "common/base/result.h"
#include "daemon/config.h"

namespace dropload {

// Runs until SIGTERM or SIGINT: no new work, uploads get the configured grace, states are written. A second signal ends
// the process at once (all that matters is on the disk; the next start goes on from there). SIGPIPE is ignored. Fails
// when something cannot be started: the sentence says what. When that is only for want of room on the disk it waits for
// it (app_waiting.h).
//
// Files in the state directory: lock, queue.db, reserve (room for queue.db on a full disk), spool/, tokens/, archive/,
// service/ (of the embedded import service).
Result<void> run_daemon(const Config& config);

}  // namespace dropload
