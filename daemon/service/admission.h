#pragma once

// What stands between a request and its call: the token and the organization, the faults that were set for a rehearsal,
// the calls of the minute, the units of the day (import-api.md, section 7).
//
//   8535 (401) no token of ours, or an expired one · 8083 no ZANALYTICS-ORGID · 7301 (403) an organization that is not
//   the caller's · 6045 one call too many · 6043 a job when the day's units are used up
//
// Calls 6, 7 and 9 need no ZANALYTICS-ORGID, the token endpoint needs nothing. Calls below /bulk count as BULK, all
// others as METADATA; token requests are counted by themselves (tokens.h).

#include "daemon/service/endpoints.h"

namespace dropload::service {

enum class Needs { nothing = 1, token, token_and_organization };

Checked<Caller> identify(const Context& context, const http::Request& request, Needs needs);

// By the path's pattern: below /bulk a POST makes a job and a GET asks for one.
CallGroup group_of(http::Verb verb, std::string_view pattern);

// One call of a caller, as limits and faults see it.
struct Errand {
  Caller caller;
  CallGroup group = CallGroup::metadata;
  std::string job;  // that is asked for
};

// The answer in the place of the call's own; nothing when the call may go on, and then it has been counted.
http::Awaitable<std::optional<http::Response>> obstacle_to(Context& context, Errand errand, http::Request& request);

// Whether a fault takes away the answer of a call that has made a job.
bool loses_answer(Context& context, const Errand& errand, const http::Response& response);

}  // namespace dropload::service
