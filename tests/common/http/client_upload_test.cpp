#include <malloc.h>
#include <unistd.h>

#include "common/http/multipart_reader.h"
#include "common/http/multipart_writer.h"
#include "common/http/server.h"
#include "tests/common/http/client_fixture.h"
#include "tests/support/fake_clock.h"

namespace dropload::http {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t mebibyte = 1024 * 1024;

class ClientUpload : public ClientTest {};

// The hooks are plain functions of coroutines: what they note lives in the test.
Awaitable<Result<void>> allow(std::vector<std::string>& events) {
  events.push_back("last piece");
  co_return Result<void>{};
}

Awaitable<Result<void>> refuse(int& asked) {
  ++asked;
  co_return error(Errc::no_space, "the intent could not be written");
}

TEST_F(ClientUpload, TheFileArrivesByteForByteBetweenItsTexts) {
  start();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, mebibyte, mebibyte + 1, 3 * mebibyte}) {
    start();
    auto sent = send(upload(size));
    auto peer = listener_.accept();
    const std::string message = peer.read_message();
    EXPECT_TRUE(message.substr(message.find("\r\n\r\n") + 4) == "<" + file_text() + ">") << size;
    peer.send(ok_answer);
    last_ = sent.get();
    EXPECT_EQ(response().body, "ok");
  }
}

TEST_F(ClientUpload, APartOfAFileIsSentFromItsOffsetOnAndTheFileMayNotChange) {
  start();
  for (const std::size_t length : {std::size_t{0}, std::size_t{9}, mebibyte + 3}) {
    auto request = upload(2 * mebibyte);
    auto& body = std::get<FileBody>(request.body);
    body.part = FilePart{1000, 2 * mebibyte};
    body.size = length;
    start();
    auto sent = send(request);
    auto peer = listener_.accept();
    const std::string message = peer.read_message();
    EXPECT_TRUE(message.substr(message.find("\r\n\r\n") + 4) == "<" + file_text().substr(1000, length) + ">") << length;
    peer.send(ok_answer);
    last_ = sent.get();
    EXPECT_EQ(response().body, "ok");
    std::filesystem::resize_file(path_, 2 * mebibyte - 1);
    auto never = send(std::move(request));
    last_ = never.get();
    EXPECT_THAT(failure().error.message, HasSubstr("changed while it was being sent"));
    EXPECT_FALSE(failure().maybe_sent);
  }
}

TEST_F(ClientUpload, ProgressIsToldAndTheLastPieceAnnouncedBeforeIt) {
  start();
  std::vector<std::string> events;
  auto request = upload(2 * mebibyte + 7);
  request.before_last_piece = [&events] { return allow(events); };
  request.on_progress = [&events](std::uint64_t sent) { events.push_back(std::to_string(sent)); };
  exchange(std::move(request), ok_answer);
  EXPECT_EQ(response().body, "ok");
  EXPECT_THAT(events, ElementsAre("1048576", "2097152", "last piece", "2097159"));
}

TEST_F(ClientUpload, WithoutTheLastPieceTheServerCannotHaveTheWholeRequest) {
  start();
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, mebibyte, 2 * mebibyte + 7}) {
    int asked = 0;
    auto request = upload(size);
    request.before_last_piece = [&asked] { return refuse(asked); };
    auto sent = send(std::move(request));
    auto peer = listener_.accept();
    const std::string message = peer.read_to_end();
    last_ = sent.get();
    EXPECT_EQ(failure().error.code, Errc::no_space);
    EXPECT_FALSE(failure().maybe_sent);
    EXPECT_EQ(asked, 1);
    // Without its last piece a small request has not even all of its head.
    const std::size_t head_end = message.find("\r\n\r\n");
    const std::size_t body_size = head_end == std::string::npos ? 0 : message.size() - head_end - 4;
    EXPECT_LT(body_size, size + 2);
  }
}

TEST_F(ClientUpload, ARefusalOnAKeptConnectionIsNotTriedAgain) {
  start();
  auto peer = exchange(get("/"), ok_answer);
  int asked = 0;
  auto request = upload(10);
  request.before_last_piece = [&asked] { return refuse(asked); };
  last_ = send(std::move(request)).get();
  EXPECT_EQ(failure().error.code, Errc::no_space);
  EXPECT_EQ(asked, 1);
}

TEST_F(ClientUpload, AFileThatIsNotOfItsSizeIsNeverSent) {
  start();
  for (const std::size_t size : {std::size_t{9}, std::size_t{11}}) {
    auto request = upload(10);
    std::get<FileBody>(request.body).size = size;
    auto sent = send(std::move(request));
    auto peer = listener_.accept();
    EXPECT_EQ(peer.read_to_end(), "");
    last_ = sent.get();
    EXPECT_EQ(failure().error.code, Errc::io);
    EXPECT_FALSE(failure().maybe_sent);
  }
}

TEST_F(ClientUpload, AFileThatChangesItsSizeWhileItIsSentIsNeverSentWhole) {
  start();
  for (const std::size_t becomes : {mebibyte + 5, 3 * mebibyte}) {
    auto request = upload(2 * mebibyte);
    request.on_progress = [&](std::uint64_t) { std::filesystem::resize_file(path_, becomes); };
    auto sent = send(std::move(request));
    auto peer = listener_.accept();
    EXPECT_LT(peer.read_to_end().size(), 2 * mebibyte);
    last_ = sent.get();
    EXPECT_EQ(failure().error.code, Errc::io);
    EXPECT_THAT(failure().error.message, HasSubstr("changed while it was being sent"));
    EXPECT_FALSE(failure().maybe_sent);
  }
}

TEST_F(ClientUpload, AnAnswerThatComesWhileTheBodyIsBeingSentIsRead) {
  start();
  constexpr std::string_view too_large = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig";
  for (const bool closes : {true, false}) {
    int asked = 0;
    auto request = upload(40'000'000);
    request.before_last_piece = [&asked] { return refuse(asked); };
    auto sent = send(std::move(request));
    auto peer = listener_.accept();
    peer.read_until("\r\n\r\n");
    peer.send(too_large);
    if (closes) peer.close();
    last_ = sent.get();
    EXPECT_EQ(response().status, Status::payload_too_large);
    EXPECT_EQ(response().body, "big");
    EXPECT_EQ(asked, 0);
  }
}

class Collected final : public MultipartSink {
 public:
  Result<void> part_begins(const PartHead& head) override {
    text += head.name + "=";
    return {};
  }
  Result<void> part_data(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  Result<void> part_ends() override {
    text += ";";
    return {};
  }
  std::string text;
};

TEST_F(ClientUpload, AFormWrittenAroundAFileIsReadBack) {
  start();
  auto request = upload(3 * mebibyte);
  auto form = multipart_around_file("b0123456789", "FILE", "a.csv", "text/csv", {{"CONFIG", "{}"}});
  request.content_type = form.content_type;
  auto& file = std::get<FileBody>(request.body);
  file.before = form.before;
  file.after = form.after;
  auto sent = send(std::move(request));
  auto peer = listener_.accept();
  const std::string message = peer.read_message();
  peer.send(ok_answer);
  sent.get();
  Collected collected;
  MultipartReader reader("b0123456789", collected);
  ASSERT_TRUE(reader.feed(std::string_view(message).substr(message.find("\r\n\r\n") + 4)));
  ASSERT_TRUE(reader.finish());
  EXPECT_TRUE(collected.text == "CONFIG={};FILE=" + file_text() + ";");
}

Awaitable<Response> count(Request& request) {
  std::string buffer(64 * 1024, '\0');
  std::uint64_t total = 0;
  Result<std::size_t> read{std::size_t{1}};
  while (read && *read > 0) {
    read = co_await request.body->read(asio::buffer(buffer));
    if (read) total += *read;
  }
  co_return Response{.body = std::to_string(total)};
}

std::size_t allocated() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_F(ClientUpload, FiveLargeFilesAtOnceTakeAFewMegabytesInAll) {
  constexpr std::uint64_t size = 100'000'000;
  test::IoThread server_io;
  const test::FakeClock clock;
  ServerSettings server_settings;
  server_settings.max_body_bytes = size + 2;
  auto server = Server::listen(server_io.context(), clock, server_settings, count).value();
  server_io.call([&] { server->start(); });
  start({.tls = false, .host = "127.0.0.1", .port = server->port()});
  auto request = upload(10);
  std::filesystem::resize_file(path_, size);
  std::get<FileBody>(request.body).size = size;
  const std::size_t before = allocated();
  std::size_t most = before;
  request.on_progress = [&most](std::uint64_t) { most = std::max(most, allocated()); };
  std::vector<std::future<ClientResult>> uploads;
  for (int i = 0; i < 5; ++i) uploads.push_back(send(request));
  for (auto& each : uploads) {
    last_ = each.get();
    EXPECT_EQ(response().body, std::to_string(size + 2));
  }
  EXPECT_LT(most - before, 12'000'000U);
  server_io.run(server->stop(Milliseconds{10'000}));
  server_io.stop();
}

}  // namespace
}  // namespace dropload::http
