#pragma once

// The bytes of one accepted connection: its socket, what was read and not used yet, and the deadline of the wait it is
// in.

#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "common/base/result.h"
#include "common/http/message.h"
#include "common/http/watchdog.h"

namespace dropload::http {

class ServerChannel {
 public:
  // Holds at most `capacity` unused bytes, from the start: a buffer that grows read by read costs nine tenths of the
  // speed of an upload.
  ServerChannel(asio::ip::tcp::socket socket, std::size_t capacity);

  // Reads what has come, at least one byte, into the buffer. `watchdog` is armed by the caller. Errors: timed_out,
  // connection, too_large when the buffer is full.
  Awaitable<Result<void>> fill();
  // Reads what has come, at least one byte, into the caller's buffer. REQUIRES: nothing is unused. Otherwise as fill().
  Awaitable<Result<std::size_t>> read(asio::mutable_buffer buffer);
  // Writes both; `timeout` is for each write that makes progress. Errors: timed_out, connection.
  Awaitable<Result<void>> write(std::string_view head, std::string_view body, Milliseconds timeout);
  // Reads and drops what still comes, until the other side closes or the time is up: closing with bytes unread makes
  // the kernel send a reset, which may destroy the answer before it is read (RFC 9112, 9.6).
  Awaitable<void> linger(Milliseconds at_most);

  asio::ip::tcp::socket& socket() { return socket_; }
  boost::beast::flat_buffer& buffer() { return buffer_; }
  Watchdog& watchdog() { return watchdog_; }

 private:
  Error failure_of(const boost::system::error_code& ec) const;

  asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  Watchdog watchdog_;
};

}  // namespace dropload::http
