#pragma once

// An HTTP/1.1 server on a TCP listener (Beast, coroutines, keep-alive). One Server belongs to one io_context that one
// thread runs; handlers run there too and must not block.
//
// Limits, each with a setting: connections at once, header size, body size, time to read a header, time between two
// reads of a body, a body's least rate, and between two writes of an answer, idle keep-alive. A client that breaks one
// gets the fitting 4xx where it can still be answered, and its connection is closed. One that sends no request at all
// is closed without a word.
//
// Beyond the connections at once the one that has been idle since its last request for longest is closed; while none is
// idle nothing more is accepted, and clients wait in the kernel's queue.
//
// An answer's body is either held whole or made piece by piece while it is sent (BodySource), so that its size does not
// matter: chunked to HTTP/1.1 clients; to HTTP/1.0 ones up to the close of the connection.
//
// An answer that comes before the whole body was read goes out at once. A small rest (256 KiB) is then read and
// dropped, otherwise the connection is closed, in such a way that the client can still read the answer. A client that
// goes away while its handler works does not disturb the handler.
//
// Fences: an exception out of a handler is logged and answered 500; it never ends the server.
//
// What the server refuses by itself (400, 408, 431, 500) it answers with a problem document (RFC 9457). A Host header
// is required (RFC 9112, 3.2), a Transfer-Encoding must end in chunked. No Date header is sent.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "common/base/clock.h"
#include "common/http/message.h"

namespace dropload::http {

// The body of a request as it arrives: nothing is read before it is asked for, never more than a buffer is held.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next bytes, at most the buffer's size; 0 at the end. Sends "100 Continue" first where the client waits for it.
  // Errors: too_large (over the limit; chunked bodies too), timed_out, connection (the client went away in the middle),
  // protocol.
  virtual Awaitable<Result<std::size_t>> read(asio::mutable_buffer buffer) = 0;
  // Content-Length, if there is one.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  // Replaces the server's default limit for this request; call before the first read.
  virtual void set_limit(std::uint64_t bytes) = 0;
};

struct Request {
  Verb verb = Verb::unknown;
  std::string path;  // as sent, not decoded, without the query; "*" for OPTIONS *
  std::string query_text;
  Fields headers;  // of an absolute-form target Host is its authority
  asio::ip::tcp::endpoint peer;
  BodyReader* body = nullptr;  // never null; lives as long as the handler runs
};

// The body of an answer that is too large to be held. Nothing is asked for before the client has taken what came
// before.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next bytes, valid until the next call; empty at the end. After an error, as after an exception, the connection
  // is broken off before the body's end, so that the client does not take a part for the whole.
  virtual Awaitable<Result<std::string_view>> next() = 0;
};

struct Response {
  Status status = Status::ok;
  std::string content_type = "application/json";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> headers{};  // beside Content-Type and Content-Length
  std::shared_ptr<BodySource> stream{};                        // takes the place of `body`; goes with the answer
  bool close =
      false;  // close the connection after this answer (an unread rest of the body makes the server do so by itself)
  bool hang_up = false;  // answer nothing at all and close the connection at once: for rehearsals of failures
};

// Reads the rest of a small body. too_large over `limit`, otherwise BodyReader's errors.
Awaitable<Result<std::string>> read_whole(BodyReader& body, std::size_t limit);

using Handler = std::function<Awaitable<Response>(Request&)>;

struct ServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system picks one; see Server::port
  std::size_t max_connections = 256;
  std::size_t max_header_bytes = 64 * 1024;
  std::uint64_t max_body_bytes = 1024 * 1024;  // unless a handler sets another
  Milliseconds header_timeout{10'000};
  Milliseconds body_read_timeout{30'000};
  // A body that keeps us waiting for longer than this in all, and for a second more for each so many bytes of it, comes
  // too slowly (timed_out): each wait may be short and the whole still never end.
  Milliseconds body_grace{30'000};
  std::uint64_t body_bytes_per_second = 1'024;
  Milliseconds write_timeout{30'000};
  Milliseconds idle_timeout{60'000};
  std::string server_name = "dropload";  // the Server header
};

class Server {
 public:
  // Binds and listens at once, so that a taken port is an error here: unavailable, with address and port in the
  // sentence. By the clock, which outlives the server, the rate of a body is known.
  static Result<std::unique_ptr<Server>> listen(asio::io_context& context, const Clock& clock, ServerSettings settings,
                                                Handler handler);
  virtual ~Server() = default;

  // The port that is listened on.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  // Accepts until stopped. REQUIRES: called once, on the io thread. A started server must be stopped before it is
  // destroyed, unless the io_context will not run again.
  virtual void start() = 0;
  // Stops accepting and closes idle connections at once; requests under way get `grace`, then their connections are
  // closed. Completes when none is left. On the io thread.
  virtual Awaitable<void> stop(Milliseconds grace) = 0;
};

}  // namespace dropload::http
