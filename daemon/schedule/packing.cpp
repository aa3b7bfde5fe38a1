#include "daemon/schedule/packing.h"

#include <algorithm>

namespace dropload::schedule {
namespace {

std::size_t bound_of(const WaitingFile& file) {
  return file.merge_most > 0 ? static_cast<std::size_t>(file.merge_most) : SIZE_MAX;
}

}  // namespace

std::size_t how_many_together(std::span<const WaitingFile> line, std::uint64_t header_bytes,
                              const PackingLimits& limits) {
  const auto& first = line.front();
  if (first.shape.empty()) return 1;
  auto most = std::min(static_cast<std::size_t>(std::max(limits.files, 1)), bound_of(first));
  std::uint64_t bytes = first.size + 1;
  std::size_t together = 1;
  for (; together < line.size(); ++together) {
    const auto& next = line[together];
    if (next.shape != first.shape) break;
    most = std::min(most, bound_of(next));
    if (together + 1 > most) break;
    bytes += next.size + 1 - std::min(header_bytes, next.size);
    if (bytes > limits.bytes) break;
  }
  return together;
}

}  // namespace dropload::schedule
