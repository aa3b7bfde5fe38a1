#pragma once

// What taking and retiring have in common: files that go from one place to another and are never lost or replaced.
// Blocks; errors: those of Files.

#include <filesystem>
#include <optional>
#include <string>

#include "common/base/files.h"
#include "common/base/result.h"
#include "daemon/queue/kept_files.h"
#include "daemon/queue/sidecar.h"

namespace dropload::intake {

// What stands there; nothing when nothing does. A symbolic link is itself, wherever it leads. Errors: whatever keeps
// one from knowing (permission_denied, io): that is no sign that nothing is there.
Result<std::optional<queue::FileIdentity>> identity_of(const std::filesystem::path& path);
Result<bool> stands(const std::filesystem::path& path);
// By which the same file is known later; nothing when there is none, or something that is no regular file.
Result<std::optional<queue::FileStamp>> stamp_of_file(const std::filesystem::path& path);

// Are these two names of one file? A move by link and unlink that was interrupted in the middle leaves both.
Result<bool> one_file(const std::filesystem::path& a, const std::filesystem::path& b);

// Removes; fine when there is nothing.
Result<void> remove_if_there(Files& files, const std::filesystem::path& path);

// Copies a file to `temporary` (what is left there from before is removed), with its times and permissions, synced.
// stale when it changed while it was copied; then, as after every error, nothing is left at `temporary` if that can be
// helped.
Result<void> copy_whole(Files& files, const std::filesystem::path& from, const std::filesystem::path& temporary);

// Makes the directory, and what is missing above it, durably.
Result<void> make_durable_directories(Files& files, const std::filesystem::path& directory);

}  // namespace dropload::intake
