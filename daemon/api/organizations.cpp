#include "daemon/api/organizations.h"

#include "common/base/text.h"
#include "daemon/api/endpoints.h"
#include "daemon/schedule/duration.h"

namespace dropload::api {
namespace {

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

// One that nothing is known of yet would be a guess, and one whose time is over tells nothing.
Result<std::optional<Time>> expected_end_of(queue::Store& store, const queue::RunningJob& job,
                                            const zoho::RequestLimits& limits, Time now) {
  if (job.state != queue::JobState::running) return std::optional<Time>();
  const auto timing = store.timing_of(job.job, limits, now);
  if (!timing) return timing.error();
  const auto expected = schedule::expected_duration(*timing, {});
  const Time end = timing->sent_at + expected.time;
  return expected.known && end > now ? std::optional(end) : std::nullopt;
}

Json json_of(const RunningView& running) {
  const auto& job = running.job;
  Json json;
  json["job"] = job.job;
  json["submission"] = job.submission;
  json["parts"] = job.parts;
  json["file_name"] = escaped(job.file_name);
  json["table"] = readable(job.table);
  json["route"] = readable(job.route);
  json["state"] = to_string(job.state);
  json["since"] = to_rfc3339(job.since);
  json["size"] = job.size;
  json["expected_end"] = running.expected_end ? Json(to_rfc3339(*running.expected_end)) : Json(nullptr);
  return json;
}

}  // namespace

Result<std::vector<OrganizationNow>> read_organizations(queue::Store& store, const Scheduling& scheduling,
                                                        const queue::Overview& overview) {
  const auto snapshot = store.snapshot(scheduling.limits, scheduling.now);
  if (!snapshot) return snapshot.error();
  const auto running = queue::read_running(store);
  if (!running) return running.error();
  std::vector<OrganizationNow> all;
  for (std::size_t i = 0; i < snapshot->organizations.size(); ++i) {
    const auto& one = snapshot->organizations[i];
    auto& now = all.emplace_back();
    now.view = view_of(one, scheduling.settings.at(one.name), scheduling.now);
    const auto waiting = overview.waiting.find(one.name);
    if (waiting != overview.waiting.end()) now.waiting = waiting->second;
    const auto jobs = running->find(one.name);
    if (jobs == running->end()) continue;
    for (const auto& job : jobs->second) {
      const auto end = expected_end_of(store, job, scheduling.limits[i].requests, scheduling.now);
      if (!end) return end.error();
      now.running.push_back({job, *end});
    }
  }
  return all;
}

Json encode(const OrganizationNow& organization) {
  Json json = encode(organization.view);
  json["waiting"] = organization.waiting;
  json["units"] = nullptr;  // the service does not tell
  json["running"] = Json::array();
  for (const auto& running : organization.running) json["running"].push_back(json_of(running));
  return json;
}

Answer list_organizations(Call call) {
  if (auto known = expect_parameters(call.query, {}); !known) co_return known.error();
  using All = std::vector<OrganizationNow>;
  auto work = [scheduling = scheduling_now(call.parts)](queue::Store& store) -> Result<All> {
    const auto overview = queue::read_overview(store, scheduling.now);
    if (!overview) return overview.error();
    return read_organizations(store, scheduling, *overview);
  };
  const auto all = co_await call.parts.store.run(std::move(work));
  if (!all) co_return all.error();
  Json json;
  json["organizations"] = Json::array();
  for (const auto& one : *all) json["organizations"].push_back(encode(one));
  co_return json_response(http::Status::ok, json);
}

}  // namespace dropload::api
