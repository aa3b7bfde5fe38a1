#pragma once

// The BodyReader of a request on a connection.

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "common/http/server.h"
#include "common/http/server_channel.h"

namespace dropload::http {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

class ServerBody final : public BodyReader {
 public:
  // The header has been parsed. All outlive the body.
  ServerBody(ServerChannel& channel, RequestParser& parser, const ServerSettings& settings, const Clock& clock);

  Awaitable<Result<std::size_t>> read(asio::mutable_buffer buffer) override;
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }
  void set_limit(std::uint64_t bytes) override { limit_ = bytes; }

  // Whether what was not read is little enough (256 KiB) to be read and dropped, so that the connection can be used
  // again. Of a chunked body that nobody can know, so it is tried, unless it was over a limit already.
  [[nodiscard]] bool rest_is_small() const;
  // Reads and drops the rest. False when there is more than a little after all, when it takes too long, or when the
  // connection broke.
  Awaitable<bool> drop_rest();
  // Whether the client can still be answered.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  // The parser is asked only about a body in chunks: one of known length goes past it.
  [[nodiscard]] bool is_done() const { return size_ ? read_ == *size_ : parser_.is_done(); }
  Awaitable<Result<void>> begin();
  Awaitable<Result<std::size_t>> read_on(asio::mutable_buffer buffer);
  Result<std::size_t> take(asio::mutable_buffer buffer);
  Result<std::size_t> parse(asio::mutable_buffer buffer);
  Awaitable<Result<std::size_t>> wait_for_more(asio::mutable_buffer buffer);
  [[nodiscard]] Milliseconds patience() const;
  Error too_slow() const;
  Error fail(Error failure);

  ServerChannel& channel_;
  RequestParser& parser_;
  const ServerSettings& settings_;
  const Clock& clock_;
  std::optional<std::uint64_t> size_;
  std::uint64_t limit_;
  std::uint64_t read_ = 0;
  Milliseconds waited_{0};  // for the client; what the handler does in between is not its doing
  bool begun_ = false;
  bool continue_expected_;
  bool broken_ = false;
  std::optional<Error> failure_;  // what a read failed with, it fails with for ever
};

}  // namespace dropload::http
