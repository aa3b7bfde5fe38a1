#pragma once

// A directory below a drop directory, held open, so that what is done in it happens there and nowhere else: whoever may
// write to a drop directory may at any time put a symbolic link in the place of a subdirectory, and a path that is
// looked up anew would then lead out of it. Blocks.

#include <filesystem>
#include <string>

#include "common/base/files.h"
#include "common/base/result.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {

class HeldDirectory {
 public:
  // The directory that the configuration names; links in its path are the administrator's, and are followed. Errors:
  // not_found, permission_denied, io.
  static Result<HeldDirectory> open(const std::filesystem::path& root);

  // The drop directory that a file was taken from: not one that is missing, or that is another than it was then because
  // its file system is not mounted. Nothing is known of one whose identity is 0. Errors: unavailable, with what to do;
  // as above.
  static Result<HeldDirectory> open_again(const std::filesystem::path& root, const queue::FileIdentity& then);

  [[nodiscard]] Result<queue::FileIdentity> identity() const;

  // One below it, "north/east"; "" is the same one. Never through a symbolic link, never upwards. Errors: not_found;
  // invalid_argument when a link or a file stands in the way, with what it is; permission_denied; io.
  [[nodiscard]] Result<HeldDirectory> enter(const std::filesystem::path& below) const;
  // The same, and what is missing is made, durably.
  [[nodiscard]] Result<HeldDirectory> make(Files& files, const std::filesystem::path& below) const;

  // Paths that lead through the open directory, for Files and the system's calls, as long as this lives. shown() tells
  // people what they stand for.
  [[nodiscard]] std::filesystem::path path() const;
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return path() / name; }

 private:
  explicit HeldDirectory(UniqueFd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] Result<HeldDirectory> step(const std::filesystem::path& name) const;
  template <typename Missing>
  [[nodiscard]] Result<HeldDirectory> walk(const std::filesystem::path& below, Missing missing) const;

  UniqueFd fd_;
};

}  // namespace dropload::intake
