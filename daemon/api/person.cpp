#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include "common/base/text.h"
#include "daemon/api/endpoints.h"
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

OrganizationView view_of(const queue::OrganizationSnapshot& snapshot, const schedule::OrganizationSettings& settings,
                         Time now) {
  OrganizationView view{snapshot.name,     snapshot.pause,      settings.probing,
                        settings.max_jobs, snapshot.slots_held, snapshot.uploading};
  if (const auto& known = snapshot.strangers) {
    view.others = known->others(snapshot.slots_held - snapshot.uploading);
    view.others_told_at = known->told_at;
  }
  view.bulk_calls = snapshot.requests.used(zoho::CallKind::bulk, now);
  view.bulk_allowed = snapshot.requests.limits().bulk;
  if (snapshot.requests.closed_until() > now) view.closed_until = snapshot.requests.closed_until();
  return view;
}

Result<std::vector<OrganizationView>> read_organizations(queue::Store& store, const Scheduling& scheduling) {
  const auto snapshot = store.snapshot(scheduling.limits, scheduling.now);
  if (!snapshot) return snapshot.error();
  std::vector<OrganizationView> all;
  for (const auto& one : snapshot->organizations)
    all.push_back(view_of(one, scheduling.settings.at(one.name), scheduling.now));
  return all;
}

using Paused = std::optional<queue::Pause>;

// The change, then how the organization is after it.
template <typename Change>
Answer change_organization(Call call, std::string name, Change change) {
  auto work = [change, name, scheduling = scheduling_now(call.parts)](queue::Store& store) -> Result<OrganizationView> {
    if (auto changed = change(store, name); !changed) return changed.error();
    const auto all = read_organizations(store, scheduling);
    if (!all) return all.error();
    return *std::ranges::find(*all, name, &OrganizationView::name);
  };
  const auto view = co_await call.parts.store.run(std::move(work));
  if (!view) co_return view.error();
  if (!view->paused && call.parts.resumed) call.parts.resumed(name);
  call.parts.wake();
  co_return json_response(http::Status::ok, encode(*view));
}

Json encode_route(const Call& call, const queue::Route& route, const Paused& paused) {
  const auto* standing = standing_of(call.parts, route.name);
  return encode(route, paused, drop_view(standing), expected_of(call.parts, route.name),
                intake_view(call.parts.intake.standstill(), standing));
}

template <typename Change>
Answer change_route(Call call, Change change) {
  const auto route = find_route(call.parts, call.captures.at("name"));
  if (!route) co_return route.error();
  auto work = [change, name = route->name](queue::Store& store) -> Result<Paused> {
    if (auto changed = change(store, name); !changed) return changed.error();
    const auto pauses = store.route_pauses();
    if (!pauses) return pauses.error();
    const auto found = pauses->find(name);
    return found == pauses->end() ? Paused() : Paused(found->second);
  };
  const auto paused = co_await call.parts.store.run(std::move(work));
  if (!paused) co_return paused.error();
  call.parts.wake();
  co_return json_response(http::Status::ok, encode_route(call, *route, *paused));
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

Answer list_organizations(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  auto work = [scheduling = scheduling_now(call.parts)](queue::Store& store) {
    return read_organizations(store, scheduling);
  };
  const auto all = co_await call.parts.store.run(std::move(work));
  if (!all) co_return all.error();
  Json json;
  json["organizations"] = Json::array();
  for (const auto& one : *all) json["organizations"].push_back(encode(one));
  co_return json_response(http::Status::ok, json);
}

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
  auto work = [](queue::Store& store) { return store.route_pauses(); };
  const auto pauses = co_await call.parts.store.run(std::move(work));
  if (!pauses) co_return pauses.error();
  Json json;
  json["routes"] = Json::array();
  for (const auto& [name, route] : call.parts.routes) {
    const auto found = pauses->find(name);
    const auto paused = found == pauses->end() ? Paused() : Paused(found->second);
    json["routes"].push_back(encode_route(call, route, paused));
  }
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
