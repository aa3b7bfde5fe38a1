#include "tests/common/http/server_fixture.h"

namespace dropload::http {
namespace {

using test::RawSocket;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ServerLimits : public ServerTest {};

TEST_F(ServerLimits, AHeaderOverTheLimitIsRefusedWhetherItEndsOrNot) {
  settings_.max_header_bytes = 1000;
  start();
  for (const std::string& request :
       {"GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(1000, 'x') + "\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(200'000, 'x'), "GET /" + std::string(1000, 'x'),
        "GET /" + std::string(700, 'x') + " HTTP/1.1\r\nHost: x\r\nX: " + std::string(700, 'x') + "\r\n\r\n"}) {
    EXPECT_THAT(answer_to(request), StartsWith("HTTP/1.1 431 ")) << request.size();
  }
  EXPECT_THAT(answer_to("GET /hello HTTP/1.1\r\nHost: x\r\nX: " + std::string(900, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerLimits, AHeaderOfTheDefaultLimitFitsAndOneOverItDoesNot) {
  start();
  const std::string before = "GET /hello HTTP/1.1\r\nHost: x\r\nX: ";
  const std::string after = "\r\n\r\n";
  const std::size_t fits = 64 * 1024 - before.size() - after.size();
  EXPECT_THAT(answer_to(before + std::string(fits, 'x') + after), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer_to(before + std::string(fits + 1, 'x') + after), StartsWith("HTTP/1.1 431 "));
}

TEST_F(ServerLimits, ABodyOverTheLimitIsTooLargeBothWays) {
  settings_.max_body_bytes = 1000;
  start();
  const std::string over(1001, 'x');
  EXPECT_THAT(answer_to("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + over),
              EndsWith("too_large after 0"));
  EXPECT_THAT(answer_to("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n" + over +
                        "\r\n0\r\n\r\n"),
              EndsWith("too_large after 0"));
  EXPECT_THAT(answer_to("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + over.substr(1)),
              EndsWith("1000 bytes"));
}

TEST_F(ServerLimits, AHandlerMaySetALimitOfItsOwn) {
  settings_.max_body_bytes = 1000;
  start();
  const std::string body(2000, 'x');
  EXPECT_THAT(answer_to("POST /count-2000 HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + body),
              EndsWith("2000 bytes"));
  EXPECT_THAT(answer_to("POST /whole HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + body),
              EndsWith("the body of 2000 bytes is over the limit of 1000 bytes"));
}

TEST_F(ServerLimits, AClientThatWaitsIsNotToldToContinueWithABodyOverTheLimit) {
  settings_.max_body_bytes = 1000;
  start();
  EXPECT_THAT(answer_to("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerLimits, AHeaderThatDoesNotEndInTimeIsAnswered408) {
  settings_.header_timeout = Milliseconds{50};
  start();
  RawSocket socket = connect();
  socket.send("GET /hello HTT");
  EXPECT_THAT(socket.read_message(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerLimits, AConnectionThatSendsNothingIsClosedWithoutAWord) {
  settings_.header_timeout = Milliseconds{50};
  start();
  EXPECT_EQ(connect().read_to_end(), "");
}

TEST_F(ServerLimits, AnIdleConnectionIsClosedWithoutAWord) {
  settings_.idle_timeout = Milliseconds{50};
  start();
  RawSocket socket = connect();
  socket.send(get_hello);
  socket.read_message();
  EXPECT_EQ(socket.read_to_end(), "");
}

TEST_F(ServerLimits, ABodyThatStopsComingIsTimedOutAndAnswered) {
  settings_.body_read_timeout = Milliseconds{50};
  start();
  EXPECT_THAT(answer_to("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"),
              EndsWith("timed_out after 3"));
}

TEST_F(ServerLimits, ABodyThatTricklesIsTimedOutHoweverShortEachWaitIs) {
  settings_.body_grace = Milliseconds{50'000};
  settings_.body_bytes_per_second = 1'000;
  start();
  for (const bool chunked : {false, true}) {
    RawSocket socket = connect();
    socket.send("POST /count HTTP/1.1\r\nHost: x\r\n");
    socket.send(chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 100\r\n\r\n");
    for (std::uint64_t sent = 0; sent < 5; wait_until_counted(++sent)) {
      if (sent > 0) clock_.advance(Milliseconds{11'000});
      socket.send(chunked ? "1\r\nx\r\n" : "x");
    }
    clock_.advance(Milliseconds{6'006});
    socket.send(chunked ? "1\r\nx\r\n" : "x");
    EXPECT_THAT(socket.read_message(), EndsWith("timed_out after 6")) << "50 s are given, and 1 ms for each byte";
  }
}

TEST_F(ServerLimits, ABodyThatComesFastEnoughMayTakeItsTime) {
  settings_.body_grace = Milliseconds{50'000};
  settings_.body_bytes_per_second = 1;
  start();
  RawSocket socket = connect();
  socket.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n" + std::string(99'999, 'x'));
  wait_until_counted(99'999);
  clock_.advance(Milliseconds{99'999'000});
  socket.send("x");
  wait_until_counted(100'000);
  socket.send("x");
  EXPECT_THAT(socket.read_message(), EndsWith("100001 bytes"));
}

TEST_F(ServerLimits, TheTimeThatAHandlerTakesIsNotCountedAsItsClients) {
  start();
  RawSocket socket = connect();
  socket.send("POST /wait-and-count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na");
  wait_until_entered();
  clock_.advance(Milliseconds{3'600'000});
  release();
  wait_until_counted(1);
  socket.send("b");
  EXPECT_THAT(socket.read_message(), EndsWith("2 bytes"));
}

TEST_F(ServerLimits, AClientThatDoesNotReadItsAnswerIsClosed) {
  settings_.write_timeout = Milliseconds{50};
  settings_.max_connections = 1;
  start();
  RawSocket deaf = connect();
  deaf.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer_to(get_hello), HasSubstr("GET /hello")) << "the only place became free";
}

TEST_F(ServerLimits, BeyondTheConnectionsAtOnceTheLongestIdleOneGoes) {
  settings_.max_connections = 2;
  start();
  RawSocket older = connect();
  older.send(get_hello);
  older.read_message();
  RawSocket newer = connect();
  newer.send(get_hello);
  newer.read_message();
  EXPECT_THAT(answer_to(get_hello), HasSubstr("GET /hello"));
  EXPECT_EQ(older.read_to_end(), "");
  newer.send(get_hello);
  EXPECT_THAT(newer.read_message(), HasSubstr("GET /hello"));
}

TEST_F(ServerLimits, WhileNoneIsIdleFurtherClientsWaitAndAreServedThen) {
  settings_.max_connections = 1;
  start();
  RawSocket busy = connect();
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  wait_until_entered();
  RawSocket next = connect();
  next.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_TRUE(io_.call([this] { return done_; }).empty());
  release();
  EXPECT_THAT(busy.read_message(), HasSubstr("GET /wait"));
  EXPECT_THAT(next.read_message(), EndsWith("2 bytes"));
  EXPECT_EQ(io_.call([this] { return done_; }), (std::vector<std::string>{"/wait", "2 bytes"}));
}

}  // namespace
}  // namespace dropload::http
