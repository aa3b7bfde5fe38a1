#pragma once

// One request to the API on a connection of its own, with the answer in parts.

#include <gtest/gtest.h>

#include "daemon/api/json_types.h"
#include "tests/support/api_server.h"
#include "tests/support/raw_socket.h"

namespace dropload::api {

struct Asked {
  int status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] Json json() const { return Json::parse(body); }
};

inline std::string without_chunks(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    const auto size = std::stoul(std::string(text.substr(0, end)), nullptr, 16);
    if (size == 0) break;
    whole += text.substr(end + 2, size);
    text.remove_prefix(end + 4 + size);
  }
  return whole;
}

inline Asked ask_of(const test::ApiServer& server, std::string_view request_line, std::string_view body = "",
                    std::string_view more = "") {
  auto socket = test::RawSocket::connect_to(server.port());
  socket.send(fmt::format("{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}",
                          request_line, body.size(), more, body));
  const std::string answer = socket.read_to_end();
  const auto end_of_head = answer.find("\r\n\r\n");
  if (end_of_head == std::string::npos) throw std::runtime_error("no answer: " + answer);
  Asked asked{std::stoi(answer.substr(9, 3)), answer.substr(0, end_of_head), answer.substr(end_of_head + 4)};
  if (asked.head.find("Transfer-Encoding: chunked") != std::string::npos) asked.body = without_chunks(asked.body);
  return asked;
}

}  // namespace dropload::api
