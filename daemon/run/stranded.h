#pragma once

// What belongs to an organization that is not in the configuration any more.

#include "daemon/run/context.h"

namespace dropload::run {

// Holds what waits for such organizations, with the reason, and logs how many of their jobs are running: those are
// polled when the organization is back, and hold slots that no other name of it counts. At start. Fails with the
// store's error.
http::Awaitable<Result<void>> hold_stranded(Context& context);

}  // namespace dropload::run
