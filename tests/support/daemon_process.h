#pragma once

// The real binary, as a process of its own: started, watched through sd_notify (as systemd would), signalled, killed.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "common/base/files.h"

namespace dropload::test {

class DaemonProcess {
 public:
  // Starts the command with these variables added to the environment; its output is appended to <directory>/daemon.log.
  DaemonProcess(std::vector<std::string> command, std::map<std::string, std::string> environment,
                std::filesystem::path directory);
  // Kills it with SIGKILL if it still runs.
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // Waits until it has said READY=1. False when it ended before or the time is up.
  bool wait_ready(std::chrono::seconds at_most = std::chrono::seconds(60));
  // The STATUS line that came last.
  [[nodiscard]] const std::string& status() const { return status_; }
  // "127.0.0.1:43021", from the STATUS line.
  [[nodiscard]] std::string rest_address() const;

  void send_signal(int number) const;
  // The wait status (see waitpid) when it ends in time.
  std::optional<int> wait_end(std::chrono::seconds at_most = std::chrono::seconds(60));
  [[nodiscard]] std::string log() const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  void read_notification();

  std::filesystem::path log_path_;
  std::filesystem::path socket_path_;
  UniqueFd socket_;
  pid_t pid_ = -1;
  UniqueFd pid_fd_;
  std::optional<int> ended_;
  std::string status_;
  bool ready_ = false;
};

}  // namespace dropload::test
