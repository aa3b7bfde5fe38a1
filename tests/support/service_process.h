#pragma once

// `dropload service` as a process of its own, and a client that knows nothing of ours.

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/daemon_process.h"
#include "tests/support/rest.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {

class ServiceProcess {
 public:
  // Nothing is started yet.
  ServiceProcess() = default;

  // `dropload service` on a port that the system picks and on the same directory each time, with these arguments
  // beside. Kills what runs. Waits until it is ready; throws, with its log, when it does not come to that.
  void start(std::vector<std::string> arguments = {}, std::map<std::string, std::string> environment = {});
  // SIGKILL.
  void kill();
  DaemonProcess& process() { return *process_; }

  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] std::uint16_t port() const;
  // The line that is to be pasted.
  [[nodiscard]] std::string line_to_paste() const;

  RestAnswer send(const std::string& verb, const std::string& target, const std::string& body = {},
                  std::map<std::string, std::string> headers = {});
  // With a token and the organization's id.
  RestAnswer call(const std::string& verb, const std::string& target, const std::string& body = {},
                  std::map<std::string, std::string> headers = {});
  std::map<std::string, std::string> headers();
  std::string workspace_id();
  std::string create_target(const std::string& table);
  // The job's id; throws when it is refused or the connection breaks.
  std::string create_table(const std::string& name, const std::string& csv);
  nlohmann::json job(const std::string& id);
  // Asks until the job has ended; throws when it does not.
  nlohmann::json wait_for_end(const std::string& id);
  // Rows of a table; -1 when there is no such table.
  [[nodiscard]] std::int64_t rows_in(const std::string& table) const;
  // Ids of jobs that a run of the service has accepted, from its own database.
  [[nodiscard]] std::vector<std::string> jobs_on_disk() const;

 private:
  TemporaryDirectory directory_;
  std::optional<DaemonProcess> process_;
  std::string token_;
  std::string organization_;
  std::string workspace_;
};

}  // namespace dropload::test
