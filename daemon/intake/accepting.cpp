#include "daemon/intake/accepting.h"

#include <fmt/format.h>

namespace dropload::intake {

Refusal over(const queue::SizeLimit& limit) {
  switch (limit.bound) {
    case queue::SizeBound::one_json:
      return {fmt::format("a JSON file may have at most {} bytes: it cannot be cut into batches", limit.bytes),
              "Write it as several files, or as CSV."};
    case queue::SizeBound::all_batches:
      return {fmt::format("at most {} bytes can be imported as one file, in {} batches", limit.bytes,
                          zoho::max_batches_of_a_job),
              "Cut it into smaller files, each with the header line."};
    default:
      return {fmt::format("its route takes at most {}", limit.bytes),
              "Cut it into smaller files, each with the header line."};
  }
}

std::optional<Refusal> refusal_of(std::uint64_t size, const queue::SizeLimit& limit) {
  if (size == 0) {
    return Refusal{"The file is empty: it has neither a header line nor rows.",
                   "Look whether its export was cut short, and export it again."};
  }
  if (size > limit.bytes) {
    auto [reason, advice] = over(limit);
    return Refusal{fmt::format("The file has {} bytes; {}.", size, reason), std::move(advice)};
  }
  return std::nullopt;
}

Result<queue::Submission> Accept::operator()(queue::Store& store) const {
  auto submission = sidecar.submission;
  const auto refusal = refusal_of(submission.size, {sidecar.max_bytes, sidecar.bound});
  // It is to fail for its size, whatever came before it.
  if (refusal) submission.on_duplicate = queue::OnDuplicate::take;
  auto accepted = store.accept(submission);
  if (!accepted || !refusal) return accepted;
  if (auto failed = store.fail(submission.id, refusal->reason, refusal->advice, submission.accepted_at); !failed)
    return failed.error();
  return store.find(submission.id);
}

}  // namespace dropload::intake
