#pragma once

// The import service: a server of the asynchronous import API (import-api.md) over real SQLite tables. The default
// target, a rehearsal stage and a local twin. It includes only common/, so it could leave the process; it has its own
// io thread, loader threads, database and port, and the daemon's client talks to it over HTTP exactly as to the real
// one.
//
// Files in its data directory: warehouse.db (the tables and their catalogue), service.db (organizations, workspaces,
// jobs, tokens, what is counted against limits), uploads/ (bodies of jobs that have not ended), reserve
// (common/base/disk_reserve.h). An accepted job is finished or reported as 1003 after a restart and on a full disk, not
// forgotten.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "common/zoho/limits.h"

namespace dropload::service {

// One user of an organization, as it shows itself. Never written to a file.
struct ClientSettings {
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
  std::string authorization_code{};  // gives the refresh token to who shows it, any number of times; "": none does
};

// An organization that clients reach.
struct OrganizationSettings {
  std::string name = "dropload";
  std::string id;                               // digits; "": made at the first start
  std::vector<std::string> workspaces{"Main"};  // made when they are missing
  std::vector<ClientSettings> clients{};        // none: the service makes its own
};

struct Settings {
  std::filesystem::path data_directory;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8788;                    // 0: the system picks one
  std::vector<std::string> workspaces{"Main"};  // of the one organization that there is without the next
  std::vector<OrganizationSettings> organizations;
  bool any_client = false;  // any client id, secret, refresh token and code will do, and reaches every organization
  // Calls of an account in a minute, and token requests; nothing: as many as anybody likes.
  std::optional<zoho::RequestLimits> limits;
  std::optional<std::int64_t> daily_units;  // of an organization; over it creates answer 6043
  bool faults = false;                      // the admin endpoint is there (admin_endpoints.cpp)
  Milliseconds stop_grace{0};               // calls under way may take so long when the service stops
  int max_jobs = 5;                         // per organization, jobs of batches that are still open included
  std::uint64_t max_file_bytes = 100ull * 1024 * 1024;
  Milliseconds summary_kept{3'600'000};
  Milliseconds token_lifetime{3'600'000};
  int loader_threads = 5;
  Milliseconds slow_jobs{0};           // rehearsal: every job takes at least this long
  Milliseconds retry_after{1000};      // what the disk or a database has refused is tried again after this long
  Milliseconds batch_wait{3'600'000};  // a job of batches that gets none for so long is ended
  bool private_callbacks = false;      // callbackUrl may lead to loopback and private addresses
};

// What a client needs; where the settings name none, made at the first start and kept in service.db.
struct Credentials {
  std::string organization_id;
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
};

// An organization and its workspaces, as they are reached.
struct Place {
  std::string organization_id;
  std::string organization_name;
  std::vector<std::pair<std::string, std::string>> workspaces;  // id and name
};

class ImportService {
 public:
  // Opens the data directory, listens and starts its threads. Errors: busy (another process has the directory),
  // unavailable (port), invalid_argument (a setting), io, …
  static Result<std::unique_ptr<ImportService>> start(Settings settings, const Clock& clock, Random& random);
  // Stops; jobs that are loading are rolled back and loaded again at the next start.
  virtual ~ImportService() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  // Of the first organization's first client.
  [[nodiscard]] virtual Credentials credentials() const = 0;
  [[nodiscard]] virtual std::vector<Place> places() const = 0;
  // The highest number of jobs that were queued or running at the same moment since start: for tests that prove the
  // limit of 5.
  [[nodiscard]] virtual int most_jobs_at_once() const = 0;
};

}  // namespace dropload::service
