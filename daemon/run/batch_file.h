#pragma once

// The next batch of a file, found by reading on from where the last one ended. Reading is done in the pool.

#include <variant>

#include "common/csv/cut.h"
#include "daemon/run/context.h"

namespace dropload::run {

struct NextBatch {
  target::Batch batch;          // without its series
  zoho::ImportOptions options;  // that go with the first one
  std::uint64_t next_offset = 0;
};

// The batch that begins at `offset` (0: the first one, and then all of the file is looked through). Errors: io;
// too_large and invalid_argument when the file cannot be cut, too_large when it would be more batches than there may
// be.
http::Awaitable<Result<NextBatch>> next_batch(Context& context, queue::Route route, int fd, std::uint64_t size,
                                              std::uint64_t offset);

// An empty one that is the last.
http::Awaitable<Result<NextBatch>> closing_batch(Context& context, queue::Route route, int fd, std::uint64_t size);

}  // namespace dropload::run
