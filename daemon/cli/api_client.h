#pragma once

// Calls of the REST API for the commands: one at a time, blocking. A body of an answer is its text;
// daemon/api/json_types.h decodes it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "common/http/client.h"
#include "daemon/cli/exit_codes.h"

namespace dropload::cli {

// Why there is no answer that could be used: the sentence for people and what a command exits with if nothing better is
// known: not_running when nobody answers, otherwise error.
struct Failure {
  Exit exit = Exit::error;
  std::string message;
};
template <typename T>
using Called = boost::system::result<T, Failure>;

class ApiClient {
 public:
  static Called<std::unique_ptr<ApiClient>> create(const std::string& url);

  // Targets are paths with query, encoded.
  Called<std::string> get(std::string target);
  Called<std::string> post(std::string target);
  // Streams the open file. `on_progress` gets the bytes sent so far.
  Called<std::string> upload(std::string target, int fd, std::uint64_t size,
                             std::function<void(std::uint64_t)> on_progress);

 private:
  explicit ApiClient(std::string url) : url_(std::move(url)) {}
  Called<std::string> call(http::ClientRequest request);
  [[nodiscard]] Failure explain(const http::ClientFailure& failure, http::Verb verb) const;

  std::string url_;
  http::asio::io_context context_;
  std::unique_ptr<http::Client> client_;  // goes before the context it belongs to
};

// A decoder's result as that of a call.
template <typename T>
Called<T> from_result(Result<T> result) {
  if (!result) return Failure{Exit::error, result.error().message};
  return std::move(*result);
}

}  // namespace dropload::cli
