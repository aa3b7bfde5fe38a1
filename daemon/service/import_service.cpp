#include "daemon/service/import_service.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/base/disk_reserve.h"
#include "common/base/files.h"
#include "common/http/server.h"
#include "daemon/service/callback.h"
#include "daemon/service/dispatch.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

namespace asio = http::asio;

// A log of some hundred commits and the indexes of two logs.
constexpr std::int64_t reserve_bytes = 1024 * 1024;

// Threads that write and sync what is uploaded.
constexpr std::size_t disk_threads = 2;

// What lies in uploads/ and belongs to no open job: its call was never answered, or its end is recorded already.
Result<void> remove_leftovers(Files& files, const std::filesystem::path& uploads, Jobs& jobs) {
  const auto open = jobs.open_files();
  if (!open) return open.error();
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(uploads, failure)) {
    if (std::ranges::find(*open, entry.path().filename().string()) != open->end()) continue;
    if (auto removed = files.remove(entry.path()); !removed) return removed;
  }
  if (failure) return error(Errc::io, "cannot list {}: {}", uploads.string(), failure.message());
  return {};
}

// Handlers and tasks have fences of their own; what gets past them must not take the process down with it.
void run_behind_fence(asio::io_context& io) {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception& exception) {
      spdlog::error("import service: unforeseen: {}", exception.what());
    }
  }
}

// Members are destroyed in reverse: first what runs, last what it runs on.
class Service final : public ImportService {
 public:
  static Result<std::unique_ptr<Service>> make(Settings settings, const Clock& clock, Random& random);
  ~Service() override;

  [[nodiscard]] std::uint16_t port() const override { return server_->port(); }
  [[nodiscard]] Credentials credentials() const override { return accounts_->credentials(); }
  [[nodiscard]] std::vector<Place> places() const override;
  [[nodiscard]] int most_jobs_at_once() const override { return jobs_->most_open(); }

 private:
  Service(Settings settings, const Clock& clock, DirectoryLock lock)
      : settings_(std::move(settings)),
        clock_(clock),
        lock_(std::move(lock)),
        reserve_(settings_.data_directory / "reserve", reserve_bytes, "import service") {}
  Result<void> open(Random& random);
  Result<void> open_databases(Random& random);
  Result<void> open_without_room(Random& random);
  Result<void> open_accounts(Random& random);
  Result<void> listen();
  void run();
  asio::awaitable<void> stop();

  Settings settings_;
  const Clock& clock_;
  DirectoryLock lock_;
  DiskReserve reserve_;
  SystemFiles files_;
  std::unique_ptr<db::Database> database_;
  std::optional<Ids> ids_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<CallBudget> budget_;
  std::unique_ptr<Jobs> jobs_;
  std::unique_ptr<Warehouse> warehouse_;
  asio::io_context io_{1};
  Pool disk_{disk_threads};
  std::optional<FaultBoard> faults_;
  std::optional<Callbacks> callbacks_;
  std::optional<JobRunner> runner_;
  std::optional<Context> context_;
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

Result<std::unique_ptr<Service>> Service::make(Settings settings, const Clock& clock, Random& random) {
  if (settings.loader_threads < 1 || settings.max_jobs < 1) {
    return error(Errc::invalid_argument, "the import service needs at least one loader thread and one job at once");
  }
  SystemFiles files;
  if (auto made = files.make_directories(settings.data_directory / "uploads"); !made) return made.error();
  auto lock = DirectoryLock::take(settings.data_directory);
  if (!lock) return lock.error();
  std::unique_ptr<Service> service(new Service(std::move(settings), clock, std::move(*lock)));
  if (auto opened = service->open(random); !opened) return opened.error();
  if (auto listening = service->listen(); !listening) return listening.error();
  service->run();
  return service;
}

Result<void> Service::open(Random& random) {
  auto opened = open_databases(random);
  // The index of a log that finds no room is an I/O error to SQLite.
  const bool may_be_full = !opened && (opened.error().code == Errc::no_space || opened.error().code == Errc::io);
  if (may_be_full) opened = open_without_room(random);
  if (!opened) return opened;
  auto tidied = remove_leftovers(files_, settings_.data_directory / "uploads", *jobs_);
  reserve_.take();
  return tidied;
}

// What a load had written when the disk was full gives its room back, the reserve its own; then once more.
Result<void> Service::open_without_room(Random& random) {
  warehouse_.reset();
  jobs_.reset();
  budget_.reset();
  tokens_.reset();
  accounts_.reset();
  ids_.reset();
  database_.reset();
  reserve_.give_up();
  if (auto warehouse = Warehouse::open(settings_.data_directory / "warehouse.db", clock_))
    (*warehouse)->give_back_log();
  return open_databases(random);
}

Result<void> Service::open_databases(Random& random) {
  auto database = open_service_database(settings_.data_directory / "service.db");
  if (!database) return database.error();
  database_ = std::move(*database);
  auto ids = Ids::open(*database_, random);
  if (!ids) return ids.error();
  ids_.emplace(std::move(*ids));
  if (auto opened = open_accounts(random); !opened) return opened;
  auto jobs = Jobs::open(*database_, {settings_.max_jobs, settings_.summary_kept, settings_.batch_wait});
  if (!jobs) return jobs.error();
  jobs_ = std::move(*jobs);
  auto warehouse = Warehouse::open(settings_.data_directory / "warehouse.db", clock_);
  if (!warehouse) return warehouse.error();
  warehouse_ = std::move(*warehouse);
  return {};
}

Result<void> Service::open_accounts(Random& random) {
  auto organizations = settings_.organizations;
  if (organizations.empty()) organizations.emplace_back().workspaces = settings_.workspaces;
  auto accounts = Accounts::open(*database_, *ids_, std::move(organizations), settings_.any_client, clock_, random);
  if (!accounts) return accounts.error();
  accounts_ = std::move(*accounts);
  auto tokens =
      Tokens::open(*database_, *accounts_, {settings_.token_lifetime, settings_.limits.has_value()}, clock_, random);
  if (!tokens) return tokens.error();
  tokens_ = std::move(*tokens);
  auto budget = CallBudget::open(*database_, settings_.limits);
  if (!budget) return budget.error();
  budget_ = std::move(*budget);
  return {};
}

std::vector<Place> Service::places() const {
  std::vector<Place> places;
  for (const Organization& organization : accounts_->organizations()) {
    Place place{organization.id, organization.name, {}};
    for (const Workspace& workspace : accounts_->workspaces()) {
      if (workspace.organization_id == organization.id) place.workspaces.emplace_back(workspace.id, workspace.name);
    }
    places.push_back(std::move(place));
  }
  return places;
}

Result<void> Service::listen() {
  const std::filesystem::path uploads = settings_.data_directory / "uploads";
  faults_.emplace(settings_.faults, clock_);
  callbacks_.emplace(io_, *jobs_, settings_.private_callbacks);
  RunnerSettings running{uploads, settings_.loader_threads, settings_.slow_jobs, settings_.retry_after};
  running.on_end = [this] { callbacks_->send_due(); };
  running.make_room = [this] {
    reserve_.give_up();
    reuse_log(*database_);
  };
  running.keep_room = [this] { reserve_.take(); };
  runner_.emplace(io_, *jobs_, *accounts_, *warehouse_, *faults_, files_, clock_, std::move(running));
  context_.emplace(Context{*accounts_, *ids_, *jobs_, *runner_, *warehouse_, files_, disk_, clock_, uploads,
                           settings_.max_file_bytes, settings_.private_callbacks, *database_, *tokens_, *budget_,
                           *faults_, settings_.daily_units});
  faults_->on_change([this] { runner_->wake(); });
  http::ServerSettings server_settings;
  server_settings.address = settings_.address;
  server_settings.port = settings_.port;
  auto server = http::Server::listen(io_, clock_, server_settings,
                                     [this](http::Request& request) { return dispatch(*context_, request); });
  if (!server) return server.error();
  server_ = std::move(*server);
  return {};
}

void Service::run() {
  asio::post(io_, [this] {
    runner_->start();
    server_->start();
    callbacks_->send_due();
  });
  thread_ = std::thread([this] { run_behind_fence(io_); });
  spdlog::info("import service: listening on {}:{}, tables in {}", settings_.address, port(),
               (settings_.data_directory / "warehouse.db").string());
}

asio::awaitable<void> Service::stop() {
  co_await server_->stop(settings_.stop_grace);
  co_await runner_->stop();
  co_await callbacks_->stop();
}

Service::~Service() {
  if (!thread_.joinable()) return;
  asio::co_spawn(io_, stop(), asio::detached);
  thread_.join();
}

}  // namespace

Result<std::unique_ptr<ImportService>> ImportService::start(Settings settings, const Clock& clock, Random& random) {
  auto service = Service::make(std::move(settings), clock, random);
  if (!service) return service.error();
  return std::unique_ptr<ImportService>(std::move(*service));
}

}  // namespace dropload::service
