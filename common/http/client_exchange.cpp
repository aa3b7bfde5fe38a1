#include "common/http/client_exchange.h"

#include <algorithm>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/http/error.hpp>

#include "common/http/client_body.h"
#include "common/http/deadline.h"

namespace dropload::http {

namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t piece_bytes = 1024 * 1024;
constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::uint32_t max_header_bytes = 64 * 1024;
constexpr std::size_t max_unparsed_bytes = 4 * max_header_bytes;
constexpr int max_interim_answers = 16;  // 1xx before the real one

Error not_an_answer(const boost::system::error_code& ec, std::size_t max_answer_bytes) {
  if (ec == beast_http::error::body_limit) {
    return error(Errc::too_large, "the answer is over the limit of {} bytes", max_answer_bytes);
  }
  if (ec == beast_http::error::header_limit) {
    return error(Errc::too_large, "the answer's header is over {} bytes", max_header_bytes);
  }
  return error(Errc::protocol, "the answer is no HTTP/1.1: {}", ec.message());
}

}  // namespace

Exchange::Exchange(ClientStream& stream, const ClientRequest& request, const ClientSettings& settings,
                   std::string authority)
    : stream_(stream),
      request_(request),
      settings_(settings),
      authority_(std::move(authority)),
      sending_(stream.socket().get_executor(), [&stream] { stream.close(); }),
      answering_(stream.socket().get_executor(), [&stream] { stream.close(); }) {}

Awaitable<void> Exchange::run() {
  using namespace asio::experimental::awaitable_operators;
  try {
    co_await (send() && receive());
  } catch (const asio::multiple_exceptions& e) {
    std::rethrow_exception(e.first_exception());
  }
  if (!answer_) co_await throw_if_cancelled();
}

void Exchange::fail(Error failure) {
  if (!failure_ && !answer_) failure_ = std::move(failure);
}

// A deadline of either direction ends both.
Error Exchange::broken(const boost::system::error_code& ec, std::string_view when) const {
  if (sending_.expired()) {
    return error(Errc::timed_out, "nothing could be sent for {} ms", settings_.write_timeout.count());
  }
  if (answering_.expired()) {
    return error(Errc::timed_out, "no whole answer within {} ms", settings_.answer_timeout.count());
  }
  return error(Errc::connection, "the connection broke {}: {}", when, ec.message());
}

bool Exchange::may_try_again() const {
  if (answer_ || got_bytes_ || failure_->code != Errc::connection) return false;
  const bool repeatable = request_.verb == Verb::get || request_.verb == Verb::head;
  return repeatable || (!whole_may_be_out_ && !announced_);
}

ClientResult Exchange::take_result() {
  if (answer_) return std::move(*answer_);
  return ClientFailure{*failure_, whole_may_be_out_};
}

// A connection that no longer takes the request may still bring the answer that says why; anything else that ends the
// sending ends the exchange.
Awaitable<void> Exchange::send() {
  const auto sent = co_await send_request();
  all_sent_ = sent.has_value();
  if (!sent) fail(sent.error());
  if (answer_) co_return;
  if (sent || stream_broke_) {
    answering_.arm(settings_.answer_timeout);
  } else {
    stream_.close();
  }
}

Awaitable<Result<void>> Exchange::send_request() {
  std::string head = request_head(request_, authority_, settings_.user_agent);
  if (const auto* file = std::get_if<FileBody>(&request_.body)) {
    co_return co_await send_file(std::move(head), *file);
  }
  const auto& text = std::get<std::string>(request_.body);
  co_return co_await write({asio::buffer(head), asio::buffer(text), asio::const_buffer()}, true);
}

Awaitable<Result<void>> Exchange::send_file(std::string head, const FileBody& file) {
  const auto as_announced = check_size(file);
  if (!as_announced) co_return as_announced;
  std::string lead = std::move(head) + file.before;
  std::string piece(std::min<std::uint64_t>(piece_bytes, file.size), '\0');
  std::uint64_t sent = 0;
  do {
    const std::size_t count = std::min<std::uint64_t>(piece.size(), file.size - sent);
    const auto read = read_piece(file, sent, std::span(piece.data(), count));
    if (!read) co_return read;
    const bool last = sent + count == file.size;
    if (last) {
      const auto allowed = co_await allow_last_piece(file);
      if (!allowed) co_return allowed;
    }
    const auto after = last ? asio::buffer(file.after) : asio::const_buffer();
    const auto written = co_await write({asio::buffer(lead), asio::buffer(piece.data(), count), after}, last);
    if (!written) co_return written;
    lead.clear();
    sent += count;
    if (request_.on_progress) request_.on_progress(sent);
  } while (sent < file.size);
  co_return Result<void>{};
}

Awaitable<Result<void>> Exchange::allow_last_piece(const FileBody& file) {
  const auto unchanged = check_size(file);
  if (!unchanged || !request_.before_last_piece) co_return unchanged;
  announced_ = true;
  co_return co_await request_.before_last_piece();
}

Awaitable<Result<void>> Exchange::write(std::array<asio::const_buffer, 3> pieces, bool last) {
  Pieces rest(pieces);
  if (last && stream_.failed_write_may_have_left()) whole_may_be_out_ = stream_.socket().is_open();
  while (asio::buffer_size(rest) > 0) {
    sending_.arm(settings_.write_timeout);
    const auto written = co_await stream_.write_some(rest);
    sending_.disarm();
    stream_broke_ = written.ec || sending_.expired();
    if (stream_broke_) co_return broken(written.ec, "while sending");
    rest.consume(written.bytes);
  }
  if (last) whole_may_be_out_ = true;
  co_return Result<void>{};
}

Awaitable<void> Exchange::receive() {
  auto received = co_await read_answer();
  answering_.disarm();
  if (received) {
    answer_ = std::move(*received);
  } else {
    fail(received.error());
  }
  reusable_ = reusable_ && all_sent_;
  if (!reusable_) stream_.close();
}

Awaitable<Result<ClientResponse>> Exchange::read_answer() {
  for (int interim = 0; interim <= max_interim_answers; ++interim) {
    ResponseParser parser;
    parser.body_limit(settings_.max_answer_bytes);
    parser.header_limit(max_header_bytes);
    parser.eager(true);
    parser.skip(request_.verb == Verb::head);
    const auto read = co_await read_message(parser);
    if (!read) co_return read.error();
    auto& message = parser.get();
    if (message.result_int() / 100 == 1) continue;
    reusable_ = parser.keep_alive() && unread_.size() == 0;
    co_return ClientResponse{message.result(), std::move(message.base()), std::move(message.body())};
  }
  co_return error(Errc::protocol, "over {} interim answers", max_interim_answers);
}

Awaitable<Result<void>> Exchange::read_message(ResponseParser& parser) {
  for (;;) {
    boost::system::error_code ec;
    if (unread_.size() > 0) unread_.consume(parser.put(unread_.data(), ec));
    if (parser.is_done()) co_return Result<void>{};
    if (ec && ec != beast_http::error::need_more) co_return not_an_answer(ec, settings_.max_answer_bytes);
    if (unread_.size() > max_unparsed_bytes) co_return error(Errc::protocol, "the answer has a line that does not end");
    const auto read = co_await stream_.read_some(unread_.prepare(read_bytes));
    unread_.commit(read.bytes);
    got_bytes_ = got_bytes_ || read.bytes > 0;
    if (!read.ec && !answering_.expired()) continue;
    const bool ends_here = read.ec == asio::error::eof && parser.is_header_done() && parser.need_eof();
    if (!ends_here) co_return broken(read.ec, got_bytes_ ? "in the middle of the answer" : "before an answer came");
    parser.put_eof(ec);
    co_return Result<void>{};
  }
}

}  // namespace dropload::http
