#pragma once

// A plain blocking TCP socket, for tests that need each byte in their own hands. A read that gets nothing for 20
// seconds fails the test instead of hanging it.

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/files.h"

namespace dropload::test {

class RawSocket {
 public:
  RawSocket() = default;
  explicit RawSocket(UniqueFd fd);
  // To 127.0.0.1.
  static RawSocket connect_to(std::uint16_t port);

  // Sends all; throws when the other side has closed or reset.
  void send(std::string_view bytes) const;
  // Reads on until that many bytes, that text, or the end are there; gives all that was read since the last call, and
  // keeps what came after.
  std::string read_bytes(std::size_t count);
  std::string read_until(std::string_view text);
  std::string read_to_end();
  // One HTTP message with Content-Length or without a body, as text.
  std::string read_message();
  // Sends no more; still reads.
  void shut_down_sending() const;
  // Closes so that the other side gets a reset.
  void reset();
  void close() { fd_.reset(); }
  // For another owner; nothing may have been read that was not asked for.
  UniqueFd release() { return std::move(fd_); }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  bool read_some();
  std::string take(std::size_t count);

  UniqueFd fd_;
  std::string unread_;
};

// Listens on 127.0.0.1, on a port that the system picks.
class RawListener {
 public:
  RawListener();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] RawSocket accept() const;

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

}  // namespace dropload::test
