#pragma once

// The end of a file: from the spool to done/<date>/ or failed/<date>/ beside where it was dropped, with a reason file
// next to a failed one.
//
//   <drop directory>/done/2026-11-23/sales.csv
//   <drop directory>/failed/2026-11-23/sales.csv   and   sales.csv.error.txt
//   <drop directory>/failed/2026-11-23/sales.2.csv  when the name is taken
//   <drop directory>/done/2026-11-23/north/sales.csv  when it was dropped in the subdirectory north
//
// done/ holds what was imported; whatever ended otherwise (failed, cancelled, superseded) goes to failed/, and its
// reason file says how. A submission that came over REST for a route without a drop directory ends below `archive` in
// the same way.
//
// A file that stays where it was dropped (when_done = "leave") stays whatever becomes of it: of what was imported the
// copy in the spool is removed, of what was not it goes to failed/<date>/ with the reason file, so that it can be
// retried. Blocks; pool.

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "daemon/queue/kept_files.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"
#include "daemon/queue/types.h"

namespace dropload::intake {

struct RetireSettings {
  std::filesystem::path archive;  // <state>/archive
  bool delete_when_done = false;
};

// Where the original now lies ("" when it was deleted). Never replaces a file. The spool entry stays, without the
// bytes: it knows where the original went, so that this runs again after a crash at any step and finds what it had
// done. Once mark_retired is durable: Spool::remove_entry. Errors: unavailable (the drop directory is missing: it is
// never made, or its file system is not mounted), invalid_argument (a symbolic link stands in the way), no_space,
// permission_denied, io; what is left to do is done by the next call.
// A member of a package that is done has no original of its own: it lies where the package does, which is still the
// spool. `text` is what is put beside a failed one; error_text() when left out. `stamps`, when it is given, is told
// which files lie there now, as far as it is sure that they are those that were put away.
Result<std::string> retire(queue::Spool& spool, Files& files, const RetireSettings& settings,
                           const queue::Submission& submission, Time now, const std::string& text = "",
                           queue::KeptStamps* stamps = nullptr);

// The end of a package, all of whose members have ended: done/ when all of them are done, else failed/, with
// package_text() beside it. As above, by the package's number.
Result<std::string> retire_package(queue::Spool& spool, Files& files, const RetireSettings& settings,
                                   const queue::Package& package, const std::vector<queue::Submission>& members,
                                   Time now, queue::KeptStamps* stamps = nullptr);

// Each member of such a package and its end, and what to do. Pure.
std::string package_text(const queue::Package& package, const std::vector<queue::Submission>& members);

// The text of <name>.error.txt: what happened, in plain words, and what to do. `subdirectory` is where it was dropped
// below its drop directory, `placed_as` the name it has in failed/: both matter when it is to be dropped again. Of one
// that `stays` the dropped file is still there. Pure.
std::string error_text(const queue::Submission& submission, const std::string& subdirectory,
                       const std::string& placed_as, bool stays = false);

// A small body has no entry in the spool (queue/bodies.h): before it can be put away this makes one, spool/<id>/data,
// durably. Does nothing when the queue has no body of it, when that was done before, or when it has gone to where the
// sidecar says; so it may be repeated after a crash. Blocks; pool. Errors: those of Files and of the store.
Result<void> bring_out_body(queue::StoreThread& store, queue::Spool& spool, Files& files, queue::SubmissionId id);

}  // namespace dropload::intake
