// Callbacks of the service as they come in over REST.

#include "daemon/queue/callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/digest.h"
#include "tests/support/api_server.h"
#include "tests/support/captured_log.h"
#include "tests/support/raw_socket.h"

namespace dropload::api {
namespace {

using test::RawSocket;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CallbacksApiTest : public testing::Test {
 protected:
  // A running job with this secret, to be polled in five minutes.
  queue::JobId expect_call(const std::string& secret) {
    const auto id = server_.accept("a.csv").id;
    const Time now = server_.clock().now();
    return server_
        .store([=, sha256 = sha256_hex(secret)](queue::Store& store) -> Result<queue::JobId> {
          const auto job = store.begin_job(id, {"main", 5, {}}, {1, 0}, now);
          if (!job) return job.error();
          if (const auto noted = queue::expect_callback(store, job->id, sha256); !noted) return noted.error();
          if (const auto back = store.call_returned(job->id, now); !back) return back.error();
          const auto ran = store.job_accepted(job->id, "1767", "1767009", now + Milliseconds{300'000}, now);
          if (!ran) return ran.error();
          return job->id;
        })
        .value();
  }
  std::string ask(const std::string& line, const std::string& host = "drop.example.com", const std::string& body = "",
                  const std::string& more = "") {
    auto socket = RawSocket::connect_to(server_.port());
    socket.send(fmt::format("{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}", line,
                            host, body.size(), more, body));
    return socket.read_to_end();
  }
  Milliseconds until_poll(queue::JobId job) {
    const auto found = server_.store([job](queue::Store& store) { return store.find_job(job); }).value();
    return *found.next_poll_at - server_.clock().now();
  }

  const std::string secret_ = std::string(63, 'a') + "b";
  const std::string other_ = std::string(63, 'a') + "c";
  test::CapturedLog log_;
  test::ApiServer server_;
};

TEST_F(CallbacksApiTest, TheJobIsDueAtOnceAndTheRunnerWakes) {
  const auto job = expect_call(secret_);
  EXPECT_THAT(ask("POST /v1/callbacks/" + secret_, "drop.example.com", R"({"jobCode":"1004"})"),
              StartsWith("HTTP/1.1 204 "));
  EXPECT_EQ(until_poll(job), Milliseconds{0});
  EXPECT_EQ(server_.wakes(), 1);
}

TEST_F(CallbacksApiTest, WhatTheBodySaysIsNotBelieved) {
  const auto job = expect_call(secret_);
  ask("POST /v1/callbacks/" + secret_, "localhost", R"({"jobCode":"1003","jobStatus":"JOB FAILED"})");
  const auto found = server_.store([job](queue::Store& store) { return store.find_job(job); }).value();
  EXPECT_EQ(found.state, queue::JobState::running);
  EXPECT_EQ(found.remote_code, std::nullopt);
}

TEST_F(CallbacksApiTest, AFloodWakesOnce) {
  expect_call(secret_);
  for (int i = 0; i < 20; ++i) EXPECT_THAT(ask("POST /v1/callbacks/" + secret_), StartsWith("HTTP/1.1 204 "));
  EXPECT_EQ(server_.wakes(), 1);
}

TEST_F(CallbacksApiTest, AnEndedJobIsAnsweredAndNothingWakes) {
  server_.finish(expect_call(secret_), {1, 1, 0});
  EXPECT_THAT(ask("POST /v1/callbacks/" + secret_), StartsWith("HTTP/1.1 204 "));
  EXPECT_EQ(server_.wakes(), 0);
}

TEST_F(CallbacksApiTest, AnUnknownSecretIsNotFound) {
  const auto job = expect_call(secret_);
  for (const std::string& wrong : {other_, std::string("x"), secret_ + "0", std::string(64, 'A'), std::string("%00")}) {
    EXPECT_THAT(ask("POST /v1/callbacks/" + wrong), StartsWith("HTTP/1.1 404 ")) << wrong;
  }
  EXPECT_EQ(until_poll(job), Milliseconds{300'000});
  EXPECT_EQ(server_.wakes(), 0);
}

TEST_F(CallbacksApiTest, OnlyThisPathIsAnsweredUnderTheProxysName) {
  for (const char* line : {"GET /v1/submissions", "GET /healthz", "POST /v1/organizations/main/pause",
                           "GET /v1/callbacks", "POST /v1/callbacks", "GET //v1/callbacks/../submissions"}) {
    EXPECT_THAT(ask(line), StartsWith("HTTP/1.1 403 ")) << line;
  }
  EXPECT_THAT(ask("POST /v1/callbacks/" + secret_, "evil.example"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(ask("GET /v1/callbacks/" + secret_), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(ask("GET /v1/callbacks/../submissions"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(CallbacksApiTest, AWebPageMayNotCallEvenWithTheSecret) {
  expect_call(secret_);
  EXPECT_THAT(ask("POST /v1/callbacks/" + secret_, "localhost", "", "Sec-Fetch-Site: cross-site\r\n"),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_EQ(server_.wakes(), 0);
}

TEST_F(CallbacksApiTest, ALargeBodyIsNotTakenInButTheJobIsAskedFor) {
  expect_call(secret_);
  auto socket = RawSocket::connect_to(server_.port());
  socket.send("POST /v1/callbacks/" + secret_ + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{");
  const auto answer = socket.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_EQ(server_.wakes(), 1);
}

TEST_F(CallbacksApiTest, NoLogAndNoAnswerHasTheSecret) {
  expect_call(secret_);
  std::string answers;
  for (const std::string& line :
       {"POST /v1/callbacks/" + secret_, "POST /v1/callbacks/" + other_, "GET /v1/callbacks/" + secret_,
        "POST /v1/callbacks/" + secret_ + "/", "POST //v1/callbacks/" + secret_, "POST /v1/c%61llbacks/" + secret_,
        "POST /v1/callbacks/" + secret_ + "?x=%zz"}) {
    for (const char* host : {"drop.example.com", "evil.example"}) answers += ask(line, host);
  }
  EXPECT_THAT(log_.text(), HasSubstr("POST /v1/callbacks/"));
  for (const std::string& secret : {secret_, other_}) {
    EXPECT_THAT(log_.text(), Not(HasSubstr(secret)));
    EXPECT_THAT(answers, Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace dropload::api
