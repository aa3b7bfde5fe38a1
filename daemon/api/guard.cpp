#include "daemon/api/guard.h"

#include <algorithm>

#include <fmt/ranges.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "common/base/text.h"

namespace dropload::api {
namespace {

using boost::beast::http::field;

// What a foreign header is quoted with at most.
constexpr std::size_t max_quoted = 200;

std::string quoted(std::string_view value) {
  return fmt::format("'{}'", escaped(value.substr(0, max_quoted)));
}

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "[::1]:8787" → "[::1]", "LOCALHOST:8787" → "localhost". What is no host with a port is left as it is, and so matches
// no name.
std::string host_of(std::string_view authority) {
  const auto end_of_host = authority.starts_with('[') ? authority.find(']') : authority.find(':');
  const auto colon =
      authority.starts_with('[') && end_of_host != std::string_view::npos ? end_of_host + 1 : end_of_host;
  std::string_view host = authority;
  if (colon < authority.size() && authority[colon] == ':' && is_port(authority.substr(colon + 1)))
    host = authority.substr(0, colon);
  return boost::algorithm::to_lower_copy(std::string(host));
}

// "http://localhost:8787" → "localhost:8787"; "null" and whatever else is no origin of a web page → "".
std::string_view authority_of(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  }
  return "";
}

bool changes_nothing(http::Verb verb) {
  return verb == http::Verb::get || verb == http::Verb::head || verb == http::Verb::options;
}

}  // namespace

Guard::Guard(const std::vector<std::string>& names, const std::vector<std::string>& callback_names)
    : names_{"localhost", "127.0.0.1", "[::1]"} {
  std::transform(names.begin(), names.end(), std::back_inserter(names_), host_of);
  std::transform(callback_names.begin(), callback_names.end(), std::back_inserter(callback_names_), host_of);
}

bool Guard::is_allowed(std::string_view authority) const {
  return std::find(names_.begin(), names_.end(), host_of(authority)) != names_.end();
}

std::optional<Problem> Guard::refuse(http::Verb verb, const http::Fields& headers, bool is_callback) const {
  if (auto refused = refuse_host(headers, is_callback)) return refused;
  return refuse_site(verb, headers);
}

std::optional<Problem> Guard::refuse_host(const http::Fields& headers, bool is_callback) const {
  if (headers.count(field::host) != 1) {
    return problem("invalid_argument", "the request needs exactly one Host header, such as 'Host: localhost'");
  }
  const std::string_view host = headers[field::host];
  if (is_allowed(host)) return std::nullopt;
  const bool is_proxy =
      std::find(callback_names_.begin(), callback_names_.end(), host_of(host)) != callback_names_.end();
  if (is_callback && is_proxy) return std::nullopt;
  return problem(
      "foreign_host",
      fmt::format("the request is for host {}, which is not one of this daemon's names ({}); use one of them, or "
                  "add the name to allowed_hosts in the configuration",
                  quoted(host), fmt::join(names_, ", ")));
}

std::optional<Problem> Guard::refuse_site(http::Verb verb, const http::Fields& headers) const {
  const std::string_view site = headers["Sec-Fetch-Site"];
  if (site == "cross-site" || (site == "same-site" && !changes_nothing(verb))) {
    return problem("cross_site",
                   "a browser sent this on behalf of a page of another origin; open the daemon's own address, or use a "
                   "program that is not a browser (dropload, curl)");
  }
  for (auto [origin, end] = headers.equal_range(field::origin); origin != end; ++origin) {
    if (is_allowed(authority_of(origin->value()))) continue;
    return problem("cross_site",
                   fmt::format("a page of {} sent this, which is not one of this daemon's names ({}); open the "
                               "daemon's own address, or add the name to allowed_hosts in the configuration",
                               quoted(origin->value()), fmt::join(names_, ", ")));
  }
  return std::nullopt;
}

}  // namespace dropload::api
