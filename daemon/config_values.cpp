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

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) table[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) table[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

std::string lower_words(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return lower;
}

}  // namespace

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

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  // Nothing in a configuration is that long; it bounds the work on a line that is no word at all.
  constexpr std::size_t longest_word = 64;
  if (word.size() > longest_word) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(lower_words(word), lower_words(candidate));
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace dropload::config
