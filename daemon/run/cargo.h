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

// The bytes, from the spool or where they were put away, when they are as many as were accepted: corrupt when not, and
// the errors of opening them.
Result<UniqueFd> open_whole(Files& files, const queue::Spool& spool, const queue::Submission& submission);

// What travels with the first of a line: alone its own bytes; where the route merges, those behind it that fit, put
// together in a scratch file that nothing is left of when the process ends. What keeps it from being made (a full disk)
// is logged, and the first travels alone. Errors: those of open_whole for the first.
http::Awaitable<Result<Cargo>> cargo_of(Context& context, queue::Submission first);

}  // namespace dropload::run
