#include "common/base/text.h"
#include "daemon/api/endpoints.h"

namespace dropload::api {

Answer list_ignored(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto route = find_route(call.parts, call.captures.at("name"));
  if (!route) co_return route.error();
  const auto* standing = standing_of(call.parts, route->name);
  if (standing == nullptr) {
    co_return error(Errc::not_found, "route {} has no drop directory, so nothing in it is ignored", route->name);
  }
  co_return json_response(http::Status::ok, encode(ignored_view(*standing)));
}

}  // namespace dropload::api
