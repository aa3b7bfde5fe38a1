#include "common/http/server_stream.h"

#include <spdlog/spdlog.h>
#include <boost/asio/socket_base.hpp>

namespace dropload::http {

namespace {

// A chunk that is missing says that the body has not ended. Without chunks only a reset does; it takes a close of our
// own, as a socket that is destroyed takes its linger option back.
void break_off(ServerChannel& channel, bool chunked) {
  if (chunked) return;
  boost::system::error_code ignored;
  channel.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  channel.socket().close(ignored);
}

}  // namespace

Awaitable<Result<void>> send_stream(ServerChannel& channel, std::string_view head, BodySource& source, bool chunked,
                                    Milliseconds timeout) {
  // What is to be written before the next piece: at first the head, then the line break that ends the last chunk.
  std::string before(head);
  for (;;) {
    const auto piece = co_await source.next();
    if (!piece) {
      spdlog::error("an answer was broken off: {}", piece.error().message);
      break_off(channel, chunked);
      co_return piece.error();
    }
    if (piece->empty()) break;
    if (chunked) before += fmt::format("{:x}\r\n", piece->size());
    const auto written = co_await channel.write(before, *piece, timeout);
    if (!written) co_return written.error();
    before = chunked ? "\r\n" : "";
  }
  if (chunked) before += "0\r\n\r\n";
  co_return co_await channel.write(before, std::string_view(), timeout);
}

}  // namespace dropload::http
