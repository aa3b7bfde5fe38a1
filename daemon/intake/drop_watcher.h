#pragma once

// Watches the drop directory of one route: inotify (close-write, moved-to, create for hard links) armed before the
// first scan, a periodic rescan always, a full rescan after an overflow; asks `settle` whether a file is complete and
// gives it to intake. Events only mark names; the file itself is looked at afterwards. What the system tells nothing of
// is polled: directories for which no watch is left, all of it where there is no inotify instance, on network file
// systems, and where the event of a file that is made for that purpose is not heard within a second (canary.h). The log
// says so once, with what to raise.
//
// A file that cannot be taken (no table for its name, permission) stays where it is; it is said once, and again when
// the file changes. It is tried again at an event, a rescan, or when it was being written to, but never sooner than
// `Retries` allows.

#include <memory>

#include "common/http/task_group.h"
#include "daemon/intake/events.h"
#include "daemon/intake/intake.h"
#include "daemon/intake/settle.h"
#include "daemon/intake/standing.h"

namespace dropload::intake {

class DropWatcher {
 public:
  struct Parts {
    Intake& intake;
    const Clock& clock;
    boost::asio::thread_pool& pool;  // scans and looks at files
    OpenEvents open_events{};        // inotify when left out
    Standing* standing = nullptr;    // is kept true while it runs; may be left out
  };
  // Runs until cancelled; belongs in a task group. `route` has a drop directory and outlives it. A directory that is
  // missing, vanishes or is not mounted any more is offline (presence.h): it is looked for again at each rescan,
  // nothing is taken from what lies in its place, and what was known of its files is kept.
  static http::Awaitable<void> run(Parts parts, const queue::Route& route);
};

}  // namespace dropload::intake
