#pragma once

// The daemon's own directory with the bytes of every unfinished submission:
//
//   spool/<id>/data        the bytes
//   spool/<id>/meta.json   the sidecar: all that is needed to make the row again
//
// An entry with data and sidecar but no row is enqueued at start; one without a complete sidecar is an intake that did not finish.
// All calls block; any thread; two calls for one id never at once.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/files.h"
#include "common/base/result.h"
#include "daemon/queue/types.h"

namespace dropload::queue {

// What was found in spool/<id>/ at start.
struct SpoolEntry {
  SubmissionId id = 0;
  bool has_data = false;
  std::optional<NewSubmission> sidecar;      // complete and readable
  std::string why_unreadable;                // otherwise, when there is a meta.json
};

class Spool {
 public:
  // Makes the directory when it is missing. `files` outlives the spool.
  static Result<Spool> open(std::filesystem::path directory, Files& files);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::filesystem::path data_path(SubmissionId id) const;
  [[nodiscard]] std::filesystem::path entry_path(SubmissionId id) const;

  // Makes spool/<id>/. already_exists when there is one.
  Result<void> make_entry(SubmissionId id);
  // Writes the sidecar durably (it is written before the data comes in by rename, and again with hash and size).
  Result<void> write_sidecar(const NewSubmission& submission);
  // After this the entry survives a crash: data synced, spool/<id> and spool synced.
  Result<void> sync_entry(SubmissionId id);
  // Removes the entry and all in it; fine when it is not there.
  Result<void> remove_entry(SubmissionId id);
  Result<std::vector<SpoolEntry>> scan() const;

 private:
  Spool(std::filesystem::path directory, Files& files) : directory_(std::move(directory)), files_(&files) {}
  std::filesystem::path directory_;
  Files* files_;
};

}  // namespace dropload::queue
