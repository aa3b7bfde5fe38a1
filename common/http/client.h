#pragma once

// An HTTP/1.1 client for one origin: keep-alive connections, TLS with verification, a deadline on every wait, streamed
// upload of a file. Belongs to one io_context that one thread runs.
//
// What matters most to the caller of a call that must not be made twice is whether the whole request may have left: a
// failure says so.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/message.h"

namespace dropload::http {

// May this address be connected to? It is asked of what a name was found to mean, right before connecting, so no name
// leads past it. Empty: all may.
using AddressFilter = std::function<bool(const asio::ip::address&)>;

// "https://analyticsapi.zoho.eu", "http://127.0.0.1:8788". No path.
struct Origin {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
  // invalid_argument for anything but a scheme (http, https), a host and perhaps a port.
  static Result<Origin> parse(std::string_view url);
  [[nodiscard]] std::string to_string() const;
  // As in the Host header: "host", "host:8788", "[::1]:8788"; no port where it is the scheme's own.
  [[nodiscard]] std::string authority() const;
};

struct ClientSettings {
  Milliseconds connect_timeout{10'000};  // resolving, connecting and TLS together
  Milliseconds write_timeout{60'000};    // between two writes that make progress
  Milliseconds answer_timeout{120'000};  // from the last byte sent to the whole answer
  std::size_t max_idle_connections = 4;
  Milliseconds idle_limit{30'000};  // an idle connection older than that is not used again
  std::size_t max_answer_bytes = 16 * 1024 * 1024;
  std::string certificate_authority_file;  // PEM; empty: the system's store
  std::string user_agent = "dropload";
  AddressFilter allows{};
};

// Of a file of `file_size` bytes those from `offset` on are sent.
struct FilePart {
  std::uint64_t offset = 0;
  std::uint64_t file_size = 0;
};

// A body of known length: text, the bytes of an open file, text. Sent with Content-Length, read in pieces of 1 MiB at
// most.
struct FileBody {
  std::string before;
  int fd = -1;  // read with pread; stays open while the call runs; not owned
  std::uint64_t size = 0;
  std::string after;
  std::optional<FilePart> part{};  // nothing: all of the file, which has `size` bytes
};

struct ClientRequest {
  Verb verb = Verb::get;
  std::string target{};  // path and query, encoded
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string content_type{};
  std::variant<std::string, FileBody> body{};
  // With a FileBody: awaited when everything but the very last piece has been written. The last piece, without which
  // the server cannot have a whole request, goes out only if this succeeds; its error is passed on as never sent. This
  // is where the queue commits that from now on the outcome may be unknown.
  std::function<Awaitable<Result<void>>()> before_last_piece{};
  // With a FileBody: called on the io thread after each piece with the bytes of the file sent so far.
  std::function<void(std::uint64_t)> on_progress{};
};

struct ClientResponse {
  Status status = Status::ok;
  Fields headers;
  std::string body;
};

struct ClientFailure {
  // connection, timed_out, protocol, too_large, io (the file could not be read or changed its size), permission_denied
  // (an address that ClientSettings::allows does not)
  Error error;
  bool maybe_sent = false;  // false: the server cannot have got the whole request
};

using ClientResult = std::variant<ClientResponse, ClientFailure>;

class Client {
 public:
  // Fails with invalid_argument when the CA file cannot be read.
  static Result<std::unique_ptr<Client>> create(asio::io_context& context, Origin origin, ClientSettings settings = {});
  virtual ~Client() = default;

  // One request, one answer. A connection that was kept alive and is found closed before any byte of an answer came is
  // replaced by a fresh one once, and only for requests that may be repeated (GET, HEAD) or of which not all had been
  // sent. An answer that arrives while the body is still being sent (the server refuses early) is read and returned.
  // Cancellation surfaces as an exception (operation_aborted), as in Asio.
  virtual Awaitable<ClientResult> send(ClientRequest request) = 0;
};

// Whether the origin can be connected to: name and TCP, without TLS. Errors: connection, timed_out, permission_denied
// (an address that the filter does not allow).
Awaitable<Result<void>> try_to_connect(Origin origin, Milliseconds timeout, AddressFilter allows);

}  // namespace dropload::http
