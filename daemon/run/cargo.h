#pragma once

// The bytes that a job sends, and the submissions whose they are.

#include <optional>
#include <vector>

#include "daemon/run/context.h"

namespace dropload::run {

struct Cargo {
  UniqueFd file;
  std::uint64_t size = 0;
  std::vector<queue::JobPart> parts;  // in order of arrival
};

// Where the bytes of submissions are.
struct Holds {
  queue::StoreThread& store;
  const queue::Spool& spool;
  Files& files;
};

// The bytes, from the spool, where they were put away, or the queue that keeps small bodies, when they are as many as
// were accepted: corrupt when not, and the errors of opening them. Blocks; pool.
Result<UniqueFd> open_whole(const Holds& holds, const queue::Submission& submission);
// The same on the io thread.
http::Awaitable<Result<UniqueFd>> open_whole(Context& context, queue::Submission submission);

// What travels with the first of a line: alone its own bytes; where the route merges, those behind it that fit, put
// together in a scratch file that nothing is left of when the process ends. What keeps it from being made (a full disk)
// is logged, and the first travels alone. Errors: those of open_whole for the first.
http::Awaitable<Result<Cargo>> cargo_of(Context& context, queue::Submission first);

}  // namespace dropload::run
