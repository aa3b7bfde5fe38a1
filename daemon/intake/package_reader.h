#pragma once

// The members of a package, one after the other, as streams of bytes in constant memory. Blocks; one thread at a time.
//
// Errors: invalid_argument with a sentence for people when it is the package's fault (it is cut short, a checksum is
// wrong, bytes follow its end, it is of another kind than its name says, it is encrypted); io, and unavailable when
// memory is short, when it is not.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "common/base/result.h"
#include "daemon/intake/packages.h"

namespace dropload::intake {

class PackageReader {
 public:
  struct Member {
    std::string path;     // bytes as found, not to be trusted; "" of a kind that has one file only
    bool is_file = true;  // else `what` it is
    std::string_view what = "";
    bool is_directory = false;
    bool is_encrypted = false;
  };

  PackageReader() = default;
  PackageReader(const PackageReader&) = delete;
  PackageReader& operator=(const PackageReader&) = delete;
  virtual ~PackageReader() = default;

  // Nothing after the last. What was not read of the one before is passed over.
  virtual Result<std::optional<Member>> next() = 0;
  // Of the member that came last; 0 at its end, when all of it was right.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
};

// `fd` is a regular file of `size` bytes, open for reading at its beginning; it outlives the reader.
Result<std::unique_ptr<PackageReader>> open_package(PackageKind kind, int fd, std::uint64_t size);

// One of several streams behind each other, as gzip(1) makes and reads them. By zlib: libarchive compares neither the
// checksum nor the length at the end of a stream.
Result<std::unique_ptr<PackageReader>> open_gzip(int fd);

// Are all bytes of the file from there on zero? Tapes and block devices pad so. Errors: io.
Result<bool> only_zeros_from(int fd, std::uint64_t offset);

}  // namespace dropload::intake
