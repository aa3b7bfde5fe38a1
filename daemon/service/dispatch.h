#pragma once

// From a request to the call that answers it: path and verb, access token, organization (import-api.md, sections 1 and
// 7).
//
//   404 no such path · 405 no such verb there · 8535 (401) no token of ours, or an expired one · 8083 no
//   ZANALYTICS-ORGID · 7301 (403) another organization · 8516 a query that cannot be decoded
//
// Calls 6, 7 and 9 need no ZANALYTICS-ORGID, the token endpoint needs nothing.

#include "daemon/service/endpoints.h"

namespace dropload::service {

http::Awaitable<http::Response> dispatch(Context& context, http::Request& request);

}  // namespace dropload::service
