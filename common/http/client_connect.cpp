#include "common/http/client_connect.h"

#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/http/deadline.h"
#include "common/http/watchdog.h"

namespace dropload::http {

namespace {

using asio::ip::tcp;
using Endpoints = std::vector<tcp::endpoint>;

// Shared with the resolver's handler, which may come long after the deadline.
struct LookUp {
  explicit LookUp(const asio::any_io_executor& executor) : resolver(executor), ended(executor) {}
  tcp::resolver resolver;
  Wakeup ended;  // by the answer, or by the deadline
  boost::system::error_code ec;
  Endpoints found;
};

void start(const std::shared_ptr<LookUp>& look_up, const Origin& origin) {
  look_up->resolver.async_resolve(
      origin.host, std::to_string(origin.port),
      [look_up](const boost::system::error_code& ec, const tcp::resolver::results_type& results) {
        look_up->ec = ec;
        for (const auto& result : results) look_up->found.push_back(result.endpoint());
        look_up->ended.notify();
      });
}

std::optional<Error> objection_to(const Endpoints& endpoints, const AddressFilter& allows) {
  if (!allows) return std::nullopt;
  for (const tcp::endpoint& endpoint : endpoints) {
    if (allows(endpoint.address())) continue;
    return error(Errc::permission_denied, "the address {} may not be connected to", endpoint.address().to_string());
  }
  return std::nullopt;
}

Awaitable<Result<void>> reach(ClientStream& stream, const Origin& origin, std::shared_ptr<LookUp> look_up,
                              const AddressFilter& allows) {
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address(origin.host, not_an_address);
  if (not_an_address) {
    start(look_up, origin);
    co_await look_up->ended.wait(std::nullopt);
    if (look_up->ec) co_return error(Errc::connection, "the name has no address: {}", look_up->ec.message());
  } else {
    look_up->found = {tcp::endpoint(address, origin.port)};
  }
  if (auto objection = objection_to(look_up->found, allows)) co_return std::move(*objection);
  boost::system::error_code ec;
  co_await asio::async_connect(stream.socket(), look_up->found, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return error(Errc::connection, "{}", ec.message());
  stream.socket().set_option(tcp::no_delay(true), ec);
  co_return co_await stream.shake_hands();
}

}  // namespace

Awaitable<Result<std::unique_ptr<ClientStream>>> connect(Origin origin, Milliseconds timeout, asio::ssl::context* tls,
                                                         AddressFilter allows) {
  const auto executor = co_await asio::this_coro::executor;
  auto stream = make_stream(executor, origin, tls);
  const auto look_up = std::make_shared<LookUp>(executor);
  Watchdog watchdog(executor, [&] {
    stream->close();
    look_up->ended.notify();
  });
  watchdog.arm(timeout);
  const auto reached = co_await reach(*stream, origin, look_up, allows);
  co_await throw_if_cancelled();
  if (watchdog.expired()) {
    co_return error(Errc::timed_out, "no connection to {} within {} ms", origin.to_string(), timeout.count());
  }
  if (!reached) co_return reached.error().while_doing(fmt::format("no connection to {}", origin.to_string()));
  co_return std::move(stream);
}

Awaitable<Result<void>> try_to_connect(Origin origin, Milliseconds timeout, AddressFilter allows) {
  origin.tls = false;
  const auto connected = co_await connect(std::move(origin), timeout, nullptr, std::move(allows));
  if (!connected) co_return connected.error();
  co_return Result<void>{};
}

}  // namespace dropload::http
