#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/api/organizations.h"
#include "daemon/api/waiting.h"

// What a person says about organizations, routes and single submissions beside ending a hold.

namespace dropload::api {
namespace {

constexpr std::size_t longest_reason = 1'000;  // bytes

// Given or not, a pause has one: who looks at it later is to know that it is a person's.
Result<std::string> reason_of(const Call& call) {
  if (auto known = expect_parameters(call.query, {"reason"}); !known) return known.error();
  auto reason = call.query.find("reason").value_or("");
  if (reason.size() > longest_reason) {
    return error(Errc::invalid_argument, "the reason is longer than {} bytes; make it a short sentence",
                 longest_reason);
  }
  if (reason.empty()) return std::string("a person paused it");
  return readable(reason);
}

Result<std::string> organization_of(const Call& call) {
  const auto& name = call.captures.at("name");
  std::vector<std::string_view> names;
  for (const auto& known : call.parts.limits) names.emplace_back(known.name);
  if (std::ranges::find(names, name) != names.end()) return name;
  return error(Errc::not_found, "there is no organization '{}'; the organizations of this daemon are: {}",
               escaped(name), fmt::join(names, ", "));
}

Result<OrganizationNow> read_organization(queue::Store& store, const std::string& name, const Scheduling& scheduling) {
  const auto overview = queue::read_overview(store, scheduling.now);
  if (!overview) return overview.error();
  auto all = read_organizations(store, scheduling, *overview);
  if (!all) return all.error();
  return *std::ranges::find(*all, name, [](const OrganizationNow& one) { return one.view.name; });
}

using Paused = std::optional<queue::Pause>;

// The change, then how the organization is after it.
template <typename Change>
Answer change_organization(Call call, std::string name, Change change) {
  auto work = [change, name, scheduling = scheduling_now(call.parts)](queue::Store& store) -> Result<OrganizationNow> {
    if (auto changed = change(store, name); !changed) return changed.error();
    return read_organization(store, name, scheduling);
  };
  const auto view = co_await call.parts.store.run(std::move(work));
  if (!view) co_return view.error();
  if (!view->view.paused && call.parts.resumed) call.parts.resumed(name);
  call.parts.wake();
  co_return json_response(http::Status::ok, encode(*view));
}

// What the store has of routes.
struct StoredRoutes {
  std::map<std::string, queue::Pause> pauses;
  std::map<std::string, queue::RouteNumbers> numbers;
};

Result<StoredRoutes> read_routes(queue::Store& store, Time now) {
  auto pauses = store.route_pauses();
  if (!pauses) return pauses.error();
  auto overview = queue::read_overview(store, now);
  if (!overview) return overview.error();
  return StoredRoutes{std::move(*pauses), std::move(overview->routes)};
}

Json encode_route(const Call& call, const queue::Route& route, const StoredRoutes& stored) {
  const auto* standing = standing_of(call.parts, route.name);
  const auto paused = stored.pauses.find(route.name);
  const auto numbers = stored.numbers.find(route.name);
  Json json = encode(route, paused == stored.pauses.end() ? Paused() : Paused(paused->second), drop_view(standing),
                     expected_of(call.parts, route.name), intake_view(call.parts.intake.standstill(), standing));
  add_numbers(json, numbers == stored.numbers.end() ? queue::RouteNumbers() : numbers->second);
  return json;
}

template <typename Change>
Answer change_route(Call call, Change change) {
  const auto route = find_route(call.parts, call.captures.at("name"));
  if (!route) co_return route.error();
  auto work = [change, name = route->name, now = call.parts.clock.now()](queue::Store& store) -> Result<StoredRoutes> {
    if (auto changed = change(store, name); !changed) return changed.error();
    return read_routes(store, now);
  };
  const auto stored = co_await call.parts.store.run(std::move(work));
  if (!stored) co_return stored.error();
  call.parts.wake();
  co_return json_response(http::Status::ok, encode_route(call, *route, *stored));
}

Result<int> priority_of(const Call& call) {
  if (auto known = expect_parameters(call.query, {"priority"}); !known) return known.error();
  const auto text = call.query.find("priority").value_or("");
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return error(Errc::invalid_argument, "the parameter 'priority' must be a whole number from {} to {}, not '{}'",
                 queue::lowest_priority, queue::highest_priority, escaped(text));
  }
  return number;
}

}  // namespace

Answer pause_organization(Call call) {
  auto name = organization_of(call);
  if (!name) co_return name.error();
  const auto reason = reason_of(call);
  if (!reason) co_return reason.error();
  auto change = [reason = *reason](queue::Store& store, const std::string& organization) {
    return store.pause_organization(organization, reason);
  };
  co_return co_await change_organization(std::move(call), std::move(*name), std::move(change));
}

Answer resume_organization(Call call) {
  auto name = organization_of(call);
  if (!name) co_return name.error();
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto change = [](queue::Store& store, const std::string& organization) {
    return store.resume_organization(organization);
  };
  co_return co_await change_organization(std::move(call), std::move(*name), change);
}

Answer list_routes(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  auto work = [now = call.parts.clock.now()](queue::Store& store) { return read_routes(store, now); };
  const auto stored = co_await call.parts.store.run(std::move(work));
  if (!stored) co_return stored.error();
  Json json;
  json["routes"] = Json::array();
  for (const auto& [name, route] : call.parts.routes) json["routes"].push_back(encode_route(call, route, *stored));
  co_return json_response(http::Status::ok, json);
}

Answer pause_route(Call call) {
  const auto reason = reason_of(call);
  if (!reason) co_return reason.error();
  auto change = [reason = *reason](queue::Store& store, const std::string& route) {
    return store.pause_route(route, reason);
  };
  co_return co_await change_route(std::move(call), std::move(change));
}

Answer resume_route(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto change = [](queue::Store& store, const std::string& route) { return store.resume_route(route); };
  co_return co_await change_route(std::move(call), change);
}

Answer pause_submission(Call call) {
  const auto id = id_of(call);
  if (!id) co_return id.error();
  const auto reason = reason_of(call);
  if (!reason) co_return reason.error();
  auto work = [number = *id, reason = *reason, now = call.parts.clock.now()](queue::Store& store) {
    const auto held = store.hold(
        number, fmt::format("Paused by a person: {}", reason),
        "Send it back into its line with `dropload resume submission ID`, or end it with `dropload cancel ID`.", now);
    return held ? store.find(number) : Result<queue::Submission>(held.error());
  };
  const auto changed = co_await call.parts.store.run(std::move(work));
  if (!changed) co_return changed.error();
  call.parts.wake();
  co_return json_response(http::Status::ok, encode(*changed));
}

Answer set_priority(Call call) {
  const auto id = id_of(call);
  if (!id) co_return id.error();
  const auto priority = priority_of(call);
  if (!priority) co_return priority.error();
  auto work = [number = *id, priority = *priority, now = call.parts.clock.now()](queue::Store& store) {
    return store.set_priority(number, priority, now);
  };
  const auto changed = co_await call.parts.store.run(std::move(work));
  if (!changed) co_return changed.error();
  call.parts.wake();
  co_return json_response(http::Status::ok, encode(*changed));
}

Answer retry_submission(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  const auto id = id_of(call);
  if (!id) co_return id.error();
  const auto accepted = co_await call.parts.intake.retry(*id, call.parts.routes);
  if (!accepted) co_return accepted.error();
  auto answer = co_await answer_accepted(call.parts, *accepted);
  co_return answer;
}

}  // namespace dropload::api
