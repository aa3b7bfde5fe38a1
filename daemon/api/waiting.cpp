#include "daemon/api/waiting.h"

#include <algorithm>

#include "daemon/schedule/explain.h"
#include "daemon/schedule/explain_series.h"

namespace dropload::api {
namespace {

using queue::SubmissionState;

bool waits(const queue::Submission& submission) {
  return submission.state == SubmissionState::queued || submission.state == SubmissionState::importing;
}

Result<std::string> read_wait(queue::Store& store, const queue::Submission& submission, const schedule::Look& look) {
  if (submission.state == SubmissionState::queued) {
    const auto standing = store.standing(submission.id);
    if (!standing) return standing.error();
    return schedule::explain(submission, *standing, look);
  }
  const auto jobs = store.jobs_of(submission.id);
  if (!jobs) return jobs.error();
  return jobs->empty() ? std::string() : schedule::explain_import(jobs->back(), look);
}

}  // namespace

Scheduling scheduling_now(const Parts& parts) {
  return {parts.limits, parts.scheduling ? parts.scheduling() : decltype(Scheduling::settings){}, parts.clock.now()};
}

Result<std::map<queue::SubmissionId, std::string>> read_waits(queue::Store& store,
                                                              const std::vector<queue::Submission>& submissions,
                                                              const Scheduling& scheduling) {
  std::map<queue::SubmissionId, std::string> all;
  if (std::ranges::none_of(submissions, waits)) return all;
  const auto snapshot = store.snapshot(scheduling.limits, scheduling.now);
  if (!snapshot) return snapshot.error();
  const auto plan = schedule::decide(*snapshot, scheduling.settings, scheduling.now);
  const schedule::Look look{*snapshot, scheduling.settings, plan, scheduling.now};
  for (const auto& submission : submissions) {
    if (!waits(submission)) continue;
    auto why = read_wait(store, submission, look);
    if (!why) return why.error();
    all[submission.id] = std::move(*why);
  }
  return all;
}

}  // namespace dropload::api
