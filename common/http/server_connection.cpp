#include "common/http/server_connection.h"

#include <spdlog/spdlog.h>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/error.hpp>

#include "common/base/text.h"
#include "common/http/server_stream.h"
#include "common/http/server_wire.h"

namespace dropload::http {

namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t min_buffer_bytes = 64 * 1024;
constexpr Milliseconds linger_time{5'000};

// Its place among the idle connections, for as long as it is one.
class IdleMark {
 public:
  IdleMark(std::list<ServerConnection*>& idle, ServerConnection* connection)
      : idle_(idle), place_(idle.insert(idle.end(), connection)) {}
  ~IdleMark() { idle_.erase(place_); }
  IdleMark(const IdleMark&) = delete;
  IdleMark& operator=(const IdleMark&) = delete;

 private:
  std::list<ServerConnection*>& idle_;
  std::list<ServerConnection*>::iterator place_;
};

std::optional<Error> forbidden_shape(const RequestParser& parser) {
  const auto& header = parser.get().base();
  if (header.version() >= 11 && header.count(beast_http::field::host) != 1) {
    return error(Errc::protocol, "an HTTP/1.1 request needs one Host header, this one has {}",
                 header.count(beast_http::field::host));
  }
  if (header.count(beast_http::field::transfer_encoding) > 0 && !parser.chunked()) {
    return error(Errc::protocol, "the only Transfer-Encoding that is understood is chunked");
  }
  return std::nullopt;
}

}  // namespace

ServerConnection::ServerConnection(asio::ip::tcp::socket socket, ServerShared& shared)
    : shared_(shared), channel_(std::move(socket), std::max(min_buffer_bytes, shared.settings.max_header_bytes)) {
  ++shared_.connections;
  boost::system::error_code ignored;
  peer_ = channel_.socket().remote_endpoint(ignored);
  channel_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

ServerConnection::~ServerConnection() {
  --shared_.connections;
  shared_.room.notify();
}

void ServerConnection::end_idle_wait() {
  boost::system::error_code ignored;
  channel_.socket().cancel(ignored);
}

Awaitable<void> ServerConnection::run() {
  bool keep = true;
  while (keep && !shared_.stopping) {
    const bool has_request = co_await wait_for_request();
    if (!has_request) co_return;
    served_ = true;
    RequestParser parser;
    const auto read = co_await read_header(parser);
    if (!read) {
      co_await refuse(read.error());
      co_return;
    }
    auto request = request_of(parser);
    if (!request) {
      co_await refuse(request.error());
      co_return;
    }
    keep = co_await answer(parser, std::move(*request));
  }
}

Awaitable<bool> ServerConnection::wait_for_request() {
  if (channel_.buffer().size() > 0) co_return true;
  const IdleMark mark(shared_.idle, this);
  shared_.room.notify();
  channel_.watchdog().arm(served_ ? shared_.settings.idle_timeout : shared_.settings.header_timeout);
  const auto filled = co_await channel_.fill();
  channel_.watchdog().disarm();
  co_return filled.has_value();
}

Awaitable<Result<void>> ServerConnection::read_header(RequestParser& parser) {
  const std::size_t limit = shared_.settings.max_header_bytes;
  parser.body_limit(boost::none);  // the body keeps its own, which the handler may set
  parser.header_limit(static_cast<std::uint32_t>(limit));
  channel_.watchdog().arm(shared_.settings.header_timeout);
  for (std::size_t used = 0;;) {
    boost::system::error_code ec;
    const std::size_t parsed = parser.put(channel_.buffer().data(), ec);
    channel_.buffer().consume(parsed);
    used += parsed;
    const bool done = parser.is_header_done();
    if (ec == beast_http::error::header_limit || used + (done ? 0 : channel_.buffer().size()) > limit) {
      co_return error(Errc::too_large, "the request's header is over {} bytes", limit);
    }
    if (ec && ec != beast_http::error::need_more) {
      co_return error(Errc::protocol, "this is no HTTP/1.1 request: {}", ec.message());
    }
    if (done) break;
    const auto filled = co_await channel_.fill();
    if (!filled) co_return filled.error();
  }
  channel_.watchdog().disarm();
  co_return Result<void>{};
}

Result<Request> ServerConnection::request_of(RequestParser& parser) {
  if (auto failure = forbidden_shape(parser)) return std::move(*failure);
  auto& header = parser.get();
  auto target = parse_target(header.target());
  if (!target) return error(Errc::protocol, "the request's target is neither a path nor an http URL");
  Request request;
  request.verb = header.method();
  request.path = std::move(target->path);
  request.query_text = std::move(target->query_text);
  request.headers = header.base();
  if (target->authority) request.headers.set(beast_http::field::host, *target->authority);
  request.peer = peer_;
  return request;
}

// False: the connection is to be closed.
Awaitable<bool> ServerConnection::answer(RequestParser& parser, Request request) {
  ServerBody body(channel_, parser, shared_.settings, shared_.clock);
  request.body = &body;
  const bool wants_more = parser.keep_alive();
  const Response response = co_await handle(request);
  if (response.hang_up) co_return false;
  if (body.broken()) {
    spdlog::debug("{} {}: the client went away in the middle of its request", to_string(request.verb),
                  escaped(request.path));
  }
  const unsigned version = parser.get().version();
  const bool ends_by_itself = !response.stream || version >= 11;
  const bool keep = ends_by_itself && body.rest_is_small() && wants_more && !response.close && !shared_.stopping;
  const std::string head = answer_head(response, {shared_.settings.server_name, version, keep});
  const bool with_body = request.verb != Verb::head && has_body(response.status);
  const auto written = co_await send(response, head, with_body, version >= 11);
  if (!written) co_return false;
  // Not before the answer: a client may well wait for it before it sends the rest.
  const bool whole = body.rest_is_small() && co_await body.drop_rest();
  if (whole) co_return keep;
  co_await channel_.linger(linger_time);
  co_return false;
}

Awaitable<Result<void>> ServerConnection::send(const Response& response, std::string_view head, bool with_body,
                                               bool chunked) {
  const Milliseconds timeout = shared_.settings.write_timeout;
  if (with_body && response.stream) co_return co_await send_stream(channel_, head, *response.stream, chunked, timeout);
  co_return co_await channel_.write(head, with_body ? std::string_view(response.body) : std::string_view(), timeout);
}

Awaitable<Response> ServerConnection::handle(Request& request) {
  std::exception_ptr thrown;
  try {
    co_return co_await shared_.handler(request);
  } catch (...) {
    thrown = std::current_exception();
  }
  const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
  if (cancelled != asio::cancellation_type::none && is_cancellation(thrown)) std::rethrow_exception(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    spdlog::error("{} {}: an exception out of the handler: {}", to_string(request.verb), escaped(request.path),
                  e.what());
  } catch (...) {
    spdlog::error("{} {}: an exception of an unknown type out of the handler", to_string(request.verb),
                  escaped(request.path));
  }
  co_return problem(Status::internal_server_error, "Something went wrong here that nobody foresaw.",
                    "Look into the log, which says more.");
}

Awaitable<void> ServerConnection::refuse(Error failure) {
  const auto refusal = refusal_of(failure);
  if (!refusal) co_return;
  const std::string head = answer_head(*refusal, {shared_.settings.server_name, 11, false});
  const auto written = co_await channel_.write(head, refusal->body, shared_.settings.write_timeout);
  if (written) co_await channel_.linger(linger_time);
}

}  // namespace dropload::http
