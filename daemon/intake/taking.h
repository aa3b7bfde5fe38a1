#pragma once

// One file's way from its drop directory into the queue, all of its blocking steps in order:
//
//   is it as it was when it settled? -> sidecar -> the file leaves the drop directory's view -> is it untouched? ->
//   hash -> sync -> survey -> complete sidecar -> row
//
// It leaves by rename into spool/<id>/data. From another file system it is first claimed by a rename in its own
// directory, so that nobody takes or replaces it meanwhile, then copied, and removed when the row is committed; one
// that is over the route's limit is not copied, and stays claimed until it is retired. After any error it is put back.

#include <map>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "daemon/intake/disk_room.h"
#include "daemon/intake/settle.h"
#include "daemon/intake/unpack_room.h"
#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"

namespace dropload::intake {

struct TakingParts {
  queue::StoreThread& store;
  queue::Spool& spool;
  Files& files;
  const Clock& clock;
  const std::map<std::string, queue::Route>* routes = nullptr;  // by name, for what a crash left
  UnpackRoom* unpack_room = nullptr;                            // null: as much as the disk has
  DiskRoom* disk = nullptr;                                     // where a copy must leave the margin
};

// Intake::take, but blocking; in the pool. `left_behind` becomes the entry that could not be put back, if any.
Result<queue::Submission> take_file(const TakingParts& parts, const queue::Route& route,
                                    const std::string& subdirectory, const std::string& file_name, const Look& settled,
                                    std::optional<queue::SubmissionId>& left_behind);

// Takes a file to its end that is whole in the spool without a complete sidecar, because an intake was cut short there.
// Errors: stale (it may not be the whole file, or somebody may still write to it); as above.
Result<queue::Submission> finish_taking(const TakingParts& parts, queue::Sidecar sidecar);

// What is known of a submission before its bytes are. Errors: invalid_argument (file name, no table).
Result<queue::Sidecar> begin_sidecar(const queue::Route& route, queue::Source source, const std::string& subdirectory,
                                     const std::string& file_name);

}  // namespace dropload::intake
