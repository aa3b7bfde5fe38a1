#include "daemon/systemd.h"

#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "tests/support/temporary_directory.h"

namespace dropload {
namespace {

// A service manager's end of $NOTIFY_SOCKET. What was sent waits in the socket, so nothing has to be waited for.
class NotifySocket : public testing::Test {
 protected:
  NotifySocket() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string path = (directory_.path() / "notify").string();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("the path is too long for a socket");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
      throw std::runtime_error("bind");
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifySocket() override { ::unsetenv("NOTIFY_SOCKET"); }

  // The next message; "" when none was sent.
  std::string received() const {
    std::array<char, 4096> buffer{};
    const auto n = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return n < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(n));
  }

 private:
  test::TemporaryDirectory directory_;
  UniqueFd socket_;
};

TEST_F(NotifySocket, HearsReadyStatusAndStopping) {
  systemd::ready();
  EXPECT_EQ(received(), "READY=1");
  systemd::status("4 waiting, 2 importing");
  EXPECT_EQ(received(), "STATUS=4 waiting, 2 importing");
  systemd::stopping();
  EXPECT_EQ(received(), "STOPPING=1");
}

TEST_F(NotifySocket, HearsALineBreakInAStatusAsABlank) {
  systemd::status("route a\nREADY=1");
  EXPECT_EQ(received(), "STATUS=route a READY=1");
}

TEST_F(NotifySocket, HearsNothingWhenItIsNotNamed) {
  ::unsetenv("NOTIFY_SOCKET");
  systemd::ready();
  systemd::status("4 waiting");
  systemd::stopping();
  EXPECT_EQ(received(), "");
}

}  // namespace
}  // namespace dropload
