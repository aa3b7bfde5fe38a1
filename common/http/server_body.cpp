#include "common/http/server_body.h"

#include <algorithm>
#include <array>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace dropload::http {

namespace {

constexpr std::uint64_t small_rest = 256 * 1024;

std::optional<std::uint64_t> content_length(const RequestParser& parser) {
  if (const auto length = parser.content_length()) return *length;
  if (parser.chunked()) return std::nullopt;
  return 0;
}

}  // namespace

ServerBody::ServerBody(ServerChannel& channel, RequestParser& parser, const ServerSettings& settings,
                       const Clock& clock)
    : channel_(channel),
      parser_(parser),
      settings_(settings),
      clock_(clock),
      size_(content_length(parser)),
      limit_(settings.max_body_bytes),
      continue_expected_(parser.get().version() >= 11 &&
                         boost::beast::iequals(parser.get()[boost::beast::http::field::expect], "100-continue")) {}

Error ServerBody::fail(Error failure) {
  broken_ = failure.code != Errc::too_large;
  failure_ = failure;
  return failure;
}

Awaitable<Result<std::size_t>> ServerBody::read(asio::mutable_buffer buffer) {
  if (failure_) co_return *failure_;
  if (is_done() || buffer.size() == 0) co_return std::size_t{0};
  if (!begun_) {
    const auto begun = co_await begin();
    if (!begun) co_return fail(begun.error());
  }
  const auto count = co_await read_on(buffer);
  if (!count) co_return fail(count.error());
  read_ += *count;
  if (read_ > limit_) co_return fail(error(Errc::too_large, "the body is over the limit of {} bytes", limit_));
  co_return *count;
}

Awaitable<Result<void>> ServerBody::begin() {
  if (size_ && *size_ > limit_) {
    co_return error(Errc::too_large, "the body of {} bytes is over the limit of {} bytes", *size_, limit_);
  }
  begun_ = true;
  if (!continue_expected_ || channel_.buffer().size() > 0) co_return Result<void>{};
  co_return co_await channel_.write("HTTP/1.1 100 Continue\r\n\r\n", "", settings_.write_timeout);
}

Awaitable<Result<std::size_t>> ServerBody::read_on(asio::mutable_buffer buffer) {
  if (size_)  // what comes behind the body is the next request's
    buffer = asio::buffer(buffer, static_cast<std::size_t>(std::min<std::uint64_t>(*size_ - read_, buffer.size())));
  for (;;) {
    const auto taken = take(buffer);
    if (!taken || *taken > 0 || is_done()) co_return taken;
    const auto come = co_await wait_for_more(buffer);
    if (!come || *come > 0) co_return come;
  }
}

// How many bytes came straight into the buffer, which saves copying them; 0: there are more in the channel's.
Awaitable<Result<std::size_t>> ServerBody::wait_for_more(asio::mutable_buffer buffer) {
  const Milliseconds left = patience();
  if (left <= Milliseconds{0}) co_return too_slow();
  const Time began = clock_.now();
  channel_.watchdog().arm(std::min(settings_.body_read_timeout, left));
  Result<std::size_t> come = std::size_t{0};
  if (size_) {
    come = co_await channel_.read(buffer);
  } else if (auto filled = co_await channel_.fill(); !filled) {
    come = filled.error();
  }
  channel_.watchdog().disarm();
  waited_ += clock_.now() - began;
  if (come) co_return come;
  if (come.error().code == Errc::timed_out && left < settings_.body_read_timeout) co_return too_slow();
  if (come.error().code == Errc::too_large) co_return error(Errc::protocol, "a chunk's header does not end");
  co_return come.error().while_doing(fmt::format("reading the body after {} bytes", read_));
}

// How long the client may still keep us waiting.
Milliseconds ServerBody::patience() const {
  const Milliseconds earned{static_cast<std::int64_t>(read_ * 1'000 / settings_.body_bytes_per_second)};
  return settings_.body_grace + earned - waited_;
}

Error ServerBody::too_slow() const {
  return error(Errc::timed_out, "the body comes too slowly: {} bytes in {} s; send it at {} bytes a second or faster",
               read_, std::chrono::duration_cast<std::chrono::seconds>(waited_).count(),
               settings_.body_bytes_per_second);
}

// Moves bytes of the body out of the channel's buffer. 0 when it needs more, or at the end.
Result<std::size_t> ServerBody::take(asio::mutable_buffer buffer) {
  if (!size_) return parse(buffer);
  const std::size_t count = asio::buffer_copy(buffer, channel_.buffer().data());
  channel_.buffer().consume(count);
  return count;
}

Result<std::size_t> ServerBody::parse(asio::mutable_buffer buffer) {
  auto& body = parser_.get().body();
  body.data = buffer.data();
  body.size = buffer.size();
  while (channel_.buffer().size() > 0 && body.size > 0 && !parser_.is_done()) {
    boost::system::error_code ec;
    channel_.buffer().consume(parser_.put(channel_.buffer().data(), ec));
    if (ec == boost::beast::http::error::need_more) break;
    if (ec && ec != boost::beast::http::error::need_buffer) {
      return error(Errc::protocol, "the body after {} bytes is not what its header says: {}", read_, ec.message());
    }
  }
  return buffer.size() - body.size;
}

bool ServerBody::rest_is_small() const {
  if (is_done()) return true;
  const bool not_asked_for = continue_expected_ && !begun_;
  if (broken_ || not_asked_for) return false;
  return size_ ? *size_ - read_ <= small_rest : !failure_;
}

Awaitable<bool> ServerBody::drop_rest() {
  std::array<char, 16 * 1024> dropped;
  failure_.reset();
  begun_ = true;
  limit_ = read_ + small_rest;
  while (!is_done()) {
    const auto count = co_await read(asio::buffer(dropped));
    if (!count) co_return false;
  }
  co_return true;
}

}  // namespace dropload::http
