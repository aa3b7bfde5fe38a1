#include "daemon/intake/accepting.h"

#include <fmt/format.h>

#include "daemon/intake/preflight.h"
#include "daemon/queue/apart.h"
#include "daemon/queue/bodies.h"
#include "daemon/queue/left_files.h"

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

namespace {

// What the table and the route's last file tell of it, and whether it is to be held for any of it.
Result<void> weigh(queue::Store& store, const queue::Sidecar& sidecar, queue::NewSubmission& submission) {
  const bool can_be_compared = !submission.columns.empty() || submission.records;
  if (sidecar.on_finding != queue::OnFinding::off && can_be_compared) {
    const auto history = store.history(submission.route, submission.table);
    if (!history) return history.error();
    submission.findings = queue::bounded(findings_by_history(std::move(submission.findings), submission.columns,
                                                             submission.records, sidecar.is_partial, *history));
  }
  if (queue::warnings_in(submission.findings) == 0) return {};
  queue::Findings seen;
  if (submission.retry_of) {
    const auto earlier = store.find(*submission.retry_of);
    if (!earlier) return earlier.error();
    seen = earlier->findings;
  }
  if (auto why = why_held(submission.id, submission.findings, sidecar.on_finding, sidecar.may_clear_table, seen)) {
    submission.hold_reason = std::move(why->reason);
    submission.hold_advice = std::move(why->advice);
  }
  return {};
}

}  // namespace

Result<queue::Submission> Accept::operator()(queue::Store& store) const {
  auto submission = sidecar.submission;
  const auto why = refusal ? refusal : refusal_of(submission.size, {sidecar.max_bytes, sidecar.bound});
  // It is to fail, whatever came before it.
  if (why) submission.on_duplicate = queue::OnDuplicate::take;
  if (!why) {
    if (auto weighed = weigh(store, sidecar, submission); !weighed) return weighed.error();
  }
  auto accepted = store.accept(submission);
  if (accepted && !body.empty()) {
    if (auto kept = queue::keep_body(store, submission.id, body); !kept) return kept.error();
  }
  if (accepted && sidecar.stays) {
    const auto& drop = submission.drop_directory.value();
    if (auto known = queue::remember_left(store, {drop, sidecar.drop_root.inode, sidecar.dropped.inode, submission.size,
                                                  sidecar.mtime_ns, submission.sha256, submission.id});
        !known)
      return known.error();
  }
  if (!accepted || !why) return accepted;
  if (auto failed = store.fail(submission.id, why->reason, why->advice, submission.accepted_at); !failed)
    return failed.error();
  return store.find(submission.id);
}

Result<queue::Submission> AcceptPackage::operator()(queue::Store& store) const {
  const auto first = members.front().submission.id;
  if (auto added = store.add_package(package, first); !added) return added.error();
  for (const auto& member : members) {
    const Accept accept{member};
    if (auto accepted = accept(store); !accepted) return accepted;
  }
  return store.find(first);
}

Result<std::vector<Result<queue::Submission>>> AcceptAll::operator()(queue::Store& store) const {
  std::vector<Result<queue::Submission>> done;
  done.reserve(all.size());
  for (const auto& accept : all) {
    Result<queue::Submission> accepted(Error{});
    const auto kept = queue::apart(store, [&]() -> Result<void> {
      accepted = accept(store);
      if (!accepted) return accepted.error();
      return {};
    });
    if (!kept && (kept.error().code == Errc::no_space || kept.error().code == Errc::io)) return kept.error();
    if (!kept) accepted = kept.error();
    done.push_back(std::move(accepted));
  }
  return done;
}

}  // namespace dropload::intake
