// Puts bodies of one size on many connections, one at a time on each, and says how long it took: to dropload over REST,
// or to beanstalkd. One thread, so that the client costs both sides of puts_bench.py the same.
//
//   puts rest|beanstalk PORT CONNECTIONS COUNT BYTES        prints the seconds

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "puts: %s\n", why.c_str());
  std::exit(1);
}

std::string csv_of(std::size_t bytes, int n) {
  std::string text = "id,text\n";
  while (text.size() < bytes) text += std::to_string(n) + ",some text that a column holds\n";
  text.resize(bytes);
  text.back() = '\n';
  return text;
}

std::string message(bool rest, std::size_t bytes, int n) {
  const auto body = csv_of(bytes, n);
  if (!rest) return "put 0 0 60 " + std::to_string(body.size()) + "\r\n" + body + "\r\n";
  return "POST /v1/submissions?route=bench&filename=data.csv HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Is the answer whole? Ends the program when it is none of success.
bool is_whole(bool rest, std::string_view answer) {
  if (!rest) {
    if (!answer.ends_with("\r\n")) return false;
    if (!answer.starts_with("INSERTED ")) fail("beanstalkd said " + std::string(answer));
    return true;
  }
  const auto head = answer.find("\r\n\r\n");
  if (head == std::string_view::npos) return false;
  if (!answer.starts_with("HTTP/1.1 201")) fail("the daemon said " + std::string(answer));
  const auto length = answer.find("Content-Length: ");
  if (length == std::string_view::npos || length > head) fail("an answer without a length: " + std::string(answer));
  return answer.size() >= head + 4 + std::strtoul(answer.data() + length + 16, nullptr, 10);
}

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail(std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) fail(std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void run(bool rest, std::vector<pollfd>& connections, int count, std::size_t bytes) {
  std::vector<std::string> answers(connections.size());
  int sent = 0;
  int answered = 0;
  for (std::size_t i = 0; i < connections.size() && sent < count; ++i)
    send_all(connections[i].fd, message(rest, bytes, sent++));
  char buffer[8192];
  while (answered < count) {
    if (::poll(connections.data(), connections.size(), -1) < 0) fail(std::strerror(errno));
    for (std::size_t i = 0; i < connections.size(); ++i) {
      if (connections[i].revents == 0) continue;
      const auto n = ::recv(connections[i].fd, buffer, sizeof buffer, 0);
      if (n <= 0) fail("a connection was closed");
      answers[i].append(buffer, static_cast<std::size_t>(n));
      if (!is_whole(rest, answers[i])) continue;
      answers[i].clear();
      ++answered;
      if (sent < count) send_all(connections[i].fd, message(rest, bytes, sent++));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) fail("puts rest|beanstalk PORT CONNECTIONS COUNT BYTES");
  const bool rest = std::strcmp(argv[1], "rest") == 0;
  std::vector<pollfd> connections;
  for (int i = 0; i < std::atoi(argv[3]); ++i) connections.push_back({connect_to(std::atoi(argv[2])), POLLIN, 0});
  const auto begun = std::chrono::steady_clock::now();
  run(rest, connections, std::atoi(argv[4]), static_cast<std::size_t>(std::atoi(argv[5])));
  std::printf("%.4f\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  return 0;
}
