#pragma once

// The parameters by which submissions are chosen. All that are given must fit:
//
//   state         one, or several by comma
//   route, organization, table   by name
//   since, until  accepted then or later, and before; RFC 3339
//   text          a part of the file name, the table or the reason, in any case; 41 or #41 also submission 41.
//                 At most 200 bytes. With one or two characters, and with what is rare, a page may be short, or empty,
//                 and still have a next one: so many are looked through at once (queue::most_looked_at)
//   before        the cursor: `next` of the page before
//   limit         1-500, 50 when left out
//
// Pure.

#include "common/http/message.h"
#include "daemon/queue/listing.h"

namespace dropload::api {

// invalid_argument for a parameter that is none of these, is empty, or has no sense.
Result<queue::ListFilter> list_filter_of(const http::Query& query);

}  // namespace dropload::api
