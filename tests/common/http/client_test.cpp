#include "tests/common/http/client_fixture.h"

#include "common/http/task_group.h"

namespace dropload::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST(Origin, SchemeHostAndPortAreTakenFromTheUrl) {
  const auto zoho = Origin::parse("https://analyticsapi.zoho.eu").value();
  EXPECT_TRUE(zoho.tls);
  EXPECT_EQ(zoho.host, "analyticsapi.zoho.eu");
  EXPECT_EQ(zoho.port, 443);
  EXPECT_EQ(zoho.authority(), "analyticsapi.zoho.eu");
  const auto local = Origin::parse("http://127.0.0.1:8788/").value();
  EXPECT_FALSE(local.tls);
  EXPECT_EQ(local.port, 8788);
  EXPECT_EQ(local.to_string(), "http://127.0.0.1:8788");
  EXPECT_EQ(Origin::parse("http://[::1]").value().to_string(), "http://[::1]");
  EXPECT_EQ(Origin::parse("http://[::1]").value().host, "::1");
}

TEST(Origin, WhatIsMoreOrLessThanAnOriginIsRefused) {
  for (const auto* url : {"", "host", "host:80", "ftp://host", "http://", "http://host/path", "http://host?q",
                          "http://u@host", "http://host:99999", "http://ho st"}) {
    const auto origin = Origin::parse(url);
    ASSERT_FALSE(origin) << url;
    EXPECT_EQ(origin.error().code, Errc::invalid_argument);
  }
}

TEST_F(ClientTest, ARequestGoesOutWithHostLengthAndItsOwnHeaders) {
  start();
  auto request = post("body");
  request.headers = {{"Authorization", "token\r\nX-Forged: 1"}};
  auto sent = send(request);
  auto peer = listener_.accept();
  EXPECT_EQ(peer.read_message(),
            fmt::format("POST /post HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nUser-Agent: dropload\r\nAuthorization: token  "
                        "X-Forged: 1\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
                        listener_.port()));
  peer.send("HTTP/1.1 201 Created\r\nContent-Length: 3\r\nX-A: b\r\n\r\nyes");
  last_ = sent.get();
  EXPECT_EQ(response().status, Status::created);
  EXPECT_EQ(response().headers["x-a"], "b");
  EXPECT_EQ(response().body, "yes");
}

TEST_F(ClientTest, AnswersOfEveryLengthKindAreRead) {
  start();
  exchange(get("/"), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(response().body, "abcde");
  start();
  exchange(get("/"), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(response().status, Status::no_content);
  start();
  exchange({.verb = Verb::head, .target = "/"}, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(response().body, "");
  start();
  exchange(get("/"), "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + std::string(ok_answer));
  EXPECT_EQ(response().body, "ok");
}

TEST_F(ClientTest, AnAnswerWithoutLengthEndsWithTheConnection) {
  start();
  auto sent = send(get("/"));
  auto peer = listener_.accept();
  peer.read_message();
  peer.send("HTTP/1.1 200 OK\r\n\r\nall of ");
  peer.send("it");
  peer.close();
  last_ = sent.get();
  EXPECT_EQ(response().body, "all of it");
}

TEST_F(ClientTest, AConnectionIsUsedAgain) {
  start();
  auto peer = exchange(get("/1"), ok_answer);
  for (int i = 0; i < 3; ++i) {
    auto again = send(post("again"));
    EXPECT_THAT(peer.read_message(), EndsWith("again"));
    peer.send(ok_answer);
    last_ = again.get();
    EXPECT_EQ(response().body, "ok");
  }
}

TEST_F(ClientTest, AConnectionIsNotUsedAgainWhenTheServerSaysSoOrMoreThanTheAnswerCame) {
  start();
  exchange(get("/"), "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  exchange(get("/"), fmt::format("{}HTTP/1.1 200 OK\r\n", ok_answer));
  exchange(get("/"), ok_answer);
  EXPECT_EQ(response().body, "ok");
}

TEST_F(ClientTest, AConnectionThatWasIdleForTooLongIsNotUsedAgain) {
  settings_.idle_limit = Milliseconds{20};
  start();
  auto peer = exchange(get("/"), ok_answer);
  EXPECT_EQ(peer.read_to_end(), "") << "the client closes it";
  exchange(get("/"), ok_answer);
  EXPECT_EQ(response().body, "ok");
}

TEST_F(ClientTest, NoMoreThanTheIdleConnectionsThatAreAllowedAreKept) {
  settings_.max_idle_connections = 1;
  start();
  auto first = send(get("/1"));
  auto first_peer = listener_.accept();
  auto second = send(get("/2"));
  auto second_peer = listener_.accept();
  first_peer.send(ok_answer);
  first.get();
  second_peer.send(ok_answer);
  second.get();
  EXPECT_THAT(first_peer.read_to_end(), HasSubstr("GET /1"));
}

TEST_F(ClientTest, AnIdleConnectionThatTheServerClosedIsNoticedBeforeAPost) {
  start();
  exchange(get("/"), ok_answer).close();
  exchange(post("body"), ok_answer);
  EXPECT_EQ(response().body, "ok");
}

TEST_F(ClientTest, AGetOnAConnectionThatDiesUnderItIsRepeatedOnce) {
  start();
  auto peer = exchange(get("/1"), ok_answer);
  auto again = send(get("/2"));
  EXPECT_THAT(peer.read_message(), HasSubstr("GET /2"));
  peer.close();
  auto fresh = listener_.accept();
  EXPECT_THAT(fresh.read_message(), HasSubstr("GET /2"));
  fresh.close();
  last_ = again.get();
  EXPECT_EQ(failure().error.code, Errc::connection);
}

TEST_F(ClientTest, APostOnAConnectionThatDiesUnderItIsNotRepeatedAndMayHaveArrived) {
  start();
  auto peer = exchange(get("/1"), ok_answer);
  auto again = send(post("body"));
  peer.read_message();
  peer.close();
  last_ = again.get();
  EXPECT_EQ(failure().error.code, Errc::connection);
  EXPECT_TRUE(failure().maybe_sent);
}

TEST_F(ClientTest, ATargetThatWouldBreakTheRequestLineIsRefused) {
  start();
  for (const auto* target : {"", "x", "/a b", "/a\r\nX: y"}) {
    last_ = send(get(target)).get();
    EXPECT_EQ(failure().error.code, Errc::invalid_argument) << target;
  }
}

Awaitable<void> note_cancellation(Client& client, ClientRequest request, std::promise<bool>& aborted) {
  try {
    co_await client.send(std::move(request));
    aborted.set_value(false);
  } catch (const boost::system::system_error& e) {
    aborted.set_value(e.code() == asio::error::operation_aborted);
  }
}

TEST_F(ClientTest, CancellationSurfacesAsOperationAborted) {
  start();
  TaskGroup group(io_.context().get_executor());
  std::promise<bool> aborted;
  io_.call([&] { group.spawn("send", note_cancellation(*client_, get("/"), aborted)); });
  auto peer = listener_.accept();
  peer.read_message();
  io_.call([&] { group.stop(); });
  EXPECT_TRUE(aborted.get_future().get());
  EXPECT_EQ(peer.read_to_end(), "");
  io_.run(group.join());
}

}  // namespace
}  // namespace dropload::http
