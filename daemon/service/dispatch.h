#pragma once

// From a request to the call that answers it: path and verb, then who calls and what stands in the way (admission.h).
//
//   404 no such path · 405 no such verb there · those of admission.h · 8516 a query that cannot be decoded
//
// Where faults can be set, /admin/ leads to the admin endpoint, which needs no token.

#include "daemon/service/endpoints.h"

namespace dropload::service {

http::Awaitable<http::Response> dispatch(Context& context, http::Request& request);

}  // namespace dropload::service
