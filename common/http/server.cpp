#include "common/http/server.h"

#include <algorithm>

#include <spdlog/spdlog.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/http/server_connection.h"
#include "common/http/task_group.h"

namespace dropload::http {

namespace {

using asio::ip::tcp;

constexpr Milliseconds pause_after_failed_accept{1'000};

class TcpServer final : public Server {
 public:
  TcpServer(asio::io_context& context, const Clock& clock, tcp::acceptor acceptor, ServerSettings settings,
            Handler handler)
      : acceptor_(std::move(acceptor)),
        shared_{.settings = std::move(settings),
                .clock = clock,
                .handler = std::move(handler),
                .idle = {},
                .room = Wakeup(context.get_executor())},
        acceptors_(context.get_executor()),
        connections_(context.get_executor()) {}

  [[nodiscard]] std::uint16_t port() const override { return shared_.settings.port; }
  void start() override { acceptors_.spawn("http accept", accept()); }
  Awaitable<void> stop(Milliseconds grace) override;

 private:
  Awaitable<void> accept();
  Awaitable<void> make_room();
  static Awaitable<void> serve(std::unique_ptr<ServerConnection> connection) { co_await connection->run(); }

  tcp::acceptor acceptor_;
  ServerShared shared_;
  TaskGroup acceptors_;
  TaskGroup connections_;
};

Awaitable<void> TcpServer::accept() {
  while (!shared_.stopping) {
    boost::system::error_code ec;
    tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted) co_return;
    if (ec == asio::error::connection_aborted) continue;  // it went away while it was in the kernel's queue
    if (ec) {
      spdlog::warn("port {} cannot take a connection: {}; trying again", port(), ec.message());
      co_await sleep_for(pause_after_failed_accept);
      continue;
    }
    co_await make_room();
    connections_.spawn("http connection", serve(std::make_unique<ServerConnection>(std::move(socket), shared_)));
  }
}

Awaitable<void> TcpServer::make_room() {
  while (shared_.connections >= shared_.settings.max_connections) {
    const auto idle = std::find_if(shared_.idle.begin(), shared_.idle.end(), [](auto* each) { return each->served(); });
    if (idle != shared_.idle.end()) (*idle)->end_idle_wait();
    co_await shared_.room.wait(std::nullopt);
  }
}

Awaitable<void> TcpServer::stop(Milliseconds grace) {
  shared_.stopping = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  acceptors_.stop();
  co_await acceptors_.join();
  for (ServerConnection* connection : shared_.idle) connection->end_idle_wait();
  co_await connections_.drain(grace);
}

Error cannot_listen(const ServerSettings& settings, const boost::system::error_code& ec) {
  return error(Errc::unavailable, "cannot listen on {} port {}: {}", settings.address, settings.port, ec.message());
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(asio::io_context& context, const Clock& clock, ServerSettings settings,
                                               Handler handler) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(settings.address, ec);
  if (ec) return error(Errc::invalid_argument, "'{}' is no IP address to listen on", settings.address);
  const tcp::endpoint endpoint(address, settings.port);
  tcp::acceptor acceptor(context);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return cannot_listen(settings, ec);
  settings.port = acceptor.local_endpoint().port();
  return std::make_unique<TcpServer>(context, clock, std::move(acceptor), std::move(settings), std::move(handler));
}

Awaitable<Result<std::string>> read_whole(BodyReader& body, std::size_t limit) {
  constexpr std::size_t piece = 64 * 1024;
  if (const auto size = body.size(); size && *size > limit) {
    co_return error(Errc::too_large, "the body of {} bytes is over the limit of {} bytes", *size, limit);
  }
  body.set_limit(limit);
  std::string whole;
  for (std::size_t length = 0;;) {
    const auto known = body.size();
    whole.resize(length + std::min<std::size_t>(piece, known ? *known - length + 1 : piece));
    const auto count = co_await body.read(asio::buffer(whole.data() + length, whole.size() - length));
    if (!count) co_return count.error();
    length += *count;
    whole.resize(length);
    if (*count == 0) co_return whole;
  }
}

}  // namespace dropload::http
