#pragma once

// The sidecar of a spool entry, spool/<id>/meta.json: all that is needed to make the row again, to put a dropped file
// back where it lay, and to end a file's way after a crash in the middle of it. JSON; names are bytes, so strings are
// written as escaped() shows them. Pure.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

struct Sidecar {
  NewSubmission submission;     // size, sha256 and accepted_at are known only when it is complete
  std::string subdirectory;     // below the drop directory, where a dropped file lay; "" at its top and for REST
  std::uint64_t max_bytes = 0;  // the route's limit when the file came
  std::string retiring_to;      // where the original is going in the end, written before it goes; "" until then

  // The bytes are in the spool, hashed and durable: the entry is to have a row.
  [[nodiscard]] bool complete() const { return !submission.sha256.empty(); }
};

// Where a dropped file lay. REQUIRES: the submission has a drop directory.
std::filesystem::path origin_path(const Sidecar& sidecar);
// Its name in the same directory while it is copied to a spool on another file system: a dotfile, so no scan takes it a
// second time.
std::string claimed_name(SubmissionId id);

std::string encode(const Sidecar& sidecar);
// corrupt, with what is wrong.
Result<Sidecar> decode_sidecar(std::string_view text);

}  // namespace dropload::queue
