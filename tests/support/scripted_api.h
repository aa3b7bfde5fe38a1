#pragma once

// A server that answers what a test has prepared, per path, and remembers what it was sent: the other end of the
// daemon's client.

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/http/server.h"
#include "tests/support/io_thread.h"

namespace dropload::test {

struct SeenRequest {
  std::string verb;
  std::string path;
  std::string query;
  std::string authorization;
  std::string organization;
  std::string content_type;
  std::string body;
};

class ScriptedApi {
 public:
  explicit ScriptedApi(IoThread& io);
  ~ScriptedApi();

  // The next answer to a call of this path; the last one that was prepared is repeated.
  void answer(const std::string& path, http::Response response) { answers_[path].push_back(std::move(response)); }
  void answer_json(const std::string& path, std::string body, int status = 200);

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }
  // To be read when no call is under way.
  [[nodiscard]] const std::vector<SeenRequest>& seen() const { return seen_; }
  [[nodiscard]] std::size_t calls_of(const std::string& path) const;

 private:
  http::Awaitable<http::Response> handle(http::Request& request);

  IoThread& io_;
  SystemClock clock_;
  std::map<std::string, std::deque<http::Response>> answers_;
  std::vector<SeenRequest> seen_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace dropload::test
