#include "tests/support/scripted_api.h"

#include <algorithm>

namespace dropload::test {
namespace {

std::string field(const http::Fields& headers, const char* name) {
  return std::string(headers[name]);
}

}  // namespace

ScriptedApi::ScriptedApi(IoThread& io) : io_(io) {
  http::ServerSettings settings;
  server_ = http::Server::listen(io.context(), clock_, settings, [this](http::Request& request) {
              return handle(request);
            }).value();
  io_.call([this] { server_->start(); });
}

ScriptedApi::~ScriptedApi() {
  io_.run(server_->stop(Milliseconds{0}));
  io_.call([this] { server_.reset(); });
}

void ScriptedApi::answer_json(const std::string& path, std::string body, int status) {
  http::Response response;
  response.status = static_cast<http::Status>(status);
  response.body = std::move(body);
  answer(path, std::move(response));
}

std::size_t ScriptedApi::calls_of(const std::string& path) const {
  return static_cast<std::size_t>(
      std::count_if(seen_.begin(), seen_.end(), [&](const auto& request) { return request.path == path; }));
}

http::Awaitable<http::Response> ScriptedApi::handle(http::Request& request) {
  const auto body = co_await http::read_whole(*request.body, 1024 * 1024);
  seen_.push_back({std::string(boost::beast::http::to_string(request.verb)), request.path, request.query_text,
                   field(request.headers, "Authorization"), field(request.headers, "ZANALYTICS-ORGID"),
                   field(request.headers, "Content-Type"), body ? *body : "unreadable: " + body.error().message});
  auto& prepared = answers_[request.path];
  http::Response response;
  if (prepared.empty()) {
    response.status = http::Status::not_found;
    response.body = "nothing was prepared for " + request.path;
    co_return response;
  }
  response = prepared.front();
  if (prepared.size() > 1) prepared.pop_front();
  co_return response;
}

}  // namespace dropload::test
