#include "daemon/config_service_file.h"

#include <algorithm>
#include <array>
#include <map>

#include <boost/asio/ip/address.hpp>

#include "daemon/config_file.h"
#include "daemon/config_organizations.h"
#include "daemon/config_secrets.h"
#include "daemon/config_values.h"

namespace dropload {
namespace {

using namespace std::chrono_literals;
using config::TableReader;

constexpr std::size_t most_workspaces = 1'000;
constexpr int most_requests_a_minute = 100'000;
constexpr int most_units = 1'000'000'000;
constexpr std::array<config::Word<std::string_view>, 4> levels{
    {{"debug", "debug"}, {"info", "info"}, {"warn", "warn"}, {"error", "error"}}};

void read_counts(TableReader& table, zoho::RequestLimits& requests) {
  auto counts = table.subtable("requests");
  if (!counts) return;
  counts->read_number("bulk", requests.bulk, 1, most_requests_a_minute);
  counts->read_number("metadata", requests.metadata, 1, most_requests_a_minute);
  counts->read_number("overall", requests.overall, 1, most_requests_a_minute);
  counts->finish();
}

void read_own_keys(TableReader& table, ServiceFile& file) {
  config::Endpoint endpoint;
  if (table.read_parsed("listen", endpoint, config::parse_endpoint)) {
    file.address = endpoint.address;
    file.port = endpoint.port;
  }
  table.read("allow_remote", file.allow_remote);
  table.read_path("data_directory", file.data_directory);
  std::string_view level = file.log_level;
  if (table.read_word<std::string_view>("log_level", level, levels)) file.log_level = level;
  table.read("limits", file.limits);
  read_counts(table, file.requests);
  table.read_number("daily_units", file.daily_units, 0, most_units);
  table.read_duration("token_lifetime", file.token_lifetime, 1s, 24h);
  table.read_duration("summary_kept", file.summary_kept, 100ms, 24h);
  table.read_number("loader_threads", file.loader_threads, 1, 32);
  table.read_duration("slow_jobs", file.slow_jobs, 0ms, 24h);
  table.read_duration("batch_wait", file.batch_wait, 100ms, 24h);
  table.read("private_callbacks", file.private_callbacks);
  table.read("faults", file.faults);
  table.finish();
}

ServiceClient read_client(TableReader& table) {
  ServiceClient client;
  if (table.require("client_id", R"(client_id = "1000.…")")) table.read("client_id", client.client_id);
  if (table.require("client_secret", R"(client_secret = { env = "CLIENT_SECRET" })")) {
    read_secret(table, "client_secret", client.client_secret);
  }
  if (table.require("refresh_token", R"(refresh_token = { env = "REFRESH_TOKEN" })")) {
    read_secret(table, "refresh_token", client.refresh_token);
  }
  read_secret(table, "authorization_code", client.authorization_code);
  return client;
}

// Of the organization's own credentials all three or none; then those of its further users.
void read_clients(TableReader& table, ServiceOrganization& organization) {
  const bool any = table.has("client_id") || table.has("client_secret") || table.has("refresh_token");
  if (any) {
    organization.clients.push_back(read_client(table));
  } else if (table.has("authorization_code")) {
    table.problem("authorization_code", "goes with client_id, client_secret and refresh_token; write them too");
  }
  for (TableReader& user : table.tables("user")) {
    organization.clients.push_back(read_client(user));
    user.finish();
  }
}

ServiceOrganization read_service_organization(TableReader& table) {
  ServiceOrganization organization;
  if (table.require("name", R"(name = "acme")")) table.read_parsed("name", organization.name, config::parse_name);
  table.read_parsed("org_id", organization.id, config::parse_organization_id);
  table.read("workspaces", organization.workspaces, most_workspaces);
  read_clients(table, organization);
  table.finish();
  return organization;
}

void check_own(const std::string& value, std::string_view key, const TableReader& table,
               std::map<std::string, int>& seen) {
  if (value.empty()) return;
  const auto [first, is_new] = seen.emplace(value, table.place(key).line);
  if (is_new) return;
  table.source().problem(table.place(key), fmt::format("{}: \"{}\" is that of the organization in line {} already", key,
                                                       value, first->second));
}

void read_service_organizations(TableReader& root, ServiceFile& file) {
  std::map<std::string, int> names;
  std::map<std::string, int> ids;
  std::vector<TableReader> tables = root.tables("organization");
  for (TableReader& table : tables) {
    file.organizations.push_back(read_service_organization(table));
    check_own(file.organizations.back().name, "name", table, names);
    check_own(file.organizations.back().id, "org_id", table, ids);
  }
  if (!file.names_credentials()) return;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    TableReader& table = tables[i];
    if (!file.organizations[i].clients.empty()) continue;
    table.source().problem(table.place(),
                           "[[organization]] has no credentials while another one has; nobody could reach it. Write "
                           "client_id, client_secret and refresh_token, or take them from all");
  }
}

}  // namespace

bool ServiceFile::names_credentials() const {
  return std::ranges::any_of(organizations, [](const auto& each) { return !each.clients.empty(); });
}

LoadedServiceFile load_service_file(const std::filesystem::path& file) {
  LoadedServiceFile loaded;
  const auto path = std::filesystem::absolute(file).lexically_normal();
  loaded.problems = config::read_document(path, [&](const toml::table& document, config::Source& source) {
    TableReader root(document, "the top level", source);
    if (auto own = root.subtable("service")) read_own_keys(*own, loaded.file);
    read_service_organizations(root, loaded.file);
    root.finish();
  });
  return loaded;
}

std::optional<std::string> objection_to_address(const ServiceFile& file) {
  if (file.allow_remote) return std::nullopt;
  boost::system::error_code wrong;
  const auto address = boost::asio::ip::make_address(file.address, wrong);
  if (!wrong && address.is_loopback()) return std::nullopt;
  return fmt::format(
      "{} is reached from other machines, and what crosses the network is not encrypted; listen on 127.0.0.1, or say "
      "--allow-remote",
      file.address);
}

}  // namespace dropload
