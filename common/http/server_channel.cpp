#include "common/http/server_channel.h"

#include <array>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_suffix.hpp>

namespace dropload::http {

ServerChannel::ServerChannel(asio::ip::tcp::socket socket, std::size_t capacity)
    : socket_(std::move(socket)), watchdog_(socket_.get_executor(), [this] {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
      }) {
  buffer_.reserve(capacity);
}

Error ServerChannel::failure_of(const boost::system::error_code& ec) const {
  if (watchdog_.expired()) return error(Errc::timed_out, "the client took too long");
  return error(Errc::connection, "the connection to the client broke: {}", ec.message());
}

Awaitable<Result<void>> ServerChannel::fill() {
  const std::size_t room = buffer_.capacity() - buffer_.size();
  if (room == 0) co_return error(Errc::too_large, "more than {} bytes with no end in them", buffer_.size());
  const auto count = co_await read(buffer_.prepare(room));
  if (!count) co_return count.error();
  buffer_.commit(*count);
  co_return Result<void>{};
}

Awaitable<Result<std::size_t>> ServerChannel::read(asio::mutable_buffer buffer) {
  boost::system::error_code ec;
  const std::size_t count = co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
  if (ec || watchdog_.expired()) co_return failure_of(ec);
  co_return count;
}

Awaitable<Result<void>> ServerChannel::write(std::string_view head, std::string_view body, Milliseconds timeout) {
  const std::array<asio::const_buffer, 2> both = {asio::buffer(head), asio::buffer(body)};
  boost::beast::buffers_suffix<std::array<asio::const_buffer, 2>> rest(both);
  while (asio::buffer_size(rest) > 0) {
    watchdog_.arm(timeout);
    boost::system::error_code ec;
    const std::size_t count = co_await socket_.async_write_some(rest, asio::redirect_error(asio::use_awaitable, ec));
    watchdog_.disarm();
    if (ec) co_return failure_of(ec);
    rest.consume(count);
  }
  co_return Result<void>{};
}

Awaitable<void> ServerChannel::linger(Milliseconds at_most) {
  boost::system::error_code ec;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  watchdog_.arm(at_most);
  Result<void> filled{};
  while (filled) {
    buffer_.clear();
    filled = co_await fill();
  }
  watchdog_.disarm();
}

}  // namespace dropload::http
