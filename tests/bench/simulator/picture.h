#pragma once

// A large CSV file that is never made: its picture is a small real file, each byte of which stands for some of the
// file, and which the real cutter cuts as the daemon would cut the file itself. Records are about a thousandth of a
// batch.

#include <cstdint>

#include "common/base/files.h"
#include "common/csv/cut.h"
#include "tests/bench/simulator/service_model.h"

namespace dropload::sim {

class Picture {
 public:
  // A file of `size` bytes, cut into batches of at most `batch_bytes`.
  Picture(std::uint64_t size, std::uint64_t batch_bytes);

  // The batch that begins at `offset`; at 0 the whole file is looked through first, as the daemon does. Errors: those
  // of the cutter; too_large when it is more batches than there may be.
  Result<Load> batch_at(std::uint64_t offset) const;
  // An empty one that is the last.
  [[nodiscard]] static Load closing_batch() { return {}; }

 private:
  std::uint64_t size_;
  std::uint64_t scale_;  // bytes for each of the picture's
  std::uint64_t most_;   // of the picture's, in a batch
  UniqueFd file_;
  csv::CutSheet sheet_;
};

}  // namespace dropload::sim
