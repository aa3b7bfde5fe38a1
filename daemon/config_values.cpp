#include "daemon/config_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>

namespace dropload::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
// Ascending, so that the largest that divides is found from the back.
constexpr std::array<Unit, 5> duration_units{
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> size_units{{{"B", 1}, {"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}}};

// A whole number that is not negative, then exactly one of the units. Nothing for anything else and for what does not
// fit 64 bits.
std::optional<std::int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || number < 0) return std::nullopt;
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  const auto unit = std::ranges::find(units, name, &Unit::name);
  if (unit == units.end()) return std::nullopt;
  if (number > std::numeric_limits<std::int64_t>::max() / unit->factor) return std::nullopt;
  return number * unit->factor;
}

std::string with_unit(std::int64_t value, std::span<const Unit> units) {
  const Unit* best = units.data();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return fmt::format("{}{}", value / best->factor, best->name);
}

constexpr std::size_t longest_callback_url = 500;

bool is_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return problem == std::errc{} && rest == digits.data() + digits.size() && port != 0;
}

}  // namespace

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

Result<Milliseconds> parse_duration(std::string_view text) {
  if (const auto ms = parse_with_unit(text, duration_units)) return Milliseconds{*ms};
  return error(Errc::invalid_argument,
               "\"{}\" is no duration; write a whole number and a unit (ms, s, m, h, d), such as \"10s\"", text);
}

std::string to_text(Milliseconds duration) {
  return with_unit(duration.count(), duration_units);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  if (const auto bytes = parse_with_unit(text, size_units)) return static_cast<std::uint64_t>(*bytes);
  return error(Errc::invalid_argument,
               "\"{}\" is no size; write a whole number and a unit (B, KB, MB, GB), such as \"100MB\"", text);
}

std::string to_text(std::uint64_t bytes) {
  return with_unit(static_cast<std::int64_t>(bytes), size_units);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return error(Errc::invalid_argument,
                 "\"{}\" {}; write address and port, such as \"127.0.0.1:8787\" or \"[::1]:8787\"", text, why);
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("has no port");
  std::string host(text.substr(0, colon));
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address || address.is_v6() != bracketed) return wrong("does not begin with an IP address");
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (problem != std::errc{} || rest != digits.data() + digits.size()) return wrong("has no port between 0 and 65535");
  return Endpoint{address.to_string(), port};
}

Result<std::string> parse_url(std::string_view text, bool with_path) {
  const std::string_view example =
      with_path ? "https://accounts.zoho.eu/oauth/v2/token" : "https://analyticsapi.zoho.eu";
  const auto wrong = [&](std::string_view why) {
    return error(Errc::invalid_argument, "\"{}\" {}; write something like \"{}\"", text, why, example);
  };
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty()) return wrong("is no URL");
  const bool plain = url->scheme() == "http";
  if (!plain && url->scheme() != "https") return wrong("is no https URL");
  if (plain && !is_this_machine(url->encoded_host())) return wrong("would send the token unencrypted over a network");
  if (url->has_userinfo() || url->has_query() || url->has_fragment()) return wrong("has more in it than host and path");
  const bool has_path = !url->encoded_path().empty() && url->encoded_path() != "/";
  if (has_path != with_path) return wrong(with_path ? "has no path" : "has a path");
  std::string cleaned(text);
  while (cleaned.ends_with('/')) cleaned.pop_back();
  return cleaned;
}

Result<std::string> parse_callback_url(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return error(Errc::invalid_argument, "\"{}\" {}; write something like \"https://drop.example.com\"", text, why);
  };
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->host().empty()) return wrong("is no URL");
  if (url->scheme() != "http" && url->scheme() != "https") return wrong("is no http or https URL");
  if (url->has_userinfo() || url->has_query() || url->has_fragment()) return wrong("has more in it than host and path");
  if (url->has_port() && !is_port(url->port())) return wrong("has no port between 1 and 65535");
  if (text.size() > longest_callback_url) return wrong("is longer than 500 bytes");
  std::string cleaned(text);
  while (cleaned.ends_with('/')) cleaned.pop_back();
  return cleaned;
}

std::string host_of_url(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  return parsed ? std::string(parsed->encoded_host()) : "";
}

Result<void> check_host(std::string_view text) {
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  const auto belongs = [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' ||
           (bracketed && c == ':');
  };
  const std::string_view inner = bracketed ? text.substr(1, text.size() - 2) : text;
  if (!inner.empty() && std::ranges::all_of(inner, belongs)) return {};
  return error(Errc::invalid_argument,
               "\"{}\" is no host; write the name alone, without http:// and port, such as \"imports.example.com\"",
               text);
}

}  // namespace dropload::config
