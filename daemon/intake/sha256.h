#pragma once

// SHA-256 (OpenSSL).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "common/base/files.h"
#include "common/base/result.h"

namespace dropload::intake {

class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::byte> bytes);
  // Lower-case hex. REQUIRES: called once, nothing afterwards.
  std::string finish();

 private:
  std::unique_ptr<void, void (*)(void*)> context_;
};

struct Digest {
  std::uint64_t size = 0;
  std::string sha256;  // hex

  bool operator==(const Digest&) const = default;
};

// Of a whole file, in constant memory. Errors: those of Files::open_for_reading; io.
Result<Digest> digest_of(Files& files, const std::filesystem::path& path);

}  // namespace dropload::intake
