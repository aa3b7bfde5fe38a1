#pragma once

// A server on its own io thread with a handler that does a little of everything.

#include <future>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/deadline.h"
#include "common/http/server.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/io_thread.h"
#include "tests/support/raw_socket.h"

namespace dropload::http {

inline constexpr Milliseconds long_time{60'000};
inline constexpr std::string_view get_hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

inline Response plain(std::string text, Status status = Status::ok) {
  return Response{.status = status, .content_type = "text/plain", .body = std::move(text)};
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    settings_.header_timeout = long_time;
    settings_.body_read_timeout = long_time;
  }
  ~ServerTest() override {
    if (server_) {
      release();
      stop(long_time);
    }
    io_.stop();
  }

  void start() {
    server_ =
        Server::listen(io_.context(), clock_, settings_, [this](Request& request) { return handle(request); }).value();
    io_.call([this] { server_->start(); });
  }
  void stop(Milliseconds grace) {
    io_.run(server_->stop(grace));
    server_.reset();
  }
  [[nodiscard]] test::RawSocket connect() const { return test::RawSocket::connect_to(server_->port()); }
  [[nodiscard]] std::string answer_to(std::string_view request) const {
    test::RawSocket socket = connect();
    socket.send(request);
    return socket.read_message();
  }
  // Lets the handler of "/wait" go on, now or when it comes.
  void release() {
    io_.call([this] { wake_.notify(); });
  }
  void wait_until_entered() { entered_.get_future().wait(); }
  // The handler of "/count" has had so many bytes, and waits for more.
  void wait_until_counted(std::uint64_t bytes) {
    ASSERT_TRUE(test::eventually([&] { return counted_ == bytes; })) << counted_ << " bytes have come";
    io_.call([] {});  // what the handler did on the thread until it had to wait
  }

  Awaitable<Response> count_body(BodyReader& body) {
    std::string buffer(100'000, '\0');
    std::uint64_t total = 0;
    for (;;) {
      const auto count = co_await body.read(asio::buffer(buffer));
      if (!count)
        co_return plain(fmt::format("{} after {}", to_string(count.error().code), total), Status::bad_request);
      if (*count == 0) co_return plain(fmt::format("{} bytes", total));
      total += *count;
      counted_ = total;
    }
  }

  Awaitable<Response> handle(Request& request) {
    if (request.path == "/wait-and-count") {
      entered_.set_value();
      co_await wake_.wait(std::nullopt);
      co_return co_await count_body(*request.body);
    }
    if (request.path == "/count" || request.path == "/count-2000") {
      if (request.path == "/count-2000") request.body->set_limit(2000);
      Response counted = co_await count_body(*request.body);
      done_.push_back(counted.body);
      co_return counted;
    }
    if (request.path == "/whole") {
      const auto whole = co_await read_whole(*request.body, 1000);
      if (!whole) co_return plain(whole.error().message, Status::payload_too_large);
      co_return plain(*whole);
    }
    if (request.path == "/echo") {
      auto whole = co_await read_whole(*request.body, 1'000'000);
      co_return plain(whole ? std::move(*whole) : whole.error().message);
    }
    if (request.path == "/ignore") co_return plain("not read", Status::payload_too_large);
    if (request.path == "/throw") throw std::runtime_error("thrown on purpose");
    if (request.path == "/throw-aborted") throw boost::system::system_error(asio::error::operation_aborted);
    if (request.path == "/close") co_return Response{.body = "{}", .close = true};
    if (request.path == "/big") co_return plain(std::string(32'000'000, 'b'));
    if (request.path == "/wait") {
      entered_.set_value();
      co_await wake_.wait(std::nullopt);
      done_.push_back("/wait");
    }
    co_return plain(fmt::format("{} {} ?{} host {}", std::string_view(to_string(request.verb)), request.path,
                                request.query_text, std::string_view(request.headers["Host"])));
  }

  test::IoThread io_;
  test::FakeClock clock_;
  ServerSettings settings_;
  std::unique_ptr<Server> server_;
  Wakeup wake_{io_.context().get_executor()};
  std::promise<void> entered_;
  std::atomic<std::uint64_t> counted_ = 0;
  std::vector<std::string> done_;  // on the io thread
};

}  // namespace dropload::http
