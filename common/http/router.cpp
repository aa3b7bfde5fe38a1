#include "common/http/router.h"

#include <fmt/format.h>

namespace dropload::http {

namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (std::size_t from = 0; from <= path.size();) {
    const auto end = std::min(path.find('/', from), path.size());
    segments.push_back(path.substr(from, end - from));
    from = end + 1;
  }
  return segments;
}

using Captures = std::map<std::string, std::string>;

std::optional<Captures> captures_of(std::string_view pattern, const std::vector<std::string>& path) {
  const auto wanted = segments_of(pattern);
  if (wanted.size() != path.size()) return std::nullopt;
  Captures captures;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (wanted[i].starts_with('{') && wanted[i].ends_with('}')) {
      if (path[i].empty()) return std::nullopt;
      captures.emplace(wanted[i].substr(1, wanted[i].size() - 2), path[i]);
    } else if (wanted[i] != path[i]) {
      return std::nullopt;
    }
  }
  return captures;
}

}  // namespace

std::variant<RouteMatch, NoRoute> match(const std::vector<RoutePattern>& table, Verb verb, std::string_view path) {
  std::vector<std::string> segments;
  for (const auto segment : segments_of(path)) {
    auto decoded = percent_decode(segment, false);
    if (!decoded) return NoRoute{};
    segments.push_back(std::move(*decoded));
  }
  const Verb wanted = verb == Verb::head ? Verb::get : verb;
  std::vector<std::string_view> allowed;
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto captures = captures_of(table[i].pattern, segments);
    if (!captures) continue;
    if (table[i].verb == wanted) return RouteMatch{i, std::move(*captures)};
    const std::string_view name = boost::beast::http::to_string(table[i].verb);
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) allowed.push_back(name);
  }
  if (allowed.empty()) return NoRoute{};
  return NoRoute{Status::method_not_allowed, fmt::format("{}", fmt::join(allowed, ", "))};
}

}  // namespace dropload::http
