#pragma once

// Why a submission waits and what comes next, in one sentence for people. Pure. What decide() found is told, not found
// again: the plan says what is started and why no more is, the standing says whose turn it is in the line.

#include <string>

#include "daemon/queue/snapshot.h"
#include "daemon/queue/standing.h"
#include "daemon/schedule/scheduler.h"

namespace dropload::schedule {

// All that a look at the queue says at one moment; serves any number of submissions.
struct Look {
  const queue::Snapshot& snapshot;
  const std::map<std::string, OrganizationSettings>& settings;
  const Plan& plan;  // decide(snapshot, settings, now)
  Time now;
};

// Of a queued one. The first that holds: its table has a job, or a lost one; its route is paused; its organization is;
// it waits for a time; what decide() says of its organization (slots, a probe, the budget); it is started at once. Of
// one that stands behind others the same is told of the one in front.
std::string explain(const queue::Submission& submission, const queue::Standing& standing, const Look& look);

// Of one that is being imported, by its latest job: its upload goes on, or when the service is asked next; or that
// nobody asks, since its organization has left the configuration.
std::string explain(const queue::Job& job, const Look& look);

}  // namespace dropload::schedule
