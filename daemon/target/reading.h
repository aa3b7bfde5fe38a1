#pragma once

// From an HTTP result to what it means for the call. Pure. Private to the room.

#include "common/http/client.h"
#include "daemon/target/target.h"

namespace dropload::target {

// A create call, of which the last piece has gone out or not. An answer without the API's envelope comes from something
// in between, which may have passed on what it had: maybe sent, or, before the last piece, never sent (both protocol).
// But 401, 413 and 429 are refusals without a code. A success of the API that cannot be read may be one.
SubmitResult read_create_answer(const http::ClientResult& result, const std::string& workspace_id, bool whole_sent);

// What it means of a batch that went to that view ("": its table is new), in that series (nothing: it begins one). An
// answer that begins a series and has no key for it tells no more than none.
SubmitResult read_as_batch(SubmitResult result, const std::string& view_id, const std::optional<Series>& series);

// Without an envelope: never sent (protocol), with the same exceptions.
StatusResult read_status_answer(const http::ClientResult& result);

// A call that only reads: the data of its success, or why there is none.
using ReadResult = std::variant<std::string, Refused, NeverSent>;
ReadResult read_data(const http::ClientResult& result);

// The Date of an answer: "Tue, 14 Nov 2023 22:13:20 GMT" (RFC 9110, 5.6.7; its obsolete forms are not read).
std::optional<Time> date_of(const http::ClientResult& result);

}  // namespace dropload::target
