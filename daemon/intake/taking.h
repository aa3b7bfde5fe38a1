#pragma once

// One file's way from its drop directory into the queue, all of its blocking steps in order:
//
//   is it as it was when it settled? -> sidecar -> the file leaves the drop directory's view -> is it untouched? ->
//   hash -> sync -> survey -> complete sidecar -> row
//
// It leaves by rename into spool/<id>/data. From another file system it is first claimed by a rename in its own
// directory, so that nobody takes or replaces it meanwhile, then copied, and removed when the row is committed; one
// that is over the route's limit is not copied, and stays claimed until it is retired. After any error it is put back.

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "daemon/intake/disk_room.h"
#include "daemon/intake/held_directory.h"
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

struct FileToTake {
  std::string subdirectory;  // below the drop directory, "" at its top
  std::string name;
  Look settled;  // by which it was found to be complete
};

// A file on its way: bring_in(), then its row (Accept, or accept_whole), then end(). Blocks; pool; several at once,
// each on one thread at a time.
class Taking {
 public:
  // Opens where it lies. Errors: invalid_argument (file name, no table), those of HeldDirectory; unavailable and
  // permission_denied when files may not be moved out of there.
  static Result<std::unique_ptr<Taking>> begin(const TakingParts& parts, const queue::Route& route,
                                               const FileToTake& file, queue::SubmissionId id);

  // Its bytes and its sidecar are durable in the spool, or the file is where it was: the errors of Intake::take.
  Result<void> bring_in();
  // As it is to be accepted.
  [[nodiscard]] const queue::Sidecar& sidecar() const { return sidecar_; }
  // Gives back what came of its row; puts the file back when nothing did.
  Result<queue::Submission> end(Result<queue::Submission> accepted);
  // It could not be put back and is in the spool still.
  [[nodiscard]] bool left_behind() const { return left_behind_; }

 private:
  Taking(const TakingParts& parts, const queue::Route& route, queue::Sidecar sidecar, HeldDirectory place,
         const Look& settled);
  [[nodiscard]] queue::SubmissionId id() const { return sidecar_.submission.id; }
  Result<void> bring_in_or_fail();
  Result<void> move_in();
  [[nodiscard]] Result<void> check_unclaimed() const;
  Result<void> claim();
  Result<void> leave_in_place();
  Result<void> copy_in();
  Result<void> copy_leaving();
  Result<void> copy_from(const std::filesystem::path& path);
  Result<void> look_whether_known();
  [[nodiscard]] Result<DiskRoom::Hold> room_for_copy() const;
  [[nodiscard]] Result<void> check_untouched(const std::filesystem::path& path) const;
  Result<void> complete();
  Error give_up(const Error& why);

  TakingParts parts_;
  const queue::Route& route_;
  queue::Sidecar sidecar_;
  HeldDirectory place_;
  std::filesystem::path origin_;
  std::filesystem::path claimed_;
  std::filesystem::path data_;
  Look before_;
  bool is_claimed_ = false;
  bool left_behind_ = false;
};

// Takes a file to its end that is whole in the spool without a complete sidecar, because an intake was cut short there.
// Errors: stale (it may not be the whole file, or somebody may still write to it); as above.
Result<queue::Submission> finish_taking(const TakingParts& parts, queue::Sidecar sidecar);

// What is known of a submission before its bytes are. Errors: invalid_argument (file name, no table).
Result<queue::Sidecar> begin_sidecar(const queue::Route& route, queue::Source source, const std::string& subdirectory,
                                     const std::string& file_name);

}  // namespace dropload::intake
