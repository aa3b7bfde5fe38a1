#pragma once

// One request and its answer on one connection. Sending and receiving go on at the same time, so that an answer is seen
// that comes while the body is still being sent; whichever of them ends the exchange ends the other by closing the
// connection.

#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/http/client.h"
#include "common/http/client_stream.h"
#include "common/http/watchdog.h"

namespace dropload::http {

using ResponseParser = boost::beast::http::response_parser<boost::beast::http::string_body>;

class Exchange {
 public:
  // All outlive the exchange. `authority` is the Host header.
  Exchange(ClientStream& stream, const ClientRequest& request, const ClientSettings& settings, std::string authority);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Once. Throws what the request's callbacks throw, and operation_aborted when cancelled.
  Awaitable<void> run();

  // After run().
  [[nodiscard]] ClientResult take_result();
  // Whether the connection is fit for another request.
  [[nodiscard]] bool reusable() const { return reusable_; }
  // Whether the connection broke before a byte of an answer came, and nothing forbids another try: the request may be
  // repeated, or cannot have left whole and nobody was told that it is about to.
  [[nodiscard]] bool may_try_again() const;

 private:
  Awaitable<void> send();
  Awaitable<Result<void>> send_request();
  Awaitable<Result<void>> send_file(std::string head, const FileBody& file);
  Awaitable<Result<void>> allow_last_piece(const FileBody& file);
  Awaitable<Result<void>> write(std::array<asio::const_buffer, 3> pieces, bool last);

  Awaitable<void> receive();
  Awaitable<Result<ClientResponse>> read_answer();
  Awaitable<Result<void>> read_message(ResponseParser& parser);

  void fail(Error failure);
  Error broken(const boost::system::error_code& ec, std::string_view when) const;

  ClientStream& stream_;
  const ClientRequest& request_;
  const ClientSettings& settings_;
  std::string authority_;
  Watchdog sending_;
  Watchdog answering_;
  boost::beast::flat_buffer unread_;
  std::optional<ClientResponse> answer_;
  std::optional<Error> failure_;   // the first, which is the cause of the others
  bool whole_may_be_out_ = false;  // the last byte may have left
  bool all_sent_ = false;
  bool announced_ = false;     // before_last_piece was called
  bool stream_broke_ = false;  // under a write
  bool got_bytes_ = false;
  bool reusable_ = false;
};

}  // namespace dropload::http
