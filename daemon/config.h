#pragma once

// The configuration file (TOML): strict, and every problem is reported at once with its file, line and what to write
// instead. config/dropload.toml documents every key with its default.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/zoho/limits.h"
#include "daemon/queue/route.h"
#include "daemon/schedule/outcome.h"

namespace dropload {

// Keeps a secret out of logs: it prints as nothing. reveal() where it is used.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

struct OrganizationConfig {
  std::string name;
  bool embedded = false;  // the import service of this process; the keys below are then made by itself
  std::string organization_id;
  std::string api_url;    // from data_center or given: scheme, host and perhaps a port, without a path
  std::string token_url;  // likewise, of the token endpoint, with its path
  std::string client_id;
  Secret client_secret;
  Secret refresh_token;
  std::string ca_file;
  int max_jobs = zoho::max_jobs_of_an_organization;
  zoho::RequestLimits requests;
  // Where a proxy passes on the service's callbacks from: to this the path and a secret are added. "": none are asked
  // for.
  std::string callback_url;
  std::string account;  // the name under which organizations share a request budget; "": see account_of
};

struct ServiceConfig {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8788;
  std::filesystem::path data_directory;  // default: <state_directory>/service
  Milliseconds summary_kept{3'600'000};
  int loader_threads = 5;
  Milliseconds slow_jobs{0};
  bool limits = false;  // of calls a minute and of token requests
  bool faults = false;  // the admin endpoint
  Milliseconds batch_wait{3'600'000};
  bool private_callbacks = false;
};

struct Config {
  std::filesystem::path file;
  std::filesystem::path state_directory = "/var/lib/dropload";
  std::string log_level = "info";
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 8787;
  std::vector<std::string> allowed_hosts;  // Host headers beside localhost, 127.0.0.1 and [::1]
  std::uint64_t max_body_bytes = 1024ull * 1024 * 1024;
  std::uint64_t max_waiting = 100'000;  // submissions that are not finished
  std::uint64_t max_spool_bytes = 20ull * 1024 * 1024 * 1024;
  std::uint64_t keep_free_bytes = 64ull * 1024 * 1024;  // of the disk that the state directory is on
  Milliseconds stop_grace{20'000};
  schedule::OutcomeSettings outcome;
  int merge_files = 1'000;                           // that travel as one job at most
  std::uint64_t batch_bytes = zoho::max_file_bytes;  // of each route: see Route::batch_bytes
  ServiceConfig service;
  std::vector<OrganizationConfig> organizations;  // at least one; without any in the file an embedded one named "local"
  std::vector<queue::Route> routes;

  [[nodiscard]] bool uses_service() const;  // an organization is embedded
};

struct ConfigProblem {
  int line = 0;  // 0: of the file as a whole
  int column = 0;
  std::string message;  // what is wrong and what to write instead
};

struct LoadedConfig {
  Config config;                        // usable only when there are no problems
  std::vector<ConfigProblem> problems;  // in order of lines
};

// Reads, checks and completes. Relative paths are relative to the file's directory. Secrets are read from where they
// are named.
LoadedConfig load_config(const std::filesystem::path& file);
// "<file>:<line>:<column>: <message>", one a line.
std::string describe(const LoadedConfig& loaded, const std::filesystem::path& file);
std::string describe(const std::vector<ConfigProblem>& problems, const std::filesystem::path& file);

}  // namespace dropload
