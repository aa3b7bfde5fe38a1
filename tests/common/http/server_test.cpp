#include "tests/common/http/server_fixture.h"

namespace dropload::http {
namespace {

using test::RawSocket;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string post(std::string_view path, std::string_view headers, std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n{}", path, headers, body);
}

std::string post_sized(std::string_view path, std::string_view body) {
  return post(path, fmt::format("Content-Length: {}", body.size()), body);
}

TEST_F(ServerTest, ARequestIsAnsweredWithStatusTypeLengthAndServer) {
  start();
  EXPECT_EQ(answer_to(get_hello),
            "HTTP/1.1 200 OK\r\nServer: dropload\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\n"
            "GET /hello ? host x");
}

TEST_F(ServerTest, OneConnectionCarriesManyRequestsAlsoPipelinedOnes) {
  start();
  RawSocket socket = connect();
  socket.send(std::string(get_hello) + post_sized("/count", "12345") + std::string(get_hello));
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
  EXPECT_THAT(socket.read_message(), EndsWith("5 bytes"));
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
  socket.send(get_hello);
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, ARequestThatComesByteByByteIsTheSameRequest) {
  start();
  RawSocket socket = connect();
  for (const char c :
       post("/count", "Transfer-Encoding: chunked", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n")) {
    socket.send({&c, 1});
  }
  EXPECT_THAT(socket.read_message(), EndsWith("5 bytes"));
  socket.send(get_hello);
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, HeadIsAnsweredWithTheLengthOfGetAndNoBody) {
  start();
  RawSocket socket = connect();
  socket.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = socket.read_to_end();
  EXPECT_THAT(answer, HasSubstr("Content-Length: 20\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, ABareQuestionMarkAndAnAbsoluteTargetAreUnderstood) {
  start();
  EXPECT_THAT(answer_to("GET /hello? HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET /hello ? host x"));
  EXPECT_THAT(answer_to("GET http://real:81/p?a=1 HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("GET /p ?a=1 host real:81"));
}

TEST_F(ServerTest, AnOldClientIsAnsweredAndTheConnectionClosedUnlessItAsksToKeepIt) {
  start();
  RawSocket closing = connect();
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(closing.read_to_end(), HasSubstr("Connection: close\r\n"));
  RawSocket kept = connect();
  kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(kept.read_message(), HasSubstr("Connection: keep-alive\r\n"));
  kept.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_THAT(kept.read_to_end(), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, AConnectionIsClosedWhenEitherSideSaysSo) {
  start();
  RawSocket by_client = connect();
  by_client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(by_client.read_to_end(), HasSubstr("Connection: close\r\n"));
  RawSocket by_handler = connect();
  by_handler.send("GET /close HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(by_handler.read_to_end(), HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, BodiesOfBothKindsArriveWhole) {
  settings_.max_body_bytes = 10'000'000;
  start();
  const std::string body(3'000'000, 'x');
  EXPECT_THAT(answer_to(post_sized("/count", body)), EndsWith("3000000 bytes"));
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 70'000) {
    const auto chunk = std::string_view(body).substr(at, 70'000);
    chunks += fmt::format("{:X}\r\n{}\r\n", chunk.size(), chunk);
  }
  EXPECT_THAT(answer_to(post("/count", "Transfer-Encoding: chunked", chunks + "0\r\n\r\n")), EndsWith("3000000 bytes"));
  EXPECT_THAT(answer_to(post_sized("/whole", "exact\r\n")), EndsWith("\r\n\r\nexact\r\n"));
  EXPECT_THAT(answer_to(post_sized("/whole", "")), EndsWith("Content-Length: 0\r\n\r\n"));
}

TEST_F(ServerTest, ALargeBodyArrivesAsItWasSentAndTheRequestBehindItIsNoPartOfIt) {
  start();
  std::string body;
  while (body.size() < 900'000) body += std::to_string(body.size()) + ",";
  const std::string chunk = fmt::format("{:X}\r\n{}\r\n0\r\n\r\n", body.size(), body);
  RawSocket socket = connect();
  for (const auto& request : {post_sized("/echo", body), post("/echo", "Transfer-Encoding: chunked", chunk)}) {
    socket.send(request + std::string(get_hello));
    EXPECT_THAT(socket.read_message(), EndsWith("\r\n\r\n" + body));
    EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
  }
}

TEST_F(ServerTest, AClientThatWaitsIsToldToContinueWhenTheHandlerReads) {
  start();
  RawSocket socket = connect();
  socket.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(socket.read_message(), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("data");
  EXPECT_THAT(socket.read_message(), EndsWith("4 bytes"));
}

TEST_F(ServerTest, AClientThatWaitsIsAnsweredAtOnceWhenNobodyReads) {
  start();
  RawSocket socket = connect();
  socket.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  socket.shut_down_sending();
  const std::string answer = socket.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, ASmallUnreadRestIsDroppedAndTheConnectionKept) {
  start();
  RawSocket socket = connect();
  socket.send(post_sized("/ignore", std::string(200'000, 'x')) + std::string(get_hello));
  EXPECT_THAT(socket.read_message(), Not(HasSubstr("Connection: close")));
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
  socket.send(post("/ignore", "Transfer-Encoding: chunked", "5\r\nabcde\r\n0\r\n\r\n") + std::string(get_hello));
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, AnEarlyAnswerDoesNotWaitForTheRestOfTheBody) {
  start();
  RawSocket socket = connect();
  socket.send("POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 413 "));
  socket.send("abcde" + std::string(get_hello));
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, TheAnswerToALargeUnreadBodyReachesAClientThatSendsAllOfItFirst) {
  start();
  RawSocket socket = connect();
  socket.send(post_sized("/ignore", std::string(30'000'000, 'x')));
  socket.shut_down_sending();
  const std::string answer = socket.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, AnExceptionOutOfTheHandlerIsAProblemDocumentAndNotTheEnd) {
  start();
  RawSocket socket = connect();
  for (const auto* path : {"/throw", "/throw-aborted"}) {
    socket.send(fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", path));
    const std::string answer = socket.read_message();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(answer, HasSubstr("application/problem+json"));
    EXPECT_THAT(answer, Not(HasSubstr("thrown on purpose")));
  }
  socket.send(get_hello);
  EXPECT_THAT(socket.read_message(), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, WhatIsNoRequestIsRefusedAndTheConnectionClosed) {
  start();
  for (const auto* request :
       {"\x16\x03\x01 a TLS hello\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/3.0\r\n\r\n", "GET /hello HTTP/1.1\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT host:443 HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nBroken\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    RawSocket socket = connect();
    socket.send(request);
    socket.shut_down_sending();
    const std::string answer = socket.read_to_end();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << request;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << request;
  }
}

TEST_F(ServerTest, ABodyThatIsNotWhatItsHeaderSaysIsAProtocolError) {
  start();
  EXPECT_THAT(answer_to(post("/count", "Transfer-Encoding: chunked", "3\r\nabcXXXX")), HasSubstr("protocol after "));
  EXPECT_THAT(answer_to(post("/count", "Transfer-Encoding: chunked", "zz\r\n")), EndsWith("protocol after 0"));
  EXPECT_THAT(answer_to(post("/count", "Transfer-Encoding: chunked", "1;" + std::string(100'000, 'x'))),
              EndsWith("protocol after 0"));
}

TEST_F(ServerTest, AClientThatGoesAwayInTheMiddleIsAnErrorOfTheReadOnly) {
  start();
  RawSocket half = connect();
  half.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  half.shut_down_sending();
  EXPECT_THAT(half.read_to_end(), EndsWith("connection after 3"));
  EXPECT_EQ(io_.call([this] { return done_; }), std::vector<std::string>{"connection after 3"});
}

TEST_F(ServerTest, AClientThatGoesAwayWhileItsHandlerWorksDoesNotDisturbTheHandler) {
  start();
  RawSocket socket = connect();
  socket.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_entered();
  socket.reset();
  release();
  EXPECT_THAT(answer_to(get_hello), HasSubstr("GET /hello"));
}

TEST_F(ServerTest, APortThatIsTakenIsAnErrorWithItsNumber) {
  start();
  ServerSettings same;
  same.port = server_->port();
  const auto second =
      Server::listen(io_.context(), clock_, same, [](Request&) -> Awaitable<Response> { co_return plain(""); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
  EXPECT_THAT(second.error().message, HasSubstr(fmt::format("127.0.0.1 port {}: ", same.port)));
  same.address = "localhost";
  EXPECT_EQ(Server::listen(io_.context(), clock_, same, nullptr).error().code, Errc::invalid_argument);
}

TEST_F(ServerTest, StopClosesIdleConnectionsAndLetsRequestsFinish) {
  start();
  const auto port = server_->port();
  RawSocket idle = connect();
  idle.send(get_hello);
  idle.read_message();
  RawSocket busy = connect();
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_entered();
  auto stopped = asio::co_spawn(io_.context(), server_->stop(long_time), asio::use_future);
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_THROW(RawSocket::connect_to(port), std::runtime_error);
  release();
  EXPECT_THAT(busy.read_to_end(), HasSubstr("Connection: close\r\n"));
  stopped.get();
  server_.reset();
}

TEST_F(ServerTest, StopEndsWhatDoesNotFinishInItsGrace) {
  start();
  RawSocket busy = connect();
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_entered();
  stop(Milliseconds{1});
  EXPECT_EQ(busy.read_to_end(), "");
}

}  // namespace
}  // namespace dropload::http
