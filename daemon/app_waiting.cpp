#include "daemon/app_waiting.h"

#include <chrono>
#include <csignal>

#include <sys/statvfs.h>

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "common/base/clock.h"
#include "common/http/server.h"
#include "daemon/api/guard.h"
#include "daemon/api/problem.h"
#include "daemon/systemd.h"

namespace dropload {
namespace {

constexpr std::chrono::seconds between_tries{1};
constexpr std::uint64_t least_free = 1024 * 1024;  // with less, an I/O error is one of room

bool is_nearly_full(const std::filesystem::path& directory) {
  struct statvfs room {};
  if (::statvfs(directory.c_str(), &room) != 0) return false;
  return static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize < least_free;
}

class Waiting final : public WaitingForRoom {
 public:
  Waiting(const Config& config, const Error& why)
      : guard_(config.allowed_hosts), signals_(io_, SIGTERM, SIGINT), reason_(why.message) {}

  Result<void> listen(const Config& config) {
    http::ServerSettings settings;
    settings.address = config.listen_address;
    settings.port = config.listen_port;
    auto server =
        http::Server::listen(io_, clock_, settings, [this](http::Request& request) { return answer(request); });
    if (!server) return server.error();
    server_ = std::move(*server);
    server_->start();
    signals_.async_wait([this](const boost::system::error_code&, int) {
      is_to_end_ = true;
      io_.stop();
    });
    say(config);
    return {};
  }

  bool wait(const Error& why) override {
    if (why.message != reason_) spdlog::warn("it still cannot start: {}", why.message);
    reason_ = why.message;
    io_.restart();
    io_.run_for(between_tries);
    return !is_to_end_;
  }

  [[nodiscard]] std::uint16_t port() const override { return server_->port(); }

 private:
  void say(const Config& config) const {
    spdlog::warn(
        "there is no room on the disk to start: {}. Nothing is accepted, and files stay where they are, until there "
        "is; "
        "then it goes on by itself",
        reason_);
    systemd::status(
        fmt::format("REST on {}:{}; waiting for room on the disk: {}", config.listen_address, port(), reason_));
    systemd::ready();
  }

  http::Awaitable<http::Response> answer(http::Request& request) {
    if (auto refused = guard_.refuse(request.verb, request.headers)) co_return api::to_response(*refused);
    if (request.path == "/healthz" && request.verb == http::Verb::get) {
      http::Response alive;
      alive.body = api::Json{{"status", "waiting for room"}, {"version", DROPLOAD_VERSION}}.dump() + "\n";
      co_return alive;
    }
    co_return api::to_response(api::problem(
        "no_space",
        fmt::format("dropload waits for room on its disk before it can start: {}. It tries each second, and "
                    "goes on by itself",
                    reason_)));
  }

  api::Guard guard_;
  SystemClock clock_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  std::unique_ptr<http::Server> server_;
  std::string reason_;
  bool is_to_end_ = false;
};

}  // namespace

bool is_for_room(const Error& why, const Config& config) {
  if (why.code == Errc::no_space) return true;
  if (why.code != Errc::io) return false;
  return is_nearly_full(config.state_directory) ||
         (config.uses_service() && is_nearly_full(config.service.data_directory));
}

Result<std::unique_ptr<WaitingForRoom>> WaitingForRoom::begin(const Config& config, const Error& why) {
  auto waiting = std::make_unique<Waiting>(config, why);
  if (auto listening = waiting->listen(config); !listening) return listening.error();
  return std::unique_ptr<WaitingForRoom>(std::move(waiting));
}

}  // namespace dropload
