#pragma once

// Paths to handlers, from a constant table: 404 and 405 fall out of it. Pure; the handler type is the caller's.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.h"

namespace dropload::http {

struct RoutePattern {
  Verb verb;
  std::string_view pattern;  // "/v1/submissions/{id}": "{id}" stands for one non-empty segment
};

struct RouteMatch {
  std::size_t index = 0;                        // into the table
  std::map<std::string, std::string> captures;  // "id" → "41", percent-decoded
};

struct NoRoute {
  Status status = Status::not_found;  // or method_not_allowed
  std::string allow;                  // with method_not_allowed: "GET, POST"
};

// HEAD matches GET. The first pattern that fits wins, literal segments before captures only by the order of the table.
// `path` has no query.
std::variant<RouteMatch, NoRoute> match(const std::vector<RoutePattern>& table, Verb verb, std::string_view path);

}  // namespace dropload::http
