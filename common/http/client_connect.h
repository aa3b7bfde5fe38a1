#pragma once

// A connection to an origin: name, TCP, TLS, with one deadline for all three.

#include "common/http/client_stream.h"

namespace dropload::http {

// Errors, with the origin in the sentence: connection, timed_out. A look-up of the name that takes longer than the
// deadline is left to itself: the system's resolver cannot be stopped. permission_denied when any of the name's
// addresses is one that the filter does not allow.
Awaitable<Result<std::unique_ptr<ClientStream>>> connect(Origin origin, Milliseconds timeout, asio::ssl::context* tls,
                                                         AddressFilter allows);

}  // namespace dropload::http
