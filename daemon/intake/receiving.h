#pragma once

// The bytes of one body, or of a member of a package, on their way into the spool. What is not kept is removed again,
// whatever ends it. Blocks; pool.

#include <cstddef>
#include <span>

#include "common/base/files.h"
#include "daemon/intake/sha256.h"
#include "daemon/queue/route.h"
#include "daemon/queue/spool.h"

namespace dropload::intake {

// What a client is told who sent no bytes.
Error is_empty(const std::string& file_name);

class Receiving {
 public:
  Receiving(queue::Spool& spool, Files& files, queue::Sidecar sidecar);
  // Discards what was neither kept nor discarded: a request that was cancelled in the middle.
  ~Receiving();
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;

  Result<void> open();
  Result<void> write(std::span<const std::byte> bytes);
  // All bytes have come: surveys them, and makes them and the complete sidecar durable. invalid_argument when there
  // were none, except of a member of a package, which then fails like a dropped file.
  Result<void> complete(const queue::Route& route, Time now);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const queue::Sidecar& sidecar() const { return sidecar_; }
  // It has a row.
  void keep() { over_ = true; }
  // Removes all of it. What cannot be removed, the next start removes: an entry without a row.
  Result<void> discard();

 private:
  queue::Spool& spool_;
  Files& files_;
  queue::Sidecar sidecar_;
  UniqueFd file_;
  Sha256 hash_;
  std::uint64_t size_ = 0;
  bool over_ = false;
};

}  // namespace dropload::intake
