#pragma once

// From an HTTP result to what it means for the call. Pure. Private to the room.

#include "common/http/client.h"
#include "daemon/target/target.h"

namespace dropload::target {

// A create call. 502 and 504 come from something in between that does not know whether the service took the file; so
// does a success that cannot be read. Any other answer without an envelope is a refusal without a code.
SubmitResult read_create_answer(const http::ClientResult& result, const std::string& workspace_id);

StatusResult read_status_answer(const http::ClientResult& result);

// A call that only reads: the data of its success, or why there is none.
using ReadResult = std::variant<std::string, Refused, NeverSent>;
ReadResult read_data(const http::ClientResult& result);

}  // namespace dropload::target
