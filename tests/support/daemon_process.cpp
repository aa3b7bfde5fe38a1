#include "tests/support/daemon_process.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "tests/support/temporary_directory.h"

namespace dropload::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

int milliseconds_left(SteadyClock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

UniqueFd bind_datagram_socket(const std::filesystem::path& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.string().size() >= sizeof address.sun_path)
    throw std::runtime_error("the path of the notify socket is too long");
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  std::filesystem::remove(path);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot bind the notify socket");
  }
  // The daemon may run as another user.
  if (::chmod(path.c_str(), 0666) != 0) throw std::runtime_error("cannot open the notify socket to others");
  return fd;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (!more.contains(text.substr(0, text.find('=')))) all.push_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

DaemonProcess::DaemonProcess(std::vector<std::string> command, std::map<std::string, std::string> environment,
                             std::filesystem::path directory)
    : log_path_(directory / "daemon.log"),
      socket_path_(directory / "notify.sock"),
      socket_(bind_datagram_socket(socket_path_)) {
  environment["NOTIFY_SOCKET"] = socket_path_.string();
  environment.erase("JOURNAL_STREAM");
  auto variables = environment_with(environment);
  auto argv = pointers(command);
  auto envp = pointers(variables);
  UniqueFd log(::open(log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    ::dup2(log.get(), STDERR_FILENO);
    ::dup2(log.get(), STDOUT_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  pid_fd_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

DaemonProcess::~DaemonProcess() {
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void DaemonProcess::read_notification() {
  char buffer[4096];
  const auto n = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (n <= 0) return;
  std::string text(buffer, static_cast<std::size_t>(n));
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (line == "READY=1") ready_ = true;
    if (line.starts_with("STATUS=")) status_ = line.substr(7);
    begin = end + 1;
  }
}

bool DaemonProcess::wait_ready(std::chrono::seconds at_most) {
  const auto deadline = SteadyClock::now() + at_most;
  while (!ready_) {
    pollfd wanted[] = {{socket_.get(), POLLIN, 0}, {pid_fd_.get(), POLLIN, 0}};
    const int n = ::poll(wanted, 2, milliseconds_left(deadline));
    if (n == 0) return false;
    if ((wanted[0].revents & POLLIN) != 0) {
      read_notification();
    } else if (wanted[1].revents != 0) {
      return false;
    }
  }
  return true;
}

std::string DaemonProcess::rest_address() const {
  const auto at = status_.find("127.0.0.1:");
  if (at == std::string::npos) throw std::runtime_error("no address in the status line: " + status_);
  return status_.substr(at, status_.find_first_not_of("0123456789.:", at) - at);
}

void DaemonProcess::send_signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> DaemonProcess::wait_end(std::chrono::seconds at_most) {
  if (ended_) return ended_;
  pollfd wanted{pid_fd_.get(), POLLIN, 0};
  const auto deadline = SteadyClock::now() + at_most;
  int n = 0;
  do {
    n = ::poll(&wanted, 1, milliseconds_left(deadline));
  } while (n < 0 && errno == EINTR);
  if (n <= 0) return std::nullopt;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ended_ = status;
  return ended_;
}

std::string DaemonProcess::log() const {
  return contents(log_path_);
}

}  // namespace dropload::test
