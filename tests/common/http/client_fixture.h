#pragma once

// A client on its own io thread; the test itself is the server, byte by byte.

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/client.h"
#include "tests/support/io_thread.h"
#include "tests/support/raw_socket.h"
#include "tests/support/temporary_directory.h"

namespace dropload::http {

inline constexpr std::string_view ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline ClientRequest get(std::string target) {
  return ClientRequest{.verb = Verb::get, .target = std::move(target)};
}

inline ClientRequest post(std::string body) {
  return ClientRequest{.verb = Verb::post, .target = "/post", .content_type = "text/plain", .body = std::move(body)};
}

class ClientTest : public testing::Test {
 protected:
  ~ClientTest() override { io_.stop(); }

  void start() { start({.tls = false, .host = "127.0.0.1", .port = listener_.port()}); }
  void start(Origin origin) { client_ = Client::create(io_.context(), std::move(origin), settings_).value(); }

  std::future<ClientResult> send(ClientRequest request) {
    return asio::co_spawn(io_.context(), client_->send(std::move(request)), asio::use_future);
  }
  // Sends it, answers it on a connection that the client opens, and gives that connection.
  test::RawSocket exchange(ClientRequest request, std::string_view answer) {
    auto sent = send(std::move(request));
    auto peer = listener_.accept();
    peer.read_message();
    peer.send(answer);
    last_ = sent.get();
    return peer;
  }
  [[nodiscard]] const ClientResponse& response() const { return std::get<ClientResponse>(last_); }
  [[nodiscard]] const ClientFailure& failure() const { return std::get<ClientFailure>(last_); }

  // A file of that size with a different byte at each place of a mebibyte.
  ClientRequest upload(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i + i / 1024) % 26);
    path_ = directory_.write("upload", text);
    fd_ = SystemFiles().open_for_reading(path_).value();
    ClientRequest request{.verb = Verb::post, .target = "/upload", .content_type = "text/csv"};
    request.body = FileBody{.before = "<", .fd = fd_.get(), .size = size, .after = ">"};
    return request;
  }
  [[nodiscard]] std::string file_text() const { return test::contents(path_); }

  test::IoThread io_;
  test::RawListener listener_;
  ClientSettings settings_;
  std::unique_ptr<Client> client_;
  ClientResult last_;
  test::TemporaryDirectory directory_;
  std::filesystem::path path_;
  UniqueFd fd_;
};

}  // namespace dropload::http
