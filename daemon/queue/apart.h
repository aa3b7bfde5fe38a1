#pragma once

// A part of a piece of work on the store that may fail without undoing the rest of it.

#include <functional>

#include "daemon/queue/store.h"

namespace dropload::queue {

// All that `part` changes, or nothing when it returns an error, which is passed on.
Result<void> apart(Store& store, const std::function<Result<void>()>& part);

}  // namespace dropload::queue
