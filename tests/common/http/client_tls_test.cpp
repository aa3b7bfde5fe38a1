#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "tests/common/http/client_fixture.h"
#include "tests/support/certificates.h"

namespace dropload::http {
namespace {

using asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// The server's end of one TLS connection, blocking.
class TlsPeer {
 public:
  TlsPeer(test::RawSocket socket, asio::ssl::context& context)
      : stream_(tcp::socket(context_, tcp::v4(), socket.release().release()), context) {
    stream_.handshake(asio::ssl::stream_base::server, handshake_);
  }

  [[nodiscard]] const boost::system::error_code& handshake() const { return handshake_; }
  std::string server_name() { return SSL_get_servername(stream_.native_handle(), TLSEXT_NAMETYPE_host_name); }
  std::string read_until(const std::string& text) {
    boost::system::error_code ec;
    const std::size_t size = asio::read_until(stream_, asio::dynamic_buffer(unread_), text, ec);
    const std::string read = unread_.substr(0, ec ? unread_.size() : size);
    unread_.erase(0, read.size());
    return read;
  }
  // Everything up to the end, of whatever kind.
  std::size_t count_to_end() {
    std::size_t total = unread_.size();
    boost::system::error_code ec;
    std::string piece(64 * 1024, '\0');
    while (!ec) total += stream_.read_some(asio::buffer(piece), ec);
    return total;
  }
  void send(std::string_view text) { asio::write(stream_, asio::buffer(text)); }
  void close_rudely() { stream_.next_layer().close(); }

 private:
  asio::io_context context_;
  asio::ssl::stream<tcp::socket> stream_;
  boost::system::error_code handshake_;
  std::string unread_;
};

class ClientTls : public ClientTest {
 protected:
  ClientTls() {
    settings_.certificate_authority_file = directory_.write("authority.pem", authority_.certificate_pem());
    const auto certificate = authority_.issue("localhost");
    server_tls_.use_certificate(asio::buffer(certificate.certificate_pem), asio::ssl::context::pem);
    server_tls_.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
  }

  void start_tls(std::string host = "localhost") {
    start({.tls = true, .host = std::move(host), .port = listener_.port()});
  }
  TlsPeer accept() { return {listener_.accept(), server_tls_}; }
  // What a client gets that must not trust this server; no byte of the request may have been sent.
  std::string refusal() {
    auto sent = send(post("secret"));
    auto peer = accept();
    EXPECT_EQ(peer.count_to_end(), 0U);
    last_ = sent.get();
    EXPECT_EQ(failure().error.code, Errc::connection);
    EXPECT_FALSE(failure().maybe_sent);
    return failure().error.message;
  }

  test::Authority authority_;
  asio::ssl::context server_tls_{asio::ssl::context::tls_server};
};

TEST_F(ClientTls, ATrustedServerIsToldItsNameAndItsConnectionUsedAgain) {
  start_tls();
  auto sent = send(post("one"));
  auto peer = accept();
  EXPECT_EQ(peer.server_name(), "localhost");
  EXPECT_THAT(peer.read_until("one"), StartsWith("POST /post HTTP/1.1\r\nHost: localhost:"));
  peer.send(ok_answer);
  last_ = sent.get();
  EXPECT_EQ(response().body, "ok");
  auto again = send(post("two"));
  EXPECT_THAT(peer.read_until("two"), EndsWith("\r\n\r\ntwo"));
  peer.send(ok_answer);
  last_ = again.get();
  EXPECT_EQ(response().body, "ok");
}

TEST_F(ClientTls, ACertificateForAnotherHostIsRefused) {
  start_tls("127.0.0.1");
  EXPECT_THAT(refusal(), HasSubstr("the TLS certificate of 127.0.0.1 is not trusted, or is for another host"));
}

TEST_F(ClientTls, ACertificateOfAnUnknownAuthorityIsRefused) {
  settings_.certificate_authority_file = directory_.write("other.pem", test::Authority().certificate_pem());
  start_tls();
  EXPECT_THAT(refusal(), HasSubstr("the TLS certificate of localhost is not trusted"));
}

TEST_F(ClientTls, TheSystemsAuthoritiesDoNotKnowOurs) {
  settings_.certificate_authority_file = "";
  start_tls();
  EXPECT_THAT(refusal(), HasSubstr("the TLS certificate of localhost is not trusted"));
}

TEST_F(ClientTls, AnOldVersionOfTlsIsRefused) {
  SSL_CTX_set_security_level(server_tls_.native_handle(), 0);
  SSL_CTX_set_max_proto_version(server_tls_.native_handle(), TLS1_1_VERSION);
  start_tls();
  EXPECT_THAT(refusal(), HasSubstr("TLS with localhost failed"));
}

TEST_F(ClientTls, AMissingFileOfAuthoritiesIsAnErrorAtOnce) {
  settings_.certificate_authority_file = directory_.path() / "missing.pem";
  const auto client = Client::create(io_.context(), {.tls = true, .host = "localhost", .port = 1}, settings_);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Errc::invalid_argument);
  EXPECT_THAT(client.error().message, HasSubstr("missing.pem"));
}

TEST_F(ClientTls, APeerThatSpeaksNoTlsIsAFailure) {
  start_tls();
  auto sent = send(post("secret"));
  auto peer = listener_.accept();
  peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::connection);
  EXPECT_FALSE(failure().maybe_sent);
}

TEST_F(ClientTls, AHandshakeThatDoesNotEndIsTimedOut) {
  settings_.connect_timeout = Milliseconds{50};
  start_tls();
  auto sent = send(post("secret"));
  const auto peer = listener_.accept();
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::timed_out);
  EXPECT_FALSE(failure().maybe_sent);
}

TEST_F(ClientTls, AnAnswerCutOffWithoutTheEndOfTlsIsNotTakenForWhole) {
  start_tls();
  auto sent = send(get("/"));
  auto peer = accept();
  peer.read_until("\r\n\r\n");
  peer.send("HTTP/1.1 200 OK\r\n\r\nthe first half");
  peer.close_rudely();
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::connection);
}

TEST_F(ClientTls, AFileArrivesWhole) {
  start_tls();
  auto sent = send(upload(3'000'000));
  auto peer = accept();
  const std::string text = "<" + file_text() + ">";
  peer.read_until("\r\n\r\n");
  EXPECT_TRUE(peer.read_until(">") == text);
  peer.send(ok_answer);
  last_ = sent.get();
  EXPECT_EQ(response().body, "ok");
}

Awaitable<Result<void>> refuse() {
  co_return error(Errc::no_space, "no");
}

TEST_F(ClientTls, WithoutTheLastPieceTheServerCannotHaveTheWholeRequest) {
  start_tls();
  auto request = upload(3'000'000);
  request.before_last_piece = refuse;
  auto sent = send(std::move(request));
  auto peer = accept();
  EXPECT_LT(peer.count_to_end(), 3'000'000U);
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::no_space);
  EXPECT_FALSE(failure().maybe_sent);
}

TEST_F(ClientTls, AnAnswerThatComesWhileTheBodyIsBeingSentIsRead) {
  start_tls();
  auto sent = send(upload(40'000'000));
  auto peer = accept();
  peer.read_until("\r\n\r\n");
  peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
  last_ = sent.get();
  EXPECT_EQ(response().status, Status::payload_too_large);
}

}  // namespace
}  // namespace dropload::http
