#pragma once

// Batches that come as a ZIP with one CSV file in it (import-api.md, section 10).

#include <cstdint>
#include <filesystem>

#include "common/base/files.h"
#include "daemon/service/upload.h"

namespace dropload::service {

// What may come out of an archive, against files that were made to fill a disk. How well it was compressed is no
// matter: tables of few different values are a thousand times as large as their archive.
struct UnzipLimits {
  std::uint64_t max_bytes = 0;
};

// Does the file begin as a ZIP archive does? Errors: those of Files::open_for_reading, io.
Result<bool> is_zip(Files& files, const std::filesystem::path& file);

// The one file in the archive, streamed into `to`. Its name is not looked at; directories do not count.
//
// Refusals: 7248 no file or more than one, a link or another thing that is no file, encrypted, broken, over the limits
// · 7203 the file in it is empty · 7005 the disk.
Checked<void> unzip(Files& files, const std::filesystem::path& archive, UploadFile& to, const UnzipLimits& limits);

}  // namespace dropload::service
