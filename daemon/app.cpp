#include "daemon/app.h"

#include <csignal>

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include "common/http/server.h"
#include "daemon/api/api.h"
#include "daemon/api/events.h"
#include "daemon/app_parts.h"
#include "daemon/app_waiting.h"
#include "daemon/intake/clearing.h"
#include "daemon/intake/drop_watcher.h"
#include "daemon/intake/expecting.h"
#include "daemon/run/runner.h"
#include "daemon/systemd.h"

namespace dropload {
namespace {

namespace asio = boost::asio;

// The parts in the order in which they are built; destroyed in reverse.
class App {
 public:
  explicit App(const Config& config)
      : config_(config), signals_(io_, SIGTERM, SIGINT), watchers_(io_.get_executor()), main_(io_.get_executor()) {}

  // All that needs the disk, up to what the last process left behind.
  Result<void> open() {
    auto state = open_state(config_, files_);
    if (!state) return state.error();
    state_ = std::move(*state);
    auto remote = open_remote(config_, io_, clock_, random_, files_);
    if (!remote) return remote.error();
    remote_ = std::move(*remote);
    context_ = std::make_unique<run::Context>(run::Context{.store = *state_->store,
                                                           .spool = state_->spool,
                                                           .files = files_,
                                                           .clock = clock_,
                                                           .random = random_,
                                                           .pool = pool_,
                                                           .organizations = remote_->organizations,
                                                           .routes = routes_of(config_),
                                                           .settings = runner_settings(config_)});
    runner_ = std::make_unique<run::Runner>(*context_, io_.get_executor());
    expecting_ = std::make_unique<intake::Expecting>(*state_->store, clock_, context_->routes);
    clearing_ = std::make_unique<intake::Clearing>(
        intake::Clearing::Parts{*state_->store, files_, clock_, pool_, context_->routes, context_->settings.archive});
    intake_ = std::make_unique<intake::Intake>(intake::Intake::Parts{
        *state_->store,
        state_->spool,
        files_,
        clock_,
        pool_,
        [this] { runner_->wake(); },
        {.submissions = config_.max_waiting, .bytes = config_.max_spool_bytes, .keep_free = config_.keep_free_bytes},
        &context_->routes,
        [this](const auto& submission) { expecting_->came(submission); }});
    if (auto recovered = recover_intake(); !recovered) return recovered;
    return recover_runner();
  }

  // Nothing: as the configuration says.
  Result<void> listen(std::optional<std::uint16_t> port);

  void run() {
    main_.spawn("daemon", live());
    io_.run();
  }

 private:
  Result<void> recover_intake() {
    const auto mended = intake_->recover();
    if (!mended) return mended.error().while_doing("cannot mend the spool");
    for (const auto& sentence : *mended) spdlog::info("{}", sentence);
    return {};
  }

  Result<void> recover_runner() {
    Result<void> recovered;
    asio::co_spawn(io_, runner_->recover(), [&recovered](const std::exception_ptr& thrown, Result<void> done) {
      if (thrown) std::rethrow_exception(thrown);
      recovered = std::move(done);
    });
    io_.run();
    io_.restart();
    return recovered;
  }

  void make_api() {
    events_ = std::make_unique<api::Events>(*state_->store, io_.get_executor());
    api_ = std::make_unique<api::Api>(api::Parts{.store = *state_->store,
                                                 .intake = *intake_,
                                                 .routes = context_->routes,
                                                 .clock = clock_,
                                                 .max_body_bytes = config_.max_body_bytes,
                                                 .allowed_hosts = config_.allowed_hosts,
                                                 .wake = [this] { runner_->wake(); },
                                                 .limits = runner_->limits(),
                                                 .scheduling = [this] { return runner_->scheduling(); },
                                                 .resumed = [this](const auto& name) { runner_->resumed(name); },
                                                 .callback_hosts = callback_hosts(config_),
                                                 .standings = &standings_,
                                                 .expecting = expecting_.get(),
                                                 .started_at = clock_.now(),
                                                 .is_stopping = [this] { return stopping_; },
                                                 .events = events_.get(),
                                                 .spool = &state_->spool,
                                                 .pool = &pool_});
  }

  http::Awaitable<void> live() {
    server_->start();
    runner_->start();
    for (const auto& [name, route] : context_->routes) {
      if (!route.drop) continue;
      intake::Standing& standing = standings_[name];
      watchers_.spawn("drop directory of " + name,
                      intake::DropWatcher::run({*intake_, clock_, pool_, {}, &standing}, route));
    }
    say_ready();
    watchers_.spawn("expected files", expecting_->run());
    watchers_.spawn("old originals", clearing_->run());
    watchers_.spawn("events", events_->run());
    const int signal = co_await signals_.async_wait(asio::use_awaitable);
    co_await stop(signal);
  }

  void say_ready() {
    const auto sentence = fmt::format(
        "REST on {}:{}; {} route(s), {} watched; {} organization(s){}", config_.listen_address, server_->port(),
        context_->routes.size(), watchers_.size(), context_->organizations.size(),
        remote_->service ? fmt::format("; import service on {}:{}", config_.service.address, remote_->service->port())
                         : "");
    spdlog::info("dropload {} is ready: {}", DROPLOAD_VERSION, sentence);
    systemd::status(sentence);
    systemd::ready();
  }

  http::Awaitable<void> stop(int signal) {
    spdlog::info("{}: stopping; uploads get {} s, a second signal ends it at once",
                 signal == SIGINT ? "SIGINT" : "SIGTERM", config_.stop_grace.count() / 1000);
    systemd::stopping();
    systemd::status("stopping: uploads under way are finished");
    // A second signal does what it does to any process, also while what is destroyed at the end takes its time (the
    // import service waits for a load). The state on the disk is whole at every moment; nothing is gained by more
    // ceremony.
    signals_.clear();
    stopping_ = true;
    events_->close();
    runner_->begin_stop();
    watchers_.stop();
    co_await watchers_.join();
    co_await server_->stop(std::min(config_.stop_grace, Milliseconds{5'000}));
    co_await runner_->stop(config_.stop_grace);
    spdlog::info("stopped");
    // What is left in the context is timers of idle connections.
    io_.stop();
  }

  const Config& config_;
  SystemFiles files_;
  SystemClock clock_;
  SystemRandom random_;
  asio::io_context io_{1};
  // Taking and retiring files: hashing and copying wait for the disk more than for a processor.
  asio::thread_pool pool_{8};
  asio::signal_set signals_;
  std::unique_ptr<State> state_;
  std::unique_ptr<Remote> remote_;
  std::unique_ptr<run::Context> context_;
  std::unique_ptr<run::Runner> runner_;
  std::unique_ptr<intake::Expecting> expecting_;
  std::unique_ptr<intake::Clearing> clearing_;
  std::unique_ptr<intake::Intake> intake_;
  intake::Standings standings_;
  std::unique_ptr<api::Events> events_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<http::Server> server_;
  http::TaskGroup watchers_;
  http::TaskGroup main_;
  bool stopping_ = false;
};

Result<void> App::listen(std::optional<std::uint16_t> port) {
  make_api();
  http::ServerSettings settings;
  settings.address = config_.listen_address;
  settings.port = port.value_or(config_.listen_port);
  auto server =
      http::Server::listen(io_, clock_, settings, [this](http::Request& request) { return api_->handle(request); });
  if (!server) return server.error();
  server_ = std::move(*server);
  return {};
}

// Tries until it is open, as long as nothing but room is wanting. Nothing: it was told to end.
Result<std::unique_ptr<App>> open_app(const Config& config, std::optional<std::uint16_t>& port) {
  std::unique_ptr<WaitingForRoom> waiting;
  for (;;) {
    auto app = std::make_unique<App>(config);
    const auto opened = app->open();
    if (opened) {
      if (waiting) port = waiting->port();
      return app;
    }
    app.reset();
    if (!is_for_room(opened.error(), config)) return opened.error();
    if (!waiting) {
      auto begun = WaitingForRoom::begin(config, opened.error());
      if (!begun) return begun.error();
      waiting = std::move(*begun);
    }
    if (!waiting->wait(opened.error())) return app;
  }
}

}  // namespace

Result<void> run_daemon(const Config& config) {
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<std::uint16_t> port;
  const auto app = open_app(config, port);
  if (!app) return app.error();
  if (*app == nullptr) return {};
  if (auto listening = (*app)->listen(port); !listening) return listening;
  (*app)->run();
  return {};
}

}  // namespace dropload
