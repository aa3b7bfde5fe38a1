#include "common/http/client.h"

#include <list>

#include <boost/asio/ssl/context.hpp>

#include "common/http/client_connect.h"
#include "common/http/client_exchange.h"
#include "common/http/watchdog.h"

namespace dropload::http {

namespace {

// Connections that were kept alive, each until its time is up.
class IdlePool {
 public:
  IdlePool(std::size_t most, Milliseconds limit) : most_(most), limit_(limit) {}

  void put(std::unique_ptr<ClientStream> stream) {
    if (most_ == 0) return;
    if (streams_.size() >= most_) streams_.pop_front();
    const auto place = streams_.emplace(streams_.end());
    const auto executor = stream->socket().get_executor();
    place->stream = std::move(stream);
    place->limit = std::make_unique<Watchdog>(executor, [this, place] { streams_.erase(place); });
    place->limit->arm(limit_);
  }

  // The one used last, which is the least likely to be closed; null when there is none that still seems open.
  std::unique_ptr<ClientStream> take() {
    while (!streams_.empty()) {
      auto stream = std::move(streams_.back().stream);
      streams_.pop_back();
      if (stream->is_quiet()) return stream;
    }
    return nullptr;
  }

 private:
  struct Idle {
    std::unique_ptr<ClientStream> stream;
    std::unique_ptr<Watchdog> limit;
  };

  std::size_t most_;
  Milliseconds limit_;
  std::list<Idle> streams_;
};

class PoolingClient final : public Client {
 public:
  PoolingClient(Origin origin, ClientSettings settings, std::unique_ptr<asio::ssl::context> tls)
      : origin_(std::move(origin)),
        settings_(std::move(settings)),
        tls_(std::move(tls)),
        idle_(settings_.max_idle_connections, settings_.idle_limit) {}

  Awaitable<ClientResult> send(ClientRequest request) override;

 private:
  Awaitable<std::optional<ClientResult>> send_on(std::unique_ptr<ClientStream> stream, const ClientRequest& request,
                                                 bool kept_alive);

  Origin origin_;
  ClientSettings settings_;
  std::unique_ptr<asio::ssl::context> tls_;
  IdlePool idle_;
};

bool is_target(std::string_view target) {
  const auto is_wrong = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  return target.starts_with('/') && std::none_of(target.begin(), target.end(), is_wrong);
}

Awaitable<ClientResult> PoolingClient::send(ClientRequest request) {
  if (!is_target(request.target)) {
    co_return ClientFailure{error(Errc::invalid_argument, "'{}' is no request target", request.target)};
  }
  if (auto kept = idle_.take()) {
    auto result = co_await send_on(std::move(kept), request, true);
    if (result) co_return std::move(*result);
  }
  auto connected = co_await connect(origin_, settings_.connect_timeout, tls_.get(), settings_.allows);
  if (!connected) co_return ClientFailure{connected.error()};
  auto result = co_await send_on(std::move(*connected), request, false);
  co_return std::move(*result);
}

// Nothing when the connection had been closed while it was idle and the request may go out on another.
Awaitable<std::optional<ClientResult>> PoolingClient::send_on(std::unique_ptr<ClientStream> stream,
                                                              const ClientRequest& request, bool kept_alive) {
  Exchange exchange(*stream, request, settings_, origin_.authority());
  co_await exchange.run();
  if (kept_alive && exchange.may_try_again()) co_return std::nullopt;
  auto result = exchange.take_result();
  if (auto* failure = std::get_if<ClientFailure>(&result)) {
    failure->error = failure->error.while_doing(origin_.to_string());
  }
  if (exchange.reusable()) idle_.put(std::move(stream));
  co_return result;
}

Result<std::unique_ptr<asio::ssl::context>> tls_context(const ClientSettings& settings) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code ec;
  context->set_verify_mode(asio::ssl::verify_peer, ec);
  const auto& file = settings.certificate_authority_file;
  if (file.empty()) {
    context->set_default_verify_paths(ec);
  } else {
    context->load_verify_file(file, ec);
  }
  if (ec) return error(Errc::invalid_argument, "no certificates of authorities in '{}': {}", file, ec.message());
  return context;
}

}  // namespace

Result<std::unique_ptr<Client>> Client::create(asio::io_context&, Origin origin, ClientSettings settings) {
  std::unique_ptr<asio::ssl::context> tls;
  if (origin.tls) {
    auto context = tls_context(settings);
    if (!context) return context.error();
    tls = std::move(*context);
  }
  return std::make_unique<PoolingClient>(std::move(origin), std::move(settings), std::move(tls));
}

}  // namespace dropload::http
