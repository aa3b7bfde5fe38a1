#pragma once

// A whole installation for system and crash tests: a directory with a configuration, an import service in this process
// (so that it outlives a daemon that is killed, as the real one would), and the real daemon as a process.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "daemon/service/import_service.h"
#include "tests/support/daemon_process.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {

class World {
 public:
  // One organization "acme", workspace "Main", and a route for each import type whose drop directory is <path>/<route>
  // (or lies on another file system): "append", "truncateadd", "updateadd" (on the column id); the table comes from the
  // file name up to the first '_' or
  // '.'; missing tables are made.
  struct Options {
    Milliseconds slow_jobs{0};
    Milliseconds lost_job_wait{300};
    // How many jobs the service lets an organization have: more than it may, and most_jobs_at_once() tells whether the
    // daemon counts by itself.
    int service_max_jobs = 5;
    std::string more_config{};
    bool merge = false;           // of the route "append"
    std::string more_schedule{};  // lines of [schedule]
    Milliseconds service_batch_wait{3'600'000};
    bool drops_on_another_file_system = false;  // see other_file_system
    Milliseconds first_poll{20};
    uid_t user = 0;              // that the daemon runs as, and owns the directory; only root can have another one
    std::string callback_url{};  // of the organization; the service calls back wherever it leads
  };
  World() : World(Options{}) {}
  explicit World(Options options);

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] service::ImportService& service() { return *service_; }

  // The drop directory of a route.
  [[nodiscard]] std::filesystem::path drop_directory(const std::string& route) const {
    return (drops_ ? drops_->path() : path()) / route;
  }

  // Starts the daemon and waits until it is ready, unless it is to crash.
  DaemonProcess& start(std::map<std::string, std::string> environment = {});
  DaemonProcess& daemon() { return *daemon_; }

  // Puts a whole file into a route's drop directory, by rename.
  void drop(const std::string& route, const std::string& name, const std::string& text) const;

  // Submissions as GET /v1/submissions lists them, newest first.
  nlohmann::json submissions();
  nlohmann::json submission(std::int64_t id);
  // Waits until so many submissions exist and each is done, failed, held or cancelled; an empty list when that does not
  // happen.
  nlohmann::json wait_until_settled(std::size_t count);

  // Rows of a table in the warehouse; -1 when there is no such table.
  [[nodiscard]] std::int64_t rows_in(const std::string& table) const;
  // Every file outside the service that has this content: where an original lies.
  [[nodiscard]] std::vector<std::filesystem::path> places_of(const std::string& text) const;

 private:
  TemporaryDirectory directory_;
  std::optional<TemporaryDirectory> drops_;
  uid_t user_ = 0;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<service::ImportService> service_;
  std::unique_ptr<DaemonProcess> daemon_;
};

// "id,name\n1,a\n…" with so many rows; `seed` makes the content differ.
std::string some_csv(int rows, const std::string& seed);

}  // namespace dropload::test
