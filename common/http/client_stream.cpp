#include "common/http/client_stream.h"

#include <cerrno>

#include <sys/socket.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dropload::http {

namespace {

using asio::ip::tcp;

class PlainStream final : public ClientStream {
 public:
  explicit PlainStream(const asio::any_io_executor& executor) : socket_(executor) {}

  tcp::socket& socket() override { return socket_; }
  Awaitable<Result<void>> shake_hands() override { co_return Result<void>{}; }
  [[nodiscard]] bool failed_write_may_have_left() const override { return false; }

  Awaitable<Transfer> read_some(asio::mutable_buffer buffer) override {
    Transfer read;
    read.bytes = co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, read.ec));
    co_return read;
  }

  Awaitable<Transfer> write_some(const Pieces& pieces) override {
    Transfer written;
    written.bytes = co_await socket_.async_write_some(pieces, asio::redirect_error(asio::use_awaitable, written.ec));
    co_return written;
  }

 private:
  tcp::socket socket_;
};

class TlsStream final : public ClientStream {
 public:
  TlsStream(const asio::any_io_executor& executor, asio::ssl::context& context, std::string host)
      : stream_(executor, context), host_(std::move(host)) {}

  tcp::socket& socket() override { return stream_.next_layer(); }
  [[nodiscard]] bool failed_write_may_have_left() const override { return true; }

  Awaitable<Result<void>> shake_hands() override {
    boost::system::error_code ec;
    stream_.set_verify_callback(asio::ssl::host_name_verification(host_), ec);
    if (ec) co_return refused(ec);
    asio::ip::make_address(host_, ec);
    const bool is_name = static_cast<bool>(ec);  // the server name of TLS is never an address (RFC 6066, 3)
    if (is_name) SSL_set_tlsext_host_name(stream_.native_handle(), host_.c_str());
    co_await stream_.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return refused(ec);
    co_return Result<void>{};
  }

  Awaitable<Transfer> read_some(asio::mutable_buffer buffer) override {
    Transfer read;
    read.bytes = co_await stream_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, read.ec));
    co_return read;
  }

  Awaitable<Transfer> write_some(const Pieces& pieces) override {
    Transfer written;
    written.bytes = co_await stream_.async_write_some(pieces, asio::redirect_error(asio::use_awaitable, written.ec));
    co_return written;
  }

 private:
  Error refused(const boost::system::error_code& ec) {
    const long verified = SSL_get_verify_result(stream_.native_handle());
    if (verified == X509_V_OK) return error(Errc::connection, "TLS with {} failed: {}", host_, ec.message());
    return error(Errc::connection, "the TLS certificate of {} is not trusted, or is for another host: {}", host_,
                 X509_verify_cert_error_string(verified));
  }

  asio::ssl::stream<tcp::socket> stream_;
  std::string host_;
};

}  // namespace

void ClientStream::close() {
  boost::system::error_code ignored;
  socket().close(ignored);
}

bool ClientStream::is_quiet() {
  char byte = 0;
  return ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

std::unique_ptr<ClientStream> make_stream(const asio::any_io_executor& executor, const Origin& origin,
                                          asio::ssl::context* tls) {
  if (tls == nullptr) return std::make_unique<PlainStream>(executor);
  return std::make_unique<TlsStream>(executor, *tls, origin.host);
}

}  // namespace dropload::http
