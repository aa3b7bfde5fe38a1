#pragma once

// The sidecar of a spool entry, spool/<id>/meta.json: all that is needed to make the row again, to put a dropped file
// back where it lay, and to end a file's way after a crash in the middle of it. JSON; names are bytes, so strings are
// written as escaped() shows them. Pure.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "daemon/queue/route.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// Which file or directory it is. A device may have another number after the machine was restarted, an inode keeps its.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;  // 0: not known

  bool operator==(const FileIdentity&) const = default;
};

struct Sidecar {
  NewSubmission submission;     // size, sha256, accepted_at, records and shape are known only when it is complete
  std::string subdirectory;     // below the drop directory, where a dropped file lay; "" at its top and for REST
  std::uint64_t max_bytes = 0;  // the limit when the file came
  SizeBound bound = SizeBound::route;
  // What is to follow from what was found: as the route said when the file came.
  OnFinding on_finding = OnFinding::off;
  bool may_clear_table = true;  // a header alone may
  bool is_partial = false;      // its columns are not meant to be all of the table's
  FileIdentity dropped;         // the dropped file itself; its copy in the spool is another
  FileIdentity drop_root;       // the drop directory when it was taken from there
  // It has failed for its size and was never copied: the bytes stay claimed in the drop directory (claimed_name), and
  // nobody has hashed them.
  bool left_in_place = false;
  // The dropped file stays where it is, and what is in the spool is a copy. Nothing is claimed, put back or removed;
  // one that is also left_in_place has no copy.
  bool stays = false;
  std::int64_t mtime_ns = 0;         // of the file that stays
  std::string taken_from;            // of a retry: where its original lies or lay, the one named by `dropped`; else ""
  std::string taken_from_base;       // the drop directory or archive above it
  std::string retiring_to;           // where the original is going in the end, written before it goes; "" until then
  std::uint64_t retiring_inode = 0;  // of the copy that is to have that name; 0 when it is not copied

  // The bytes are in the spool, hashed and durable (or left in place): the entry is to have a row.
  [[nodiscard]] bool complete() const { return !submission.sha256.empty() || left_in_place; }
};

// Where a dropped file lay. REQUIRES: the submission has a drop directory.
std::filesystem::path origin_path(const Sidecar& sidecar);
// Its name in the same directory while it is copied to a spool on another file system: a dotfile, so no scan takes it a
// second time.
std::string claimed_name(SubmissionId id);
// The way back; nothing for every other name.
std::optional<SubmissionId> claimed_by(std::string_view name);

std::string encode(const Sidecar& sidecar);
// corrupt, with what is wrong.
Result<Sidecar> decode_sidecar(std::string_view text);

}  // namespace dropload::queue
