#pragma once

// The client's end of one connection, with or without TLS: reads and writes, at most one of each at a time.

#include <array>
#include <memory>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/buffers_suffix.hpp>

#include "common/http/client.h"

namespace dropload::http {

struct Transfer {
  boost::system::error_code ec;
  std::size_t bytes = 0;
};

using Pieces = boost::beast::buffers_suffix<std::array<asio::const_buffer, 3>>;

class ClientStream {
 public:
  virtual ~ClientStream() = default;
  virtual asio::ip::tcp::socket& socket() = 0;
  // What comes between connecting and the first byte: nothing, or the TLS handshake. The error says what is wrong with
  // a certificate.
  virtual Awaitable<Result<void>> shake_hands() = 0;
  virtual Awaitable<Transfer> read_some(asio::mutable_buffer buffer) = 0;
  virtual Awaitable<Transfer> write_some(const Pieces& pieces) = 0;
  // Whether bytes of a write that failed may have reached the other side all the same.
  [[nodiscard]] virtual bool failed_write_may_have_left() const = 0;

  // Ends what is waiting for it, with an error, and whatever is tried afterwards.
  void close();
  // Whether nothing has come since the last read, not even an end: it may be gone nevertheless.
  [[nodiscard]] bool is_quiet();
};

// Not connected yet. `tls` is null for a plain connection; it outlives the stream.
std::unique_ptr<ClientStream> make_stream(const asio::any_io_executor& executor, const Origin& origin,
                                          asio::ssl::context* tls);

}  // namespace dropload::http
