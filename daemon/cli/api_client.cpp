#include "daemon/cli/api_client.h"

#include <exception>
#include <optional>

#include <boost/asio/co_spawn.hpp>

#include "daemon/api/problem.h"

namespace dropload::cli {

Called<std::unique_ptr<ApiClient>> ApiClient::create(const std::string& url) {
  auto origin = http::Origin::parse(url);
  if (!origin) return Failure{Exit::error, fmt::format("--url: {}", origin.error().message)};
  auto made = std::unique_ptr<ApiClient>(new ApiClient(origin->to_string()));
  auto client = http::Client::create(made->context_, std::move(*origin));
  if (!client) return Failure{Exit::error, client.error().message};
  made->client_ = std::move(*client);
  return made;
}

Called<std::string> ApiClient::get(std::string target) {
  http::ClientRequest request;
  request.target = std::move(target);
  return call(std::move(request));
}

Called<std::string> ApiClient::post(std::string target) {
  http::ClientRequest request;
  request.verb = http::Verb::post;
  request.target = std::move(target);
  return call(std::move(request));
}

Called<std::string> ApiClient::upload(std::string target, int fd, std::uint64_t size,
                                      std::function<void(std::uint64_t)> on_progress) {
  http::ClientRequest request;
  request.verb = http::Verb::post;
  request.target = std::move(target);
  request.content_type = "application/octet-stream";
  request.body = http::FileBody{"", fd, size, ""};
  request.on_progress = std::move(on_progress);
  return call(std::move(request));
}

Called<std::string> ApiClient::call(http::ClientRequest request) {
  std::exception_ptr thrown;
  std::optional<http::ClientResult> result;
  const auto finish = [&](std::exception_ptr exception, http::ClientResult sent) {
    thrown = std::move(exception);
    result = std::move(sent);
    context_.stop();  // whatever the client still has pending there waits for the next call
  };
  const http::Verb verb = request.verb;
  context_.restart();
  http::asio::co_spawn(context_, client_->send(std::move(request)), finish);
  context_.run();
  if (thrown) std::rethrow_exception(thrown);
  if (const auto* failure = std::get_if<http::ClientFailure>(&*result)) return explain(*failure, verb);
  auto& response = std::get<http::ClientResponse>(*result);
  const int status = static_cast<int>(response.status);
  if (status >= 200 && status < 300) return std::move(response.body);
  const auto problem = api::read_problem(response.status, response.body);
  return Failure{Exit::error, problem.advice.empty() ? problem.detail : problem.detail + "\n" + problem.advice};
}

Failure ApiClient::explain(const http::ClientFailure& failure, http::Verb verb) const {
  const bool nobody_there = failure.error.code == Errc::connection || failure.error.code == Errc::timed_out;
  if (nobody_there && !failure.maybe_sent) {
    return {Exit::not_running,
            fmt::format(
                "dropload does not answer at {} ({}); start it with 'dropload serve --config FILE' or 'systemctl start "
                "dropload', or say with --url where it listens",
                url_, failure.error.message)};
  }
  if (!failure.maybe_sent) return {Exit::error, failure.error.message};
  const auto* doubt = verb == http::Verb::get ? "" : "; it may have been done all the same, 'dropload list' shows it";
  return {Exit::error, fmt::format("no answer from {} ({}){}", url_, failure.error.message, doubt)};
}

}  // namespace dropload::cli
