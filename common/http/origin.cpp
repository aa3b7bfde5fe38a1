#include <charconv>

#include <fmt/format.h>
#include <boost/url/parse.hpp>

#include "common/http/client.h"

namespace dropload::http {

namespace {

// Boost.URL takes a port of any size. 0 for one that is none.
std::uint16_t port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return ec == std::errc{} && end == digits.data() + digits.size() ? port : std::uint16_t{0};
}

Error no_origin(std::string_view url) {
  return error(Errc::invalid_argument, "'{}' is not of the form https://host or http://host:port", url);
}

}  // namespace

Result<Origin> Origin::parse(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->has_userinfo() || parsed->has_query() || parsed->has_fragment()) return no_origin(url);
  if (!parsed->encoded_path().empty() && parsed->encoded_path() != "/") return no_origin(url);
  const auto scheme = parsed->scheme_id();
  if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https) return no_origin(url);
  Origin origin{.tls = scheme == boost::urls::scheme::https, .host = std::string(parsed->encoded_host_address())};
  origin.port = parsed->has_port() ? port_of(parsed->port()) : (origin.tls ? 443 : 80);
  if (origin.host.empty() || origin.port == 0) return no_origin(url);
  return origin;
}

std::string Origin::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string text = is_v6 ? fmt::format("[{}]", host) : host;
  if (port != (tls ? 443 : 80)) text += fmt::format(":{}", port);
  return text;
}

std::string Origin::to_string() const {
  return fmt::format("{}://{}", tls ? "https" : "http", authority());
}

}  // namespace dropload::http
