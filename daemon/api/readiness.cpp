#include "daemon/api/endpoints.h"

namespace dropload::api {

// Ready is who accepts files and can keep them. What keeps files waiting (a paused organization, a service that cannot
// be reached) is no reason: they are safe.
Answer show_readiness(Call call) {
  std::vector<std::string> reasons;
  if (call.parts.is_stopping && call.parts.is_stopping()) reasons.emplace_back("the daemon is stopping");
  if (const auto& standstill = call.parts.intake.standstill()) reasons.push_back(standstill->reason);
  if (call.parts.store.short_of_room()) reasons.emplace_back("the disk of the state directory is full");
  auto work = [](queue::Store& store) { return store.list({.limit = 1}); };
  const auto read = co_await call.parts.store.run(std::move(work));
  if (!read) reasons.push_back(read.error().message);
  Json json;
  json["ready"] = reasons.empty();
  json["reasons"] = reasons;
  co_return json_response(reasons.empty() ? http::Status::ok : http::Status::service_unavailable, json);
}

}  // namespace dropload::api
