#pragma once

// A package becomes its members: each into a spool entry of its own, streamed, hashed, surveyed and durable, then one
// transaction accepts them all. Either all of them are accepted, or the package has failed as a whole and nothing of it
// is in the queue; a crash before the transaction leaves entries without rows, which recover() removes before it
// unpacks the package again.
//
// What a package unpacks to is not known before it has been unpacked, so limits are held as the bytes come:
//
//   a member           the route's limit of a file
//   all members        what the spool may hold (max_spool), and most_unpack_ratio times the package, of which bombs
//                      that would fill it have a hundred times more; small packages may do as they like
//   members, entries   most_package_members, most_package_entries; and as many submissions as may wait (max_waiting)
//
// Blocks; pool.

#include "daemon/intake/accepting.h"
#include "daemon/intake/taking.h"

namespace dropload::intake {

// CSV shrinks to a tenth, and that of a machine that says the same all day to a hundredth; gzip's bombs reach 1,000,
// and those of the other kinds more.
inline constexpr std::uint64_t most_unpack_ratio = 200;
inline constexpr std::uint64_t unpack_ratio_from_bytes = 10ULL * 1024 * 1024;
inline constexpr std::size_t most_package_members = 1'000;
inline constexpr std::size_t most_package_entries = 10'000;  // with those that are left out, and directories

// What becomes of a package that cannot be unpacked.
enum class OnRefusal {
  fail = 1,  // it is accepted and has failed at once, like a file that is too large
  report     // invalid_argument, with the reason and what to do: nothing of it is kept
};

// Accepts what is complete in the spool: a file as it is, a package by its members (then the first of them comes back).
// `route` may be null when the sidecar's is among `parts.routes`. Errors: no_space (the disk is full, or what it
// unpacks to does not fit beside what the spool holds now), unavailable (its members are more than may wait beside what
// does now; its route is not in the configuration any more), io; those of Store::accept. After an error nothing but the
// entry itself is left in the spool.
Result<queue::Submission> accept_whole(const TakingParts& parts, const queue::Route* route,
                                       const queue::Sidecar& sidecar, OnRefusal on_refusal = OnRefusal::fail);

}  // namespace dropload::intake
