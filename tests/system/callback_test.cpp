// The service calls back through a reverse proxy of another name, and the real daemon asks at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/server.h"
#include "tests/support/io_thread.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::some_csv;
using test::World;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Passes on what it is sent, with the Host that it is called by: 127.0.0.2, which is none of the daemon's names.
class Proxy {
 public:
  Proxy() {
    http::ServerSettings settings;
    settings.address = "127.0.0.2";
    server_ =
        http::Server::listen(io_.context(), clock_, settings, [this](http::Request& r) { return pass_on(r); }).value();
    io_.call([this] { server_->start(); });
  }
  ~Proxy() {
    io_.run(server_->stop(Milliseconds{0}));
    io_.call([this] { server_.reset(); });
  }
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.2:{}", server_->port()); }
  void lead_to(const std::string& address) {
    io_.call([&] { to_ = address; });
  }
  std::vector<std::string> paths() {
    return io_.call([this] { return paths_; });
  }

 private:
  http::Awaitable<http::Response> pass_on(http::Request& request) {
    const auto body = co_await http::read_whole(*request.body, 1024 * 1024);
    paths_.push_back(request.path);
    const auto answer = test::rest(std::string(boost::beast::http::to_string(request.verb)), to_, request.path, *body,
                                   {{"Host", std::string(request.headers[boost::beast::http::field::host])}});
    http::Response response;
    response.status = static_cast<http::Status>(answer.status);
    response.body = answer.body;
    co_return response;
  }

  SystemClock clock_;
  test::IoThread io_;
  std::string to_;
  std::vector<std::string> paths_;
  std::unique_ptr<http::Server> server_;
};

std::int64_t ms_of(const nlohmann::json& submission, const std::string& what) {
  for (const auto& event : submission.at("timeline")) {
    if (event.at("what").get<std::string>().find(what) != std::string::npos) {
      return parse_rfc3339(event.at("at").get<std::string>()).value().ms;
    }
  }
  ADD_FAILURE() << "no event tells of " << what << "\n" << submission.dump(1);
  return 0;
}

TEST(Callbacks, AJobThatWouldBePolledInFiveMinutesEndsWhenTheServiceCallsBack) {
  Proxy proxy;
  World world({.first_poll = Milliseconds{1'800'000}, .callback_url = proxy.url()});
  world.start();
  proxy.lead_to(world.daemon().rest_address());
  world.drop("append", "sales_1.csv", some_csv(10, "x"));
  const auto settled = world.wait_until_settled(1);
  ASSERT_EQ(settled.size(), 1U) << world.daemon().log();
  EXPECT_EQ(settled[0].at("state"), "done");
  EXPECT_EQ(world.rows_in("sales"), 10);
  const auto submission = world.submission(1);
  const auto called_at = ms_of(submission, "called back");
  EXPECT_LT(ms_of(submission, "done") - ms_of(submission, "accepted"), 290'000) << "the poll was not waited for";
  EXPECT_GE(ms_of(submission, "done"), called_at);
  EXPECT_EQ(submission.at("jobs").at(0).at("polls"), 1);
  // What the proxy has seen is known to it and the service alone.
  const auto paths = proxy.paths();
  ASSERT_EQ(paths.size(), 1U);
  ASSERT_THAT(paths[0], StartsWith("/v1/callbacks/"));
  const auto secret = paths[0].substr(paths[0].rfind('/') + 1);
  EXPECT_THAT(world.daemon().log(), Not(HasSubstr(secret)));
  const auto answered = test::rest("GET", world.daemon().rest_address(), "/v1/submissions/1").body;
  EXPECT_THAT(answered, Not(HasSubstr(secret)));
  EXPECT_TRUE(test::contents(world.path() / "state" / "queue.db-wal").find(secret) == std::string::npos);
}

TEST(Callbacks, AProxyThatIsDownCostsNoFile) {
  std::string nobody;
  {
    Proxy gone;
    nobody = gone.url();
  }
  World world({.callback_url = nobody});
  world.start();
  world.drop("append", "sales_1.csv", some_csv(10, "x"));
  const auto settled = world.wait_until_settled(1);
  ASSERT_EQ(settled.size(), 1U) << world.daemon().log();
  EXPECT_EQ(settled[0].at("state"), "done");
  EXPECT_EQ(settled[0].at("attempts"), 0);
  EXPECT_EQ(world.rows_in("sales"), 10);
  EXPECT_THAT(world.daemon().log(), HasSubstr("cannot use its callback_url"));
}

}  // namespace
}  // namespace dropload
