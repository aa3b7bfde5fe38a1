#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include "common/base/text.h"
#include "daemon/api/endpoints.h"

namespace dropload::api {

Result<void> expect_parameters(const http::Query& query, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : query.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (known.size() == 0)
      return error(Errc::invalid_argument, "this path takes no parameters, and '{}' was given", escaped(name));
    return error(Errc::invalid_argument, "there is no parameter '{}' here; known are {}", escaped(name),
                 fmt::join(known, ", "));
  }
  return {};
}

Result<std::int64_t> parse_number(std::string_view text, std::string_view what) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 1) {
    return error(Errc::invalid_argument, "{} must be a whole number of at least 1, not '{}'", what, escaped(text));
  }
  return number;
}

Result<queue::SubmissionId> id_of(const Call& call) {
  return parse_number(call.captures.at("id"), "the number of a submission");
}

Result<queue::Route> find_route(const Parts& parts, const std::string& name) {
  const auto found = parts.routes.find(name);
  if (found != parts.routes.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, route] : parts.routes) names.emplace_back(known);
  return error(Errc::not_found, "there is no route '{}'; the routes of this daemon are: {}", escaped(name),
               fmt::join(names, ", "));
}

const intake::Standing* standing_of(const Parts& parts, const std::string& route) {
  if (parts.standings == nullptr) return nullptr;
  const auto found = parts.standings->find(route);
  return found == parts.standings->end() ? nullptr : &found->second;
}

std::vector<ExpectedView> expected_of(const Parts& parts, const std::string& route) {
  std::vector<ExpectedView> views;
  if (parts.expecting == nullptr) return views;
  for (const auto& [expect, judged] : parts.expecting->judged(route)) views.push_back(expected_view(expect, judged));
  return views;
}

http::Response json_response(http::Status status, const Json& json) {
  http::Response response;
  response.status = status;
  response.body = json.dump() + "\n";
  return response;
}

}  // namespace dropload::api
