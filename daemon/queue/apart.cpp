#include "daemon/queue/apart.h"

#include "daemon/queue/store_parts.h"

namespace dropload::queue {

Result<void> apart(Store& store, const std::function<Result<void>()>& part) {
  return change(store.database(), "cannot write to the queue", [&part](db::Database&) { return part(); });
}

}  // namespace dropload::queue
