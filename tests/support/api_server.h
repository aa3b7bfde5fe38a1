#pragma once

// The REST API over a real queue, spool and intake in a directory of its own, on a port of its own and a thread of its
// own.

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/http/server.h"
#include "common/http/task_group.h"
#include "daemon/api/api.h"
#include "daemon/api/events.h"
#include "daemon/intake/intake.h"
#include "daemon/queue/spool.h"
#include "daemon/queue/store_thread.h"
#include "tests/support/fake_clock.h"
#include "tests/support/io_thread.h"
#include "tests/support/openapi_check.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {

class ApiServer {
 public:
  // Callbacks come from drop.example.com too. With the routes "orders" (into table orders) and "tiny" (at most 10
  // bytes). `max_body_bytes` is the daemon's own limit.
  explicit ApiServer(std::uint64_t max_body_bytes = 100'000'000);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // From here on the routes hold what has the content of an earlier one.
  void hold_duplicates();
  // Nobody listens any more; what is in the queue stays.
  void stop();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string url() const;
  [[nodiscard]] int wakes() const { return wakes_; }
  [[nodiscard]] int resumes() const { return resumes_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
  FakeClock& clock() { return clock_; }
  // Of drop directories; none has one until a test says so, before it asks.
  intake::Standings& standings() { return standings_; }
  // The route "orders" expects this.
  void expect(const queue::Expectation& expectation);

  // What GET /readyz says of it.
  void set_stopping() { stopping_ = true; }

  // Runs the work on the store thread, as another part of the daemon would.
  template <typename Work>
  auto store(Work work) {
    return store_->run_blocking(std::move(work));
  }
  // A submission that was accepted from a drop directory.
  queue::Submission accept(const std::string& file_name, const std::string& route = "orders");
  // Its job, begun and accepted by the service.
  queue::JobId import(queue::SubmissionId id);
  void finish(queue::JobId job, const queue::Rows& rows, const std::string& reason = "");
  // Where the original of an ended one lies now, with these bytes, which are those that were accepted.
  void put_away(queue::SubmissionId id, const std::string& bytes);
  void hold(queue::SubmissionId id, const std::string& reason = "nobody can know",
            const std::string& advice = "look at the table");

 private:
  // Every answer is held against the description of the API; what is not so fails the test.
  http::Awaitable<http::Response> answer(http::Request& request);

  TemporaryDirectory directory_;
  const OpenapiCheck check_;
  FakeClock clock_;
  SystemFiles files_;
  std::map<std::string, queue::Route> routes_;
  intake::Standings standings_;
  std::atomic<int> wakes_ = 0;
  std::atomic<int> resumes_ = 0;
  std::atomic<bool> stopping_ = false;
  IoThread io_;
  boost::asio::thread_pool pool_{1};
  std::unique_ptr<queue::StoreThread> store_;
  std::unique_ptr<queue::Spool> spool_;
  std::unique_ptr<intake::Intake> intake_;
  std::unique_ptr<intake::Expecting> expecting_;
  std::unique_ptr<api::Events> events_;
  std::unique_ptr<http::TaskGroup> tasks_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace dropload::test
