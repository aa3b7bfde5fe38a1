#pragma once

// Reading a body whose bytes take time to be used, such as by writing them to a disk: while one piece is used, the next
// one is read.

#include <cstddef>
#include <functional>
#include <string_view>

#include "common/http/server.h"

namespace dropload::http {

// The piece is there until the use is complete.
using UsePiece = std::function<Awaitable<Result<void>>(std::string_view)>;

// Gives all of the body to `use`, in its order and in pieces of this size but for the last and the first, which is what
// comes first, so that what is wrong from its beginning is found at once; two of them are held.
// Fails with what a use failed with, at once even if the body does not come; else with what the body did, before which
// all that had come of it is used. A use that has begun is waited for, also by a caller that is cancelled.
Awaitable<Result<void>> use_in_pieces(BodyReader& body, std::size_t piece_bytes, UsePiece use);

}  // namespace dropload::http
