#include "daemon/config.h"

#include <algorithm>
#include <array>

#include <toml++/toml.h>

#include "daemon/config_file.h"
#include "daemon/config_organizations.h"
#include "daemon/config_reader.h"
#include "daemon/config_routes.h"
#include "daemon/config_values.h"

namespace dropload {
namespace {

using namespace std::chrono_literals;
using config::TableReader;

constexpr std::size_t most_hosts = 100;
constexpr int most_merged_files = 10'000;
constexpr int most_waiting = 10'000'000;
constexpr std::uint64_t largest_spool = 1'048'576ull * 1024 * 1024 * 1024;
constexpr std::array<config::Word<std::string_view>, 4> log_levels{
    {{"debug", "debug"}, {"info", "info"}, {"warn", "warn"}, {"error", "error"}}};

void read_listen(TableReader& table, std::string& address, std::uint16_t& port) {
  config::Endpoint endpoint;
  if (!table.read_parsed("listen", endpoint, config::parse_endpoint)) return;
  address = endpoint.address;
  port = endpoint.port;
}

void read_room(TableReader& table, Config& config) {
  int waiting = static_cast<int>(config.max_waiting);
  table.read_number("max_waiting", waiting, 1, most_waiting);
  config.max_waiting = static_cast<std::uint64_t>(waiting);
  table.read_size("max_spool", config.max_spool_bytes, largest_spool);
  table.read_size("keep_free", config.keep_free_bytes, largest_spool);
  // The largest file must fit, or it would wait for ever and keep all others waiting.
  if (config.max_spool_bytes < zoho::max_file_bytes) {
    table.problem("max_spool",
                  fmt::format("{} is out of range; write {} to {}", config::to_text(config.max_spool_bytes),
                              config::to_text(zoho::max_file_bytes), config::to_text(largest_spool)));
    config.max_spool_bytes = zoho::max_file_bytes;
  }
}

void read_daemon(TableReader& table, Config& config) {
  if (table.read_path("state_directory", config.state_directory)) {
    check_can_be_made(table, "state_directory", config.state_directory);
  }
  read_listen(table, config.listen_address, config.listen_port);
  table.read("allowed_hosts", config.allowed_hosts, most_hosts);
  for (const std::string& host : config.allowed_hosts) {
    if (const auto checked = config::check_host(host); !checked)
      table.problem("allowed_hosts", checked.error().message);
  }
  table.read_size("max_body", config.max_body_bytes, zoho::max_bytes_in_batches);
  read_room(table, config);
  std::string_view level = config.log_level;
  if (table.read_word<std::string_view>("log_level", level, log_levels)) config.log_level = level;
  table.read_duration("stop_grace", config.stop_grace, 0ms, 10min);
  table.finish();
}

void read_schedule(TableReader& table, Config& config) {
  auto& outcome = config.outcome;
  table.read_duration("first_poll", outcome.first_poll, 10ms, 30min);
  table.read_duration("poll_every", outcome.poll_every, 10ms, 30min);
  table.read_duration("retry_first", outcome.backoff.first, 10ms, 24h);
  table.read_duration("retry_most", outcome.backoff.most, 10ms, 24h);
  table.read_duration("lost_job_wait", outcome.lost_job_wait, 0ms, 24h);
  table.read_duration("open_job_wait", outcome.open_job_wait, 0ms, 24h);
  table.read_size("batch_size", config.batch_bytes, zoho::max_file_bytes);
  table.read_duration("pause_probe", outcome.pause_probe, 10ms, 24h);
  table.read_number("merge_files", config.merge_files, 1, most_merged_files);
  if (outcome.backoff.most < outcome.backoff.first) {
    table.problem(table.has("retry_most") ? "retry_most" : "retry_first",
                  fmt::format("retry_most ({}) is below retry_first ({}); raise the one or lower the other",
                              config::to_text(outcome.backoff.most), config::to_text(outcome.backoff.first)));
  }
  table.finish();
}

void read_service(TableReader& table, Config& config) {
  ServiceConfig& service = config.service;
  read_listen(table, service.address, service.port);
  if (table.read_path("data_directory", service.data_directory)) {
    check_can_be_made(table, "data_directory", service.data_directory);
  }
  table.read_duration("summary_kept", service.summary_kept, 100ms, 24h);
  table.read_number("loader_threads", service.loader_threads, 1, 32);
  table.read_duration("slow_jobs", service.slow_jobs, 0ms, 24h);
  table.read("limits", service.limits);
  table.read("faults", service.faults);
  table.read_duration("batch_wait", service.batch_wait, 100ms, 24h);
  table.read("private_callbacks", service.private_callbacks);
  table.finish();
}

// The address that stands for all of IPv6 takes in IPv4 as well.
bool takes_in(const std::string& address, const std::string& other) {
  const bool is_v4 = other.find(':') == std::string::npos;
  return address == other || address == "::" || (address == "0.0.0.0" && is_v4);
}

// Each of the two has a default, so either line alone may be the one that makes them clash.
void check_addresses(std::optional<TableReader>& daemon, std::optional<TableReader>& service, const Config& config) {
  const ServiceConfig& embedded = config.service;
  if (!config.uses_service() || embedded.port == 0 || embedded.port != config.listen_port) return;
  if (!takes_in(embedded.address, config.listen_address) && !takes_in(config.listen_address, embedded.address)) return;
  if (service && service->has("listen")) {
    service->problem("listen", "is the daemon's own address and port; write another port, such as \"127.0.0.1:8788\"");
  } else if (daemon) {
    daemon->problem("listen",
                    "is the import service's address and port; write another port, such as \"127.0.0.1:8787\"");
  }
}

// The import service would refuse every job (8127).
void check_callbacks(TableReader& root, const Config& config) {
  if (config.service.private_callbacks || !root.has("organization")) return;
  auto tables = root.tables("organization");
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto& organization = config.organizations[i];
    if (!organization.embedded || !config::is_this_machine(config::host_of_url(organization.callback_url))) continue;
    tables[i].problem("callback_url",
                      "leads to this machine, which the import service does not call back; write private_callbacks = "
                      "true in [service] too");
  }
}

void read_all(const toml::table& document, config::Source& source, Config& config) {
  TableReader root(document, "the top level", source);
  std::optional<TableReader> daemon = root.subtable("daemon");
  if (daemon) read_daemon(*daemon, config);
  if (auto schedule = root.subtable("schedule")) read_schedule(*schedule, config);
  std::optional<TableReader> service = root.subtable("service");
  if (service) read_service(*service, config);
  if (config.service.data_directory.empty()) config.service.data_directory = config.state_directory / "service";
  config.organizations = read_organizations(root);
  check_addresses(daemon, service, config);
  if (source.problems.empty()) check_callbacks(root, config);
  config::Routes found = read_routes(root, config.organizations);
  config.routes = std::move(found.routes);
  for (queue::Route& route : config.routes) {
    route.batch_bytes = config.batch_bytes;
    // What the spool can never hold would wait for room for ever.
    route.max_bytes = std::min(route.max_bytes, config.max_spool_bytes);
  }
  root.finish();
  std::vector<config::NamedDirectory> directories{
      {"the state directory", config.state_directory, daemon ? daemon->place("state_directory") : config::Place{}},
      {"the import service's data directory", config.service.data_directory,
       service ? service->place("data_directory") : config::Place{}}};
  std::ranges::move(found.directories, std::back_inserter(directories));
  check_overlaps(directories, source);
}

}  // namespace

bool Config::uses_service() const {
  return std::ranges::any_of(organizations, &OrganizationConfig::embedded);
}

LoadedConfig load_config(const std::filesystem::path& file) {
  LoadedConfig loaded;
  loaded.config.file = std::filesystem::absolute(file).lexically_normal();
  loaded.problems = config::read_document(loaded.config.file, [&](const toml::table& document, config::Source& source) {
    read_all(document, source, loaded.config);
  });
  return loaded;
}

std::string describe(const LoadedConfig& loaded, const std::filesystem::path& file) {
  return describe(loaded.problems, file);
}

std::string describe(const std::vector<ConfigProblem>& problems, const std::filesystem::path& file) {
  std::string lines;
  for (const ConfigProblem& problem : problems) {
    const std::string place = problem.line > 0 ? fmt::format(":{}:{}", problem.line, problem.column) : "";
    lines += fmt::format("{}{}: {}\n", file.string(), place, problem.message);
  }
  return lines;
}

}  // namespace dropload
