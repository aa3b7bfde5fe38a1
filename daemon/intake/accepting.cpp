#include "daemon/intake/accepting.h"

#include <fmt/format.h>

namespace dropload::intake {

std::optional<Refusal> refusal_of(std::uint64_t size, std::uint64_t max_bytes) {
  if (size == 0) {
    return Refusal{"The file is empty: it has neither a header line nor rows.",
                   "Look whether its export was cut short, and export it again."};
  }
  if (size > max_bytes) {
    return Refusal{fmt::format("The file has {} bytes; its route takes at most {}.", size, max_bytes),
                   "Cut it into smaller files, each with the header line."};
  }
  return std::nullopt;
}

Result<queue::Submission> Accept::operator()(queue::Store& store) const {
  const auto& submission = sidecar.submission;
  auto accepted = store.accept(submission);
  if (!accepted) return accepted;
  const auto refusal = refusal_of(submission.size, sidecar.max_bytes);
  if (!refusal) return accepted;
  if (auto failed = store.fail(submission.id, refusal->reason, refusal->advice, submission.accepted_at); !failed)
    return failed.error();
  return store.find(submission.id);
}

}  // namespace dropload::intake
