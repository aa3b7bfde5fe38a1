#pragma once

// Snapshots, and what is planned for them at `now`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/schedule/scheduler.h"

namespace dropload::schedule {

using queue::OrganizationSnapshot;
using queue::Snapshot;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Time now{1'000'000};

inline Time in(std::int64_t seconds) {
  return now + Milliseconds{seconds * 1000};
}

inline OrganizationSnapshot organization(std::string name = "acme") {
  OrganizationSnapshot snapshot;
  snapshot.name = std::move(name);
  return snapshot;
}

inline queue::Candidate candidate(queue::SubmissionId id, const std::string& route, const std::string& table,
                                  Time last_started = {}) {
  return {id, route, {"acme", "Main", table}, 100, last_started};
}

inline Plan decide_for(OrganizationSnapshot snapshot, OrganizationSettings settings = {}) {
  const std::string name = snapshot.name;
  return decide(Snapshot{{std::move(snapshot)}, {}, {}}, {{name, settings}}, now);
}

inline std::vector<queue::SubmissionId> started(const Plan& plan) {
  std::vector<queue::SubmissionId> ids;
  for (const auto& action : plan.actions) {
    if (const auto* start = std::get_if<StartJob>(&action)) ids.push_back(start->submission);
  }
  return ids;
}

inline std::vector<queue::JobId> polled(const Plan& plan) {
  std::vector<queue::JobId> ids;
  for (const auto& action : plan.actions) {
    if (const auto* poll = std::get_if<PollJob>(&action)) ids.push_back(poll->job);
  }
  return ids;
}

inline void use_up(OrganizationSnapshot& snapshot, int bulk, Time at) {
  snapshot.requests.add(zoho::CallKind::bulk, at, bulk);
}

}  // namespace dropload::schedule
