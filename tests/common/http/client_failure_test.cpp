#include "tests/common/http/client_fixture.h"

namespace dropload::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ClientFailureTest : public ClientTest {};

TEST_F(ClientFailureTest, ARefusedConnectionWasNeverSent) {
  const auto nobody = [] { return test::RawListener().port(); }();
  start({.tls = false, .host = "127.0.0.1", .port = nobody});
  last_ = send(post("body")).get();
  EXPECT_EQ(failure().error.code, Errc::connection);
  EXPECT_THAT(failure().error.message, StartsWith(fmt::format("no connection to http://127.0.0.1:{}: ", nobody)));
  EXPECT_FALSE(failure().maybe_sent);
}

TEST_F(ClientFailureTest, ANameWithoutAddressWasNeverSent) {
  start({.tls = false, .host = "no-such-host.invalid", .port = 80});
  last_ = send(post("body")).get();
  EXPECT_FALSE(failure().maybe_sent);
  EXPECT_THAT(failure().error.message, StartsWith("no connection to http://no-such-host.invalid: "));
}

TEST_F(ClientFailureTest, AnAddressThatIsNotAllowedIsNotConnectedToWhateverItsName) {
  settings_.allows = [](const asio::ip::address& address) { return !address.is_loopback(); };
  for (const char* host : {"127.0.0.1", "localhost"}) {
    start({.tls = false, .host = host, .port = listener_.port()});
    last_ = send(post("body")).get();
    EXPECT_EQ(failure().error.code, Errc::permission_denied) << failure().error.message;
    EXPECT_FALSE(failure().maybe_sent);
  }
}

TEST_F(ClientFailureTest, WhetherAnOriginCanBeConnectedToIsTriedWithoutTls) {
  const Origin origin{.tls = true, .host = "127.0.0.1", .port = listener_.port()};
  EXPECT_TRUE(io_.run(try_to_connect(origin, Milliseconds{20'000}, {})));
  const auto nobody = [] { return test::RawListener().port(); }();
  const Origin closed{.tls = false, .host = "127.0.0.1", .port = nobody};
  EXPECT_EQ(io_.run(try_to_connect(closed, Milliseconds{20'000}, {})).error().code, Errc::connection);
  const AddressFilter none = [](const asio::ip::address&) { return false; };
  EXPECT_EQ(io_.run(try_to_connect(origin, Milliseconds{20'000}, none)).error().code, Errc::permission_denied);
}

TEST_F(ClientFailureTest, AConnectionClosedBeforeTheAnswerMayHaveBeenSent) {
  start();
  for (const bool reset : {false, true}) {
    auto sent = send(post("body"));
    auto peer = listener_.accept();
    peer.read_message();
    reset ? peer.reset() : peer.close();
    last_ = sent.get();
    EXPECT_EQ(failure().error.code, Errc::connection);
    EXPECT_TRUE(failure().maybe_sent);
  }
}

TEST_F(ClientFailureTest, AConnectionClosedInTheMiddleOfTheAnswerIsAFailure) {
  start();
  for (const auto* half : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nContent-Le",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
    auto sent = send(post("body"));
    auto peer = listener_.accept();
    peer.read_message();
    peer.send(half);
    peer.close();
    last_ = sent.get();
    EXPECT_EQ(failure().error.code, Errc::connection) << half;
    EXPECT_THAT(failure().error.message, HasSubstr("in the middle of the answer"));
    EXPECT_TRUE(failure().maybe_sent);
  }
}

TEST_F(ClientFailureTest, WhatIsNoAnswerIsAProtocolError) {
  settings_.answer_timeout = Milliseconds{10'000};
  start();
  for (const std::string& garbage :
       {std::string("220 mail.example SMTP\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(400'000, 'x')}) {
    exchange(get("/"), garbage);
    EXPECT_EQ(failure().error.code, Errc::protocol) << failure().error.message;
  }
  std::string endless;
  for (int i = 0; i < 20; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  exchange(get("/"), endless);
  EXPECT_EQ(failure().error.code, Errc::protocol);
}

TEST_F(ClientFailureTest, AnAnswerOverTheLimitIsTooLarge) {
  settings_.max_answer_bytes = 1000;
  start();
  exchange(get("/"), "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_EQ(failure().error.code, Errc::too_large);
  exchange(get("/"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n");
  EXPECT_EQ(failure().error.code, Errc::too_large);
  exchange(get("/"), "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(failure().error.code, Errc::too_large);
}

TEST_F(ClientFailureTest, SilenceIsTimedOutAndMayHaveBeenSent) {
  settings_.answer_timeout = Milliseconds{50};
  start();
  auto sent = send(post("body"));
  auto peer = listener_.accept();
  peer.read_message();
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::timed_out);
  EXPECT_THAT(failure().error.message, HasSubstr("no whole answer within 50 ms"));
  EXPECT_TRUE(failure().maybe_sent);
}

TEST_F(ClientFailureTest, AnAnswerThatDripsIsTimedOutToo) {
  settings_.answer_timeout = Milliseconds{50};
  start();
  auto sent = send(get("/"));
  auto peer = listener_.accept();
  peer.read_message();
  peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::timed_out);
}

TEST_F(ClientFailureTest, AServerThatDoesNotReadIsTimedOutAndCannotHaveAll) {
  settings_.write_timeout = Milliseconds{100};
  start();
  auto sent = send(upload(40'000'000));
  const auto peer = listener_.accept();
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::timed_out);
  EXPECT_THAT(failure().error.message, HasSubstr("nothing could be sent for 100 ms"));
  EXPECT_FALSE(failure().maybe_sent);
}

TEST_F(ClientFailureTest, AConnectionThatBreaksDuringAnUploadWasNeverSent) {
  start();
  auto sent = send(upload(40'000'000));
  auto peer = listener_.accept();
  peer.read_bytes(5'000'000);
  peer.reset();
  last_ = sent.get();
  EXPECT_EQ(failure().error.code, Errc::connection);
  EXPECT_FALSE(failure().maybe_sent);
}

TEST_F(ClientFailureTest, AnUploadThatFailsOnAKeptConnectionIsSentAgainOnAFreshOne) {
  start();
  auto peer = exchange(get("/"), ok_answer);
  auto sent = send(upload(40'000'000));
  peer.read_bytes(5'000'000);
  peer.reset();
  auto fresh = listener_.accept();
  const std::string message = fresh.read_message();
  EXPECT_TRUE(message.substr(message.find("\r\n\r\n") + 4) == "<" + file_text() + ">");
  fresh.send(ok_answer);
  last_ = sent.get();
  EXPECT_EQ(response().body, "ok");
}

}  // namespace
}  // namespace dropload::http
