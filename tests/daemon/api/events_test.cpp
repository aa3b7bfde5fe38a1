#include "daemon/api/events.h"

#include <gmock/gmock.h>

#include "tests/daemon/api/asking.h"

namespace dropload::api {
namespace {

using test::RawSocket;
using testing::HasSubstr;
using testing::Not;

class EventsApi : public testing::Test {
 protected:
  RawSocket follow(std::string_view query = "", std::string_view headers = "") {
    auto socket = RawSocket::connect_to(server_.port());
    socket.send(fmt::format("GET /v1/events{} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", query, headers));
    const auto head = socket.read_until("retry: 1000\n\n");
    EXPECT_THAT(head, HasSubstr("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_THAT(head, HasSubstr("Cache-Control: no-store\r\n"));
    return socket;
  }
  // The data of the next event of this kind; what comes before it is passed over.
  static Json next(RawSocket& socket, std::string_view kind = "submission") {
    socket.read_until(fmt::format("event: {}\n", kind));
    socket.read_until("data: ");
    return Json::parse(socket.read_until("\n\n"));
  }
  queue::EventId newest() {
    return server_.store([](queue::Store& store) { return queue::newest_event(store); }).value();
  }

  test::ApiServer server_;
};

TEST_F(EventsApi, AListenerBeginsWithAResetAndThenHearsWhatHappens) {
  server_.accept("before.csv");
  auto socket = follow();
  EXPECT_EQ(next(socket, "reset"), Json::object());
  const auto id = server_.accept("a.csv").id;
  const auto event = next(socket);
  EXPECT_EQ(event["id"], id);
  EXPECT_EQ(event["what"], "queued");
  EXPECT_EQ(event["state"], "queued");
  EXPECT_EQ(event["route"], "orders");
  EXPECT_EQ(event["organization"], "main");
  EXPECT_EQ(event["table"], "orders");
  EXPECT_EQ(event["file_name"], "a.csv");
  EXPECT_EQ(event["at"], to_rfc3339(server_.clock().now()));
  EXPECT_EQ(next(socket, "organization")["name"], "main") << "its slots may have changed";
}

TEST_F(EventsApi, OneThatComesBackHearsWhatItHasMissed) {
  server_.accept("a.csv");
  const auto last = newest();
  const auto missed = server_.accept("b.csv").id;
  auto socket = follow("", fmt::format("Last-Event-ID: {}\r\n", last));
  EXPECT_EQ(next(socket)["id"], missed);
  const auto now = server_.accept("c.csv").id;
  EXPECT_EQ(next(socket)["id"], now) << "nothing twice";
}

TEST_F(EventsApi, OneThatWasAwayForTooLongBeginsAnew) {
  server_.accept("a.csv");
  const auto last = newest();
  server_
      .store([](queue::Store& store) -> Result<void> {
        store.database().raw().exec(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 1000) INSERT INTO event "
            "(submission, at, what, text) SELECT 1, 1, 'x', '' FROM n");
        return {};
      })
      .value();
  for (const auto id : {last, newest() + 1}) {
    auto socket = follow("", fmt::format("Last-Event-ID: {}\r\n", id));
    EXPECT_THAT(socket.read_until("\n\n"), HasSubstr(fmt::format("event: reset\nid: {}\n", newest())));
  }
}

TEST_F(EventsApi, AFilterKeepsOtherRoutesAway) {
  auto socket = follow("?route=tiny");
  server_.accept("a.csv");
  const auto id = server_.accept("b.csv", "tiny").id;
  EXPECT_EQ(next(socket)["id"], id);
  EXPECT_EQ(ask_of(server_, "GET /v1/events?rout=tiny").status, 400);
}

TEST_F(EventsApi, PausesAreToldWhoeverMadeThem) {
  auto socket = follow();
  next(socket, "reset");
  ASSERT_EQ(ask_of(server_, "POST /v1/routes/tiny/pause").status, 200);
  EXPECT_EQ(next(socket, "route")["name"], "tiny");
  server_.store([](queue::Store& store) { return store.pause("main", {"the service says so", Time{1}}); }).value();
  EXPECT_EQ(next(socket, "organization")["name"], "main");
  ASSERT_EQ(ask_of(server_, "POST /v1/routes/tiny/resume").status, 200);
  EXPECT_EQ(next(socket, "route")["name"], "tiny");
}

TEST_F(EventsApi, WhereNothingHappensACommentSaysThatAllIsWell) {
  auto socket = follow();
  EXPECT_THAT(socket.read_until(":\n\n"), Not(HasSubstr("event: submission")));
}

TEST_F(EventsApi, OneListenerTooManyIsRefused) {
  std::vector<RawSocket> all;
  for (std::size_t i = 0; i < Events::most_listeners; ++i) all.push_back(follow());
  const auto asked = ask_of(server_, "GET /v1/events");
  EXPECT_EQ(asked.status, 503);
  EXPECT_THAT(asked.json()["detail"].get<std::string>(), HasSubstr("64 follow the events already"));
}

TEST_F(EventsApi, AStreamEndsWhenTheDaemonStops) {
  auto socket = follow();
  server_.stop();
  EXPECT_NO_THROW(socket.read_to_end());
}

}  // namespace
}  // namespace dropload::api
