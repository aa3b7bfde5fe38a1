#pragma once

// The transaction in which a file becomes a submission.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/queue/route.h"
#include "daemon/queue/sidecar.h"
#include "daemon/queue/store.h"

namespace dropload::intake {

// Why a dropped file can never be imported as it is: it is accepted all the same, so that it ends in failed/ with this
// as its reason. Nothing when it can be. Pure.
struct Refusal {
  std::string reason;
  std::string advice;

  bool operator==(const Refusal&) const = default;
};
std::optional<Refusal> refusal_of(std::uint64_t size, const queue::SizeLimit& limit);
// What a file is told that is over the limit: "it may have at most …", and what to do.
Refusal over(const queue::SizeLimit& limit);

// A piece of work for the store thread. Its bytes are durable in the spool, or they are `body` and become so with the
// row. Errors: those of Store::accept.
struct Accept {
  queue::Sidecar sidecar;
  std::optional<Refusal> refusal{};  // why it fails at once, beside refusal_of()
  std::string body{};
  Result<queue::Submission> operator()(queue::Store& store) const;
};

// The same for a package and all of its members, at least one: all of it or nothing. Gives the first member. Errors:
// those of Store::accept and Store::add_package.
struct AcceptPackage {
  queue::Package package;
  std::vector<queue::Sidecar> members;
  Result<queue::Submission> operator()(queue::Store& store) const;
};

// Several in one transaction, in this order; what cannot be accepted undoes itself alone. Fails as a whole when nothing
// can be written.
struct AcceptAll {
  std::vector<Accept> all;
  Result<std::vector<Result<queue::Submission>>> operator()(queue::Store& store) const;
};

}  // namespace dropload::intake
