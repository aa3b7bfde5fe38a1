#include "daemon/app_parts.h"

#include <set>

#include <fmt/format.h>

#include "common/zoho/paths.h"
#include "daemon/config_organizations.h"
#include "daemon/config_values.h"
#include "daemon/intake/permission.h"
#include "daemon/target/zoho_target.h"

namespace dropload {
namespace {

constexpr Milliseconds window_margin{1'000};
constexpr std::string_view reserve_name = "reserve";  // of the queue, in the state directory

std::vector<std::string> workspaces_of(const Config& config) {
  std::set<std::string> names;
  for (const auto& route : config.routes) {
    for (const auto& organization : config.organizations) {
      if (organization.embedded && organization.name == route.organization) names.insert(route.workspace);
    }
  }
  return {names.begin(), names.end()};
}

Result<std::unique_ptr<service::ImportService>> start_service(const Config& config, const Clock& clock,
                                                              Random& random) {
  service::Settings settings;
  settings.data_directory = config.service.data_directory;
  settings.address = config.service.address;
  settings.port = config.service.port;
  settings.workspaces = workspaces_of(config);
  settings.summary_kept = config.service.summary_kept;
  settings.loader_threads = config.service.loader_threads;
  settings.slow_jobs = config.service.slow_jobs;
  if (config.service.limits) settings.limits.emplace();
  settings.faults = config.service.faults;
  settings.batch_wait = config.service.batch_wait;
  settings.private_callbacks = config.service.private_callbacks;
  return service::ImportService::start(std::move(settings), clock, random);
}

// The keys of the embedded organization are made by the service at its first start.
target::ZohoTargetSettings target_settings(const Config& config, const OrganizationConfig& organization,
                                           const service::ImportService* service) {
  target::ZohoTargetSettings settings;
  settings.name = organization.name;
  settings.token_file = config.state_directory / "tokens" / (organization.name + ".json");
  if (organization.embedded) {
    const auto credentials = service->credentials();
    const auto url = fmt::format("http://{}:{}", config.service.address, service->port());
    settings.organization_id = credentials.organization_id;
    settings.api_url = url;
    settings.token_url = url + std::string(zoho::path::token);
    settings.client_id = credentials.client_id;
    settings.client_secret = credentials.client_secret;
    settings.refresh_token = credentials.refresh_token;
    return settings;
  }
  settings.organization_id = organization.organization_id;
  settings.api_url = organization.api_url;
  settings.token_url = organization.token_url;
  settings.client_id = organization.client_id;
  settings.client_secret = organization.client_secret.reveal();
  settings.refresh_token = organization.refresh_token.reveal();
  settings.client.certificate_authority_file = organization.ca_file;
  return settings;
}

// Organizations of one account have one budget: the smallest that any of them is given.
void agree_on_budgets(std::map<std::string, run::Organization>& organizations) {
  for (auto& [name, one] : organizations) {
    for (const auto& [other_name, other] : organizations) {
      if (other.limits.account != one.limits.account) continue;
      auto& requests = one.limits.requests;
      requests.bulk = std::min(requests.bulk, other.limits.requests.bulk);
      requests.metadata = std::min(requests.metadata, other.limits.requests.metadata);
      requests.overall = std::min(requests.overall, other.limits.requests.overall);
    }
  }
}

}  // namespace

Result<std::unique_ptr<State>> open_state(const Config& config, Files& files) {
  const auto& directory = config.state_directory;
  if (auto made = files.make_directories(directory); !made) return intake::with_how_to_own(made.error(), directory);
  auto lock = DirectoryLock::take(directory);
  if (!lock) return intake::with_how_to_own(lock.error(), directory);
  if (auto may = intake::check_may_use(directory, {"queue.db", "queue.db-wal", "queue.db-shm"}); !may)
    return may.error();
  auto store = queue::Store::open(directory / "queue.db");
  // The index of a log that finds no room is an I/O error to SQLite.
  if (!store && (store.error().code == Errc::no_space || store.error().code == Errc::io)) {
    (void)files.remove(directory / reserve_name);
    store = queue::Store::open(directory / "queue.db");
  }
  if (!store) return store.error().while_doing("cannot open the queue");
  auto spool = queue::Spool::open(directory / "spool", files);
  if (!spool) return intake::with_how_to_own(spool.error(), directory);
  queue::StoreThread::Settings settings;
  settings.reserve = directory / reserve_name;
  return std::make_unique<State>(State{std::move(*lock),
                                       std::make_unique<queue::StoreThread>(std::move(*store), std::move(settings)),
                                       std::move(*spool)});
}

Result<std::unique_ptr<Remote>> open_remote(const Config& config, boost::asio::io_context& io, const Clock& clock,
                                            Random& random, Files& files) {
  auto remote = std::make_unique<Remote>();
  if (config.uses_service()) {
    auto service = start_service(config, clock, random);
    if (!service) return service.error().while_doing("cannot start the import service");
    remote->service = std::move(*service);
  }
  for (const auto& organization : config.organizations) {
    auto made = target::create_zoho_target(io, target_settings(config, organization, remote->service.get()), clock,
                                           random, files);
    if (!made) return made.error().while_doing("organization " + organization.name);
    auto& entry = remote->organizations[organization.name];
    entry.limits = {organization.name, organization.max_jobs, organization.requests};
    // The service counts when a request arrives, we when it leaves: two that leave a whole window apart may arrive
    // closer together.
    entry.limits.requests.window += window_margin;
    entry.limits.account = config::account_of(config.organizations, organization);
    entry.target = std::move(*made);
    entry.callback_url = organization.callback_url;
  }
  agree_on_budgets(remote->organizations);
  return remote;
}

std::map<std::string, queue::Route> routes_of(const Config& config) {
  std::map<std::string, queue::Route> routes;
  for (const auto& route : config.routes) routes.emplace(route.name, route);
  return routes;
}

run::RunnerSettings runner_settings(const Config& config) {
  run::RunnerSettings settings;
  settings.outcome = config.outcome;
  settings.packing.files = config.merge_files;
  settings.archive = config.state_directory / "archive";
  return settings;
}

std::vector<std::string> callback_hosts(const Config& config) {
  std::vector<std::string> hosts;
  for (const auto& organization : config.organizations) {
    if (!organization.callback_url.empty()) hosts.push_back(config::host_of_url(organization.callback_url));
  }
  return hosts;
}

}  // namespace dropload
