#pragma once

// Store calls that must not be given up: what a remote call has told us.

#include <algorithm>

#include <spdlog/spdlog.h>

#include "common/http/deadline.h"
#include "daemon/run/context.h"

namespace dropload::run {

// Repeats `work` (which is copied each time) until it is durable, or until the row is not in the state it was for
// (stale, not_found): a full disk or a busy database is waited out. While the runner does not run (at start, and when
// it stops) it gives up after storage_tries and returns the store's error: a start must be able to fail and a stop to
// end, and the next start settles what is left. Cancellation ends it like any wait.
template <typename Work>
http::Awaitable<std::invoke_result_t<Work, queue::Store&>> firmly(Context& context, Work work) {
  bool said = false;
  for (int tries = 1;; ++tries) {
    auto result = co_await context.store.run(work);
    if (result || result.error().code == Errc::stale || result.error().code == Errc::not_found) co_return result;
    if (!context.running && tries >= context.settings.storage_tries) co_return result;
    if (!std::exchange(said, true))
      spdlog::error("the queue cannot be written: {}. It is tried again until it can", result.error().message);
    co_await http::sleep_for(context.settings.storage_retry);
  }
}

}  // namespace dropload::run
