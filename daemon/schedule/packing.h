#pragma once

// Which of the files that wait for a table travel as one job. Pure.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/zoho/limits.h"

namespace dropload::schedule {

struct WaitingFile {
  std::uint64_t size = 0;
  std::string shape;   // files of equal shape can be put together; "": with none
  int merge_most = 0;  // of so many files at most its job may be; 0: no bound
};

struct PackingLimits {
  int files = 1'000;
  std::uint64_t bytes = zoho::max_file_bytes;
};

// How many of the line travel together, from the first on and without a gap: as many as have its shape, fit together
// with the header counted once (and a line break more for each, which may be missing), and are within the bounds of
// them all. At least 1, the first alone. REQUIRES: the line is not empty.
std::size_t how_many_together(std::span<const WaitingFile> line, std::uint64_t header_bytes,
                              const PackingLimits& limits);

}  // namespace dropload::schedule
