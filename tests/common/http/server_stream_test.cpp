#include "tests/common/http/server_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"

namespace dropload::http {
namespace {

using test::RawSocket;
using testing::EndsWith;
using testing::HasSubstr;

// Pieces of a body, and then perhaps no end.
struct Pieces final : BodySource {
  enum class End { whole, failure, exception };
  Pieces(std::vector<std::string> list, End how) : pieces(std::move(list)), end(how) {}

  Awaitable<Result<std::string_view>> next() override {
    if (at < pieces.size()) co_return std::string_view(pieces[at++]);
    if (end == End::failure) co_return error(Errc::io, "the disk is gone");
    if (end == End::exception) throw std::runtime_error("thrown on purpose");
    co_return std::string_view();
  }

  std::vector<std::string> pieces;
  End end;
  std::size_t at = 0;
};

// Without an end; what became of it outlives it.
struct Endless final : BodySource {
  struct Fate {
    std::atomic<int> pieces = 0;
    std::atomic<bool> gone = false;
  };
  explicit Endless(Fate& wanted) : fate(wanted) {}
  ~Endless() override { fate.gone = true; }
  Awaitable<Result<std::string_view>> next() override {
    ++fate.pieces;
    co_return std::string_view(piece);
  }
  std::string piece = std::string(1'000'000, 'x');
  Fate& fate;
};

class ServerStreamTest : public testing::Test {
 protected:
  ~ServerStreamTest() override {
    if (server_) io_.run(server_->stop(Milliseconds{0}));
    io_.stop();
  }
  void start(std::shared_ptr<BodySource> source, ServerSettings settings = {}) {
    source_ = std::move(source);
    server_ =
        Server::listen(io_.context(), clock_, settings, [this](Request& request) { return handle(request); }).value();
    io_.call([this] { server_->start(); });
  }
  void start(std::vector<std::string> pieces, Pieces::End end = Pieces::End::whole) {
    start(std::make_shared<Pieces>(std::move(pieces), end));
  }
  Awaitable<Response> handle(Request&) {
    Response response = plain("");
    response.stream = std::exchange(source_, nullptr);
    if (!response.stream) response.body = "held whole";
    co_return response;
  }
  [[nodiscard]] RawSocket asked(std::string_view request) const {
    RawSocket socket = RawSocket::connect_to(server_->port());
    socket.send(request);
    return socket;
  }

  test::FakeClock clock_;
  test::IoThread io_;
  std::shared_ptr<BodySource> source_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerStreamTest, ABodyIsSentInChunksAndTheConnectionGoesOn) {
  start({"one", std::string(20, 'x')});
  RawSocket socket = asked(get_hello);
  EXPECT_THAT(socket.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_EQ(socket.read_until("\r\n0\r\n\r\n"), "3\r\none\r\n14\r\n" + std::string(20, 'x') + "\r\n0\r\n\r\n");
  socket.send(get_hello);
  EXPECT_THAT(socket.read_message(), EndsWith("held whole"));
}

TEST_F(ServerStreamTest, AnEmptyBodyIsItsLastChunkAlone) {
  start(std::vector<std::string>{});
  RawSocket socket = asked(get_hello);
  socket.read_until("\r\n\r\n");
  EXPECT_EQ(socket.read_until("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(ServerStreamTest, AnOldClientGetsTheBytesAsTheyAreUpToTheClose) {
  start({"one", "two"});
  RawSocket socket = asked("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string answer = socket.read_to_end();
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n\r\nonetwo"));
  EXPECT_THAT(answer, testing::Not(HasSubstr("Transfer-Encoding")));
}

TEST_F(ServerStreamTest, HeadIsAnsweredWithoutAskingForTheBody) {
  start({"one"}, Pieces::End::exception);
  RawSocket socket = asked("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(socket.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked\r\n"));
  socket.send(get_hello);
  EXPECT_THAT(socket.read_message(), EndsWith("held whole"));
}

TEST_F(ServerStreamTest, AFailureOnTheWayLeavesTheBodyWithoutItsEnd) {
  for (const auto end : {Pieces::End::failure, Pieces::End::exception}) {
    if (server_) io_.run(server_->stop(long_time));
    start({"one"}, end);
    RawSocket socket = asked(get_hello);
    EXPECT_THAT(socket.read_to_end(), EndsWith("\r\n\r\n3\r\none"));
  }
}

TEST_F(ServerStreamTest, AFailureOnTheWayIsAResetForAnOldClient) {
  start({"one"}, Pieces::End::failure);
  RawSocket socket = asked("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_ANY_THROW(socket.read_to_end());
}

TEST_F(ServerStreamTest, NoMoreIsAskedForThanTheClientTakes) {
  Endless::Fate fate;
  ServerSettings settings;
  settings.write_timeout = Milliseconds{100};
  start(std::make_shared<Endless>(fate), settings);
  const RawSocket socket = asked(get_hello);
  // It takes nothing: there is no more than what the kernel's buffers hold.
  EXPECT_TRUE(test::eventually([&] { return fate.gone.load(); }));
  EXPECT_LT(fate.pieces, 50);
}

TEST_F(ServerStreamTest, TheSourceGoesWhenTheClientDoes) {
  Endless::Fate fate;
  start(std::make_shared<Endless>(fate));
  RawSocket socket = asked(get_hello);
  socket.read_bytes(1'000);
  socket.reset();
  EXPECT_TRUE(test::eventually([&] { return fate.gone.load(); }));
}

}  // namespace
}  // namespace dropload::http
