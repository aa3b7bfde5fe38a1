#pragma once

// Sending an answer whose body is made on the way.

#include <string_view>

#include "common/http/server.h"
#include "common/http/server_channel.h"

namespace dropload::http {

// Writes the head and the source's bytes, in chunks (RFC 9112, 7.1) or, for HTTP/1.0, as they are. `timeout` is for
// each write that makes progress. Errors: the source's (logged), after which the client cannot take what it got
// for the whole; timed_out, connection.
Awaitable<Result<void>> send_stream(ServerChannel& channel, std::string_view head, BodySource& source, bool chunked,
                                    Milliseconds timeout);

}  // namespace dropload::http
