#include "daemon/app_service.h"

#include <csignal>

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "daemon/app_service_words.h"
#include "daemon/systemd.h"

namespace dropload {
namespace {

constexpr Milliseconds grace_of_calls{5'000};

service::OrganizationSettings settings_of(const ServiceOrganization& organization) {
  service::OrganizationSettings settings;
  settings.name = organization.name;
  settings.id = organization.id;
  settings.workspaces = organization.workspaces;
  for (const ServiceClient& client : organization.clients) {
    settings.clients.push_back({client.client_id, client.client_secret.reveal(), client.refresh_token.reveal(),
                                client.authorization_code.reveal()});
  }
  return settings;
}

service::Settings settings_of(const ServiceFile& file) {
  service::Settings settings;
  settings.data_directory = file.data_directory;
  settings.address = file.address;
  settings.port = file.port;
  for (const auto& organization : file.organizations) settings.organizations.push_back(settings_of(organization));
  settings.any_client = !file.names_credentials();
  if (file.limits) settings.limits = file.requests;
  if (file.daily_units > 0) settings.daily_units = file.daily_units;
  settings.faults = file.faults;
  settings.stop_grace = grace_of_calls;
  settings.summary_kept = file.summary_kept;
  settings.token_lifetime = file.token_lifetime;
  settings.loader_threads = file.loader_threads;
  settings.slow_jobs = file.slow_jobs;
  settings.batch_wait = file.batch_wait;
  settings.private_callbacks = file.private_callbacks;
  return settings;
}

}  // namespace

Result<void> run_service(const ServiceFile& file, std::ostream& out) {
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  SystemRandom random;
  boost::asio::io_context io{1};
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  auto service = service::ImportService::start(settings_of(file), clock, random);
  if (!service) return service.error().while_doing("cannot start the import service");
  out << welcome(file, **service) << std::flush;
  systemd::status(fmt::format("import service on {}:{}", file.address, (*service)->port()));
  systemd::ready();
  signals.async_wait([&](const boost::system::error_code&, int signal) {
    // From here on a signal does what it does to any process. The state on the disk is whole at every moment.
    signals.clear();
    spdlog::info("{}: stopping; a second signal ends it at once", signal == SIGINT ? "SIGINT" : "SIGTERM");
  });
  io.run();
  systemd::stopping();
  service->reset();
  spdlog::info("stopped");
  return {};
}

}  // namespace dropload
