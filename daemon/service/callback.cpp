#include "daemon/service/callback.h"

#include <boost/url/parse.hpp>

namespace dropload::service {
namespace {

namespace ip = http::asio::ip;

constexpr Milliseconds connect_timeout{5'000};
constexpr Milliseconds answer_timeout{10'000};
constexpr std::size_t max_answer_bytes = 64 * 1024;

struct Range {
  std::uint32_t network;
  int bits;
};
constexpr std::array private_ranges{
    Range{0x00000000, 8},   // this network
    Range{0x0A000000, 8},   // private
    Range{0x64400000, 10},  // shared
    Range{0x7F000000, 8},   // loopback
    Range{0xA9FE0000, 16},  // link-local
    Range{0xAC100000, 12},  // private
    Range{0xC0000000, 24},  // protocol assignments
    Range{0xC0A80000, 16},  // private
    Range{0xC6120000, 15},  // benchmarks
    Range{0xE0000000, 4},   // multicast
    Range{0xF0000000, 4},   // reserved, broadcast
};

bool is_private_v4(std::uint32_t address) {
  return std::ranges::any_of(private_ranges, [&](const Range& range) {
    return (address >> (32 - range.bits)) == (range.network >> (32 - range.bits));
  });
}

std::uint32_t v4_at(const ip::address_v6::bytes_type& bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

bool is_private_v6(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  if (address.is_unspecified() || address.is_loopback() || address.is_link_local() || address.is_multicast())
    return true;
  if ((bytes[0] & 0xFE) == 0xFC) return true;                      // unique local
  if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0xC0) return true;  // site-local
  if (address.is_v4_mapped()) return is_private_v4(v4_at(bytes, 12));
  const bool is_6to4 = bytes[0] == 0x20 && bytes[1] == 0x02;
  if (is_6to4) return is_private_v4(v4_at(bytes, 2));
  const bool is_nat64 = bytes[0] == 0x00 && bytes[1] == 0x64 && bytes[2] == 0xFF && bytes[3] == 0x9B;
  return is_nat64 && is_private_v4(v4_at(bytes, 12));
}

http::AddressFilter filter_of(bool private_allowed) {
  if (private_allowed) return {};
  return [](const ip::address& address) { return !is_private_address(address); };
}

http::ClientSettings client_settings(bool private_allowed) {
  http::ClientSettings settings;
  settings.connect_timeout = connect_timeout;
  settings.write_timeout = answer_timeout;
  settings.answer_timeout = answer_timeout;
  settings.max_idle_connections = 0;
  settings.max_answer_bytes = max_answer_bytes;
  settings.allows = filter_of(private_allowed);
  return settings;
}

}  // namespace

std::optional<CallbackUrl> parse_callback_url(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->has_userinfo()) return std::nullopt;
  const std::string authority(parsed->encoded_host_and_port());
  auto origin = http::Origin::parse(std::string(parsed->scheme()) + "://" + authority);
  if (!origin) return std::nullopt;
  std::string target(parsed->encoded_path());
  if (target.empty()) target = "/";
  if (parsed->has_query()) target += "?" + std::string(parsed->encoded_query());
  return CallbackUrl{std::move(*origin), std::move(target)};
}

bool is_private_address(const ip::address& address) {
  return address.is_v4() ? is_private_v4(address.to_v4().to_uint()) : is_private_v6(address.to_v6());
}

http::Awaitable<std::optional<zoho::Refusal>> objection_to_callback(std::string url, bool private_allowed) {
  auto parsed = parse_callback_url(url);
  if (!parsed) co_return zoho::refuse(8125, "The callback URL is not valid.");
  auto filter = filter_of(private_allowed);
  const auto reached = co_await http::try_to_connect(std::move(parsed->origin), connect_timeout, std::move(filter));
  if (reached) co_return std::nullopt;
  if (reached.error().code == Errc::permission_denied) {
    co_return zoho::refuse(8127, "The callback URL leads to a private address.");
  }
  co_return zoho::refuse(8126, "The callback URL cannot be reached.");
}

Callbacks::Callbacks(http::asio::io_context& context, Jobs& jobs, bool private_allowed)
    : context_(context), jobs_(jobs), private_allowed_(private_allowed), tasks_(context.get_executor()) {}

void Callbacks::send_due() {
  for (;;) {
    auto due = jobs_.take_callback();
    if (!due) {
      spdlog::error("import service: {}", due.error().message);
      return;
    }
    if (!*due) return;
    const std::string name = "import service: callback of job " + (*due)->job_id;
    tasks_.spawn(name, send(std::move(**due)));
  }
}

http::Awaitable<void> Callbacks::stop() {
  tasks_.stop();
  co_await tasks_.join();
}

// The URL is not logged: its query may hold a secret.
http::Awaitable<void> Callbacks::send(Callback callback) {
  auto url = parse_callback_url(callback.url);
  if (!url) co_return;
  auto client = http::Client::create(context_, url->origin, client_settings(private_allowed_));
  if (!client) {
    spdlog::warn("import service: the callback of job {} was not sent: {}", callback.job_id, client.error().message);
    co_return;
  }
  http::ClientRequest request;
  request.verb = http::Verb::post;
  request.target = std::move(url->target);
  request.content_type = "application/json;charset=UTF-8";
  request.body = zoho::encode_job_details(callback.details);
  const auto result = co_await (*client)->send(std::move(request));
  if (const auto* failure = std::get_if<http::ClientFailure>(&result)) {
    spdlog::warn("import service: the callback of job {} failed: {}", callback.job_id, failure->error.message);
  }
}

}  // namespace dropload::service
