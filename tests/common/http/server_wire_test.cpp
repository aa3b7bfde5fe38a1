#include "common/http/server_wire.h"

#include <gtest/gtest.h>

namespace dropload::http {
namespace {

TEST(Target, AllFormsOfATargetGivePathAndQuery) {
  const auto plain = parse_target("/v1/x%20y?a=1?b").value();
  EXPECT_EQ(plain.path, "/v1/x%20y");
  EXPECT_EQ(plain.query_text, "a=1?b");
  EXPECT_EQ(plain.authority, std::nullopt);
  EXPECT_EQ(parse_target("/v1/x?")->query_text, "");
  EXPECT_EQ(parse_target("*")->path, "*");
  const auto absolute = parse_target("HTTP://host:81/p?q=http://x/").value();
  EXPECT_EQ(absolute.path, "/p");
  EXPECT_EQ(absolute.query_text, "q=http://x/");
  EXPECT_EQ(absolute.authority, "host:81");
  EXPECT_EQ(parse_target("http://host")->path, "/");
  EXPECT_EQ(parse_target("http://host?q")->query_text, "q");
}

TEST(Target, WhatIsNeitherPathNorUrlIsNone) {
  for (const auto* target : {"", "v1/x", "host:443", "http://", "ftp://host/", "**"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

TEST(AnswerHead, LengthTypeAndOwnHeadersStandInIt) {
  const Response response{
      .status = Status::created, .content_type = "text/plain", .body = "four", .headers = {{"Location", "/x"}}};
  EXPECT_EQ(
      answer_head(response, {"me", 11, true}),
      "HTTP/1.1 201 Created\r\nServer: me\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nLocation: /x\r\n\r\n");
}

TEST(AnswerHead, TheConnectionsFateIsSaidOnlyWhereItIsNotTheDefault) {
  const Response response;
  EXPECT_EQ(answer_head(response, {"me", 11, true}).find("Connection"), std::string::npos);
  EXPECT_NE(answer_head(response, {"me", 11, false}).find("Connection: close\r\n"), std::string::npos);
  EXPECT_NE(answer_head(response, {"me", 10, true}).find("Connection: keep-alive\r\n"), std::string::npos);
}

TEST(AnswerHead, AnAnswerWithoutBodyHasNoLength) {
  Response response;
  response.status = Status::no_content;
  EXPECT_EQ(answer_head(response, {"me", 11, true}), "HTTP/1.1 204 No Content\r\nServer: me\r\n\r\n");
}

TEST(AnswerHead, AStreamIsChunkedForHttp11AndHasNoLength) {
  struct Empty final : BodySource {
    Awaitable<Result<std::string_view>> next() override { co_return std::string_view(); }
  };
  Response response;
  response.stream = std::make_shared<Empty>();
  EXPECT_EQ(answer_head(response, {"me", 11, true}),
            "HTTP/1.1 200 OK\r\nServer: me\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(answer_head(response, {"me", 10, false}),
            "HTTP/1.1 200 OK\r\nServer: me\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n");
}

TEST(AnswerHead, AValueCannotBeginAnotherHeader) {
  Response response;
  response.headers = {{"X", "a\r\nSet-Cookie: b"}};
  EXPECT_NE(answer_head(response, {"me", 11, true}).find("X: a  Set-Cookie: b\r\n"), std::string::npos);
}

TEST(Refusal, OnlyWhoCanStillReadItIsAnswered) {
  EXPECT_EQ(refusal_of({Errc::too_large, "x"})->status, Status::request_header_fields_too_large);
  EXPECT_EQ(refusal_of({Errc::timed_out, "x"})->status, Status::request_timeout);
  EXPECT_EQ(refusal_of({Errc::protocol, "x"})->status, Status::bad_request);
  EXPECT_FALSE(refusal_of({Errc::connection, "x"}));
}

}  // namespace
}  // namespace dropload::http
