#include "daemon/config_organizations.h"

#include <algorithm>
#include <array>
#include <map>

#include "common/zoho/paths.h"
#include "daemon/config_secrets.h"
#include "daemon/config_values.h"

namespace dropload::config {
namespace {

// Plans and agreements differ, so the ceiling only keeps nonsense out.
constexpr int most_requests = 100'000;

Result<const zoho::DataCenter*> parse_data_center(std::string_view text) {
  if (const auto* found = zoho::find_data_center(text)) return found;
  return error(Errc::invalid_argument, "\"{}\" is no data center; write one of {}", text, zoho::data_center_names());
}

void read_requests(TableReader& table, zoho::RequestLimits& requests) {
  auto limits = table.subtable("requests");
  if (!limits) return;
  limits->read_number("bulk", requests.bulk, 1, most_requests);
  limits->read_number("metadata", requests.metadata, 1, most_requests);
  limits->read_number("overall", requests.overall, 1, most_requests);
  limits->finish();
}

// An embedded organization learns these when the import service starts.
void refuse_keys_of_remote(TableReader& table) {
  constexpr std::array<std::string_view, 5> keys{"org_id", "client_id", "client_secret", "refresh_token", "ca_file"};
  for (const std::string_view key : keys) {
    if (table.has(key))
      table.problem(key, "the import service makes this by itself for an embedded organization; take the line out");
  }
}

void read_addresses(TableReader& table, OrganizationConfig& organization) {
  const zoho::DataCenter* center = nullptr;
  if (table.read_parsed("data_center", center, parse_data_center)) {
    organization.api_url = fmt::format("https://{}", center->api_host);
    organization.token_url = fmt::format("https://{}{}", center->accounts_host, zoho::path::token);
  }
  table.read_parsed("api_url", organization.api_url, [](std::string_view text) { return parse_url(text, false); });
  table.read_parsed("token_url", organization.token_url, [](std::string_view text) { return parse_url(text, true); });
  if (table.has("api_url")) table.require("token_url", R"(token_url = "https://accounts.example.com/oauth/v2/token")");
  if (table.has("token_url") && !table.has("api_url")) {
    table.problem("token_url", "goes with api_url; write both, or data_center alone");
  }
}

void read_credentials(TableReader& table, OrganizationConfig& organization) {
  if (table.require("org_id", R"(org_id = "60012345")")) {
    table.read_parsed("org_id", organization.organization_id, parse_organization_id);
  }
  if (table.require("client_id", R"(client_id = "1000.…")")) table.read("client_id", organization.client_id);
  if (table.require("client_secret", R"(client_secret = { file = "/path/to/it" })")) {
    read_secret(table, "client_secret", organization.client_secret);
  }
  if (table.require("refresh_token", R"(refresh_token = { file = "/path/to/it" })")) {
    read_secret(table, "refresh_token", organization.refresh_token);
  }
  std::filesystem::path ca_file;
  if (!table.read_path("ca_file", ca_file)) return;
  organization.ca_file = ca_file.string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(ca_file, ignored)) {
    table.problem("ca_file", fmt::format("{} is no file; write the path of a PEM file with the certificates to trust",
                                         ca_file.string()));
  }
}

// Exactly one way to say where the organization is.
void check_one_place(TableReader& table, bool embedded) {
  const int given = (embedded ? 1 : 0) + (table.has("data_center") ? 1 : 0) + (table.has("api_url") ? 1 : 0);
  if (given == 1 || (given == 0 && table.has("token_url"))) return;
  table.source().problem(
      table.place(),
      fmt::format(
          "[[organization]] says in {} ways where it is; write exactly one of embedded = true, data_center = \"eu\" "
          "and api_url with token_url",
          given == 0 ? "no" : std::to_string(given)));
}

OrganizationConfig read_organization(TableReader& table) {
  OrganizationConfig organization;
  if (table.require("name", R"(name = "main")")) table.read_parsed("name", organization.name, parse_name);
  const bool misspelt = !table.read("embedded", organization.embedded) && table.has("embedded");
  if (misspelt) organization.embedded = true;  // most likely meant, and it spares the reader what follows from false
  read_addresses(table, organization);
  check_one_place(table, organization.embedded);
  if (organization.embedded) {
    refuse_keys_of_remote(table);
  } else {
    read_credentials(table, organization);
  }
  table.read_number("max_jobs", organization.max_jobs, 1, zoho::max_jobs_of_an_organization);
  read_requests(table, organization.requests);
  table.read_parsed("account", organization.account, parse_name);
  table.read_parsed("callback_url", organization.callback_url, parse_callback_url);
  if (table.has("data_center") && is_this_machine(host_of_url(organization.callback_url))) {
    table.problem("callback_url",
                  "leads to this machine, which a data center cannot reach; write the public address of a reverse "
                  "proxy, or take the line out");
  }
  table.finish();
  return organization;
}

// The slots and the request budget belong to an account's organization, so one that is listed twice would be overrun.
void check_unique(const std::string& value, std::string_view key, const TableReader& table,
                  std::map<std::string, int>& seen) {
  if (value.empty()) return;
  const auto [first, is_new] = seen.emplace(value, table.place(key).line);
  if (is_new) return;
  table.source().problem(
      table.place(key), fmt::format("{}: \"{}\" is that of the organization in line {} already; each must have its own",
                                    key, value, first->second));
}

}  // namespace

std::string account_of(const std::vector<OrganizationConfig>& organizations, const OrganizationConfig& organization) {
  // No name of an organization has a blank.
  if (!organization.account.empty()) return "account " + organization.account;
  std::string first = organization.name;
  for (const auto& other : organizations) {
    const bool same = other.account.empty() && other.embedded == organization.embedded &&
                      other.api_url == organization.api_url && other.client_id == organization.client_id &&
                      other.refresh_token.reveal() == organization.refresh_token.reveal();
    if (same) first = std::min(first, other.name);
  }
  return first;
}

Result<std::string> parse_organization_id(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() <= 20 && std::ranges::all_of(text, is_digit)) return std::string(text);
  return error(Errc::invalid_argument,
               "\"{}\" is no organization id; write its digits in quotes (ZANALYTICS-ORGID, as /orgs shows it)", text);
}

Result<std::string> parse_name(std::string_view text) {
  const auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  if (text.size() <= 64 && !text.starts_with('.') && std::ranges::all_of(text, belongs)) return std::string(text);
  return error(Errc::invalid_argument,
               "\"{}\" is no name; write up to 64 letters a-z, digits, dots, hyphens and underscores, no dot first",
               text);
}

std::vector<OrganizationConfig> read_organizations(TableReader& root) {
  std::vector<OrganizationConfig> organizations;
  std::map<std::string, int> names;
  std::map<std::string, int> ids;
  for (TableReader& table : root.tables("organization")) {
    organizations.push_back(read_organization(table));
    check_unique(organizations.back().name, "name", table, names);
    check_unique(organizations.back().organization_id, "org_id", table, ids);
  }
  if (!root.has("organization")) {
    OrganizationConfig local;
    local.name = "local";
    local.embedded = true;
    organizations.push_back(std::move(local));
  }
  return organizations;
}

}  // namespace dropload::config
