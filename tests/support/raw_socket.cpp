#include "tests/support/raw_socket.h"

#include <array>
#include <cerrno>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <boost/beast/core/string.hpp>

namespace dropload::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void require_socket(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(error_from_errno(errno, what).message);
}

UniqueFd new_socket() {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  require_socket(static_cast<bool>(fd), "socket");
  return fd;
}

std::size_t content_length(std::string_view head) {
  for (std::size_t at = 0; at < head.size(); at = head.find("\r\n", at) + 2) {
    constexpr std::string_view name = "Content-Length:";
    if (boost::beast::iequals(head.substr(at, name.size()), name)) {
      return std::stoull(std::string(head.substr(at + name.size())));
    }
    if (head.find("\r\n", at) == std::string_view::npos) break;
  }
  return 0;
}

}  // namespace

RawSocket::RawSocket(UniqueFd fd) : fd_(std::move(fd)) {
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  require_socket(::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
  require_socket(::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0, "SO_SNDTIMEO");
}

RawSocket RawSocket::connect_to(std::uint16_t port) {
  RawSocket socket(new_socket());
  const auto address = loopback(port);
  require_socket(::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "connect");
  return socket;
}

void RawSocket::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    require_socket(count > 0, "send");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawSocket::read_some() {
  std::array<char, 64 * 1024> buffer;
  const auto count = ::recv(fd(), buffer.data(), buffer.size(), 0);
  require_socket(count >= 0, "recv");
  unread_.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string RawSocket::take(std::size_t count) {
  std::string taken = unread_.substr(0, count);
  unread_.erase(0, taken.size());
  return taken;
}

std::string RawSocket::read_bytes(std::size_t count) {
  while (unread_.size() < count && read_some()) {
  }
  return take(count);
}

std::string RawSocket::read_until(std::string_view text) {
  while (unread_.find(text) == std::string::npos && read_some()) {
  }
  const auto at = unread_.find(text);
  return take(at == std::string::npos ? unread_.size() : at + text.size());
}

std::string RawSocket::read_to_end() {
  while (read_some()) {
  }
  return take(unread_.size());
}

std::string RawSocket::read_message() {
  const std::string head = read_until("\r\n\r\n");
  return head + read_bytes(content_length(head));
}

void RawSocket::shut_down_sending() const {
  require_socket(::shutdown(fd(), SHUT_WR) == 0, "shutdown");
}

void RawSocket::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  require_socket(::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0, "SO_LINGER");
  fd_.reset();
}

RawListener::RawListener() : fd_(new_socket()) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  require_socket(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0, "bind");
  require_socket(::listen(fd_.get(), 16) == 0, "listen");
  require_socket(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  require_socket(::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "SO_RCVTIMEO");
}

RawSocket RawListener::accept() const {
  UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  require_socket(static_cast<bool>(fd), "accept");
  return RawSocket(std::move(fd));
}

}  // namespace dropload::test
