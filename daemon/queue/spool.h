#pragma once

// The daemon's own directory with the bytes of every unfinished submission but those of small bodies (bodies.h):
//
//   spool/<id>/data        the bytes, whole
//   spool/<id>/data.part   bytes that are still being copied to `data`
//   spool/<id>/meta.json   the sidecar (sidecar.h)
//
// An entry with data and a complete sidecar but no row is enqueued at start; one without is an intake that did not
// finish. The entry stays until its row says where the original has gone (Store::mark_retired); then remove_entry. All
// calls block; any thread; two calls for one id never at once. Errors: those of Files.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/files.h"
#include "common/base/result.h"
#include "daemon/queue/sidecar.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// What was found in spool/<id>/.
struct SpoolEntry {
  SubmissionId id = 0;
  bool has_data = false;
  std::optional<Sidecar> sidecar;  // readable, not always complete
  std::string why_unreadable;      // when there is a meta.json that is not
};

class Spool {
 public:
  // Makes the directory when it is missing. `files` outlives the spool.
  static Result<Spool> open(std::filesystem::path directory, Files& files);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::filesystem::path entry_path(SubmissionId id) const;
  [[nodiscard]] std::filesystem::path data_path(SubmissionId id) const;
  [[nodiscard]] std::filesystem::path partial_path(SubmissionId id) const;

  // Makes spool/<id>/, durably. already_exists when there is one.
  Result<void> make_entry(SubmissionId id);
  // Writes or replaces the sidecar, durably.
  Result<void> write_sidecar(const Sidecar& sidecar);
  // not_found, corrupt.
  [[nodiscard]] Result<Sidecar> read_sidecar(SubmissionId id) const;
  // The bytes, but not yet their name: the entry's directory is synced by writing a sidecar.
  Result<void> sync_data(SubmissionId id);
  // After this the bytes survive a crash: data and the entry's directory are synced.
  Result<void> sync_entry(SubmissionId id);
  // Removes the entry and all in it, durably, the sidecar first: half an entry that is removed is never taken for one
  // to enqueue. Fine when it is not there.
  Result<void> remove_entry(SubmissionId id);
  // What there is of one entry: nothing, when nothing is there.
  [[nodiscard]] SpoolEntry examine(SubmissionId id) const;
  // In order of ids. Names that are no ids are passed over.
  [[nodiscard]] Result<std::vector<SpoolEntry>> scan() const;

 private:
  Spool(std::filesystem::path directory, Files& files) : directory_(std::move(directory)), files_(&files) {}
  [[nodiscard]] std::filesystem::path sidecar_path(SubmissionId id) const;

  std::filesystem::path directory_;
  Files* files_;
};

}  // namespace dropload::queue
