#pragma once

// One accepted connection: requests one after another, each given to the handler, until one side has had enough.

#include <list>
#include <optional>

#include "common/http/deadline.h"
#include "common/http/server.h"
#include "common/http/server_body.h"
#include "common/http/server_channel.h"

namespace dropload::http {

class ServerConnection;

// What all connections of a server share.
struct ServerShared {
  ServerSettings settings;
  const Clock& clock;
  Handler handler;
  bool stopping = false;
  std::size_t connections = 0;
  std::list<ServerConnection*> idle;  // the one that waits longest first
  Wakeup room;                        // notified when a connection ends or becomes idle
};

class ServerConnection {
 public:
  ServerConnection(asio::ip::tcp::socket socket, ServerShared& shared);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  Awaitable<void> run();
  // Ends the wait for a request. One whose first bytes have come already is still answered.
  void end_idle_wait();
  // Whether it has had a request; one that has not is only just being set up by its client.
  [[nodiscard]] bool served() const { return served_; }

 private:
  Awaitable<bool> wait_for_request();
  Awaitable<Result<void>> read_header(RequestParser& parser);
  Result<Request> request_of(RequestParser& parser);
  Awaitable<bool> answer(RequestParser& parser, Request request);
  Awaitable<Result<void>> send(const Response& response, std::string_view head, bool with_body, bool chunked);
  Awaitable<Response> handle(Request& request);
  Awaitable<void> refuse(Error failure);

  ServerShared& shared_;
  ServerChannel channel_;
  asio::ip::tcp::endpoint peer_;
  bool served_ = false;
};

}  // namespace dropload::http
