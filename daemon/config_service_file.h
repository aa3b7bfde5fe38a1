#pragma once

// The configuration file of the import service on its own (`dropload service --config F`): as strict as the daemon's.
// config/service.toml documents every key with its default.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config.h"

namespace dropload {

struct ServiceClient {
  std::string client_id;
  Secret client_secret;
  Secret refresh_token;
  Secret authorization_code;
};

struct ServiceOrganization {
  std::string name;
  std::string id;  // "": made at the first start
  std::vector<std::string> workspaces{"Main"};
  std::vector<ServiceClient> clients{};  // its users; none: without credentials, and so are all others
};

// What the command line says wins over the file.
struct ServiceFile {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8788;
  bool allow_remote = false;  // addresses that other machines reach
  std::filesystem::path data_directory = "dropload-service";
  std::string log_level = "info";
  bool limits = true;
  zoho::RequestLimits requests;
  int daily_units = 0;  // 0: as many as anybody likes
  Milliseconds token_lifetime{3'600'000};
  Milliseconds summary_kept{3'600'000};
  int loader_threads = 5;
  Milliseconds slow_jobs{0};
  Milliseconds batch_wait{3'600'000};
  bool private_callbacks = false;
  bool faults = false;
  std::vector<ServiceOrganization> organizations;  // none: one of the service's own making

  // Whether credentials are named, and then nothing else is accepted.
  [[nodiscard]] bool names_credentials() const;
};

struct LoadedServiceFile {
  ServiceFile file;                     // usable only when there are no problems
  std::vector<ConfigProblem> problems;  // in order of lines
};

// Reads and checks. Relative paths are relative to the file's directory.
LoadedServiceFile load_service_file(const std::filesystem::path& file);

// Nothing, or why the service must not listen there: an address that other machines reach, and nobody said that they
// may.
std::optional<std::string> objection_to_address(const ServiceFile& file);

}  // namespace dropload
