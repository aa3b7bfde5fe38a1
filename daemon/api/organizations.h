#pragma once

// How organizations stand now: what the store has, with what the runner decides with.

#include <vector>

#include "daemon/api/json_types.h"
#include "daemon/api/waiting.h"
#include "daemon/queue/overview.h"

namespace dropload::api {

struct RunningView {
  queue::RunningJob job;
  std::optional<Time> expected_end;  // as far as is known from earlier jobs
};

struct OrganizationNow {
  OrganizationView view;
  std::vector<RunningView> running;  // oldest first
  std::uint64_t waiting = 0;         // queued submissions
};

// One for each of `scheduling.limits`, in their order. Errors: the store's.
Result<std::vector<OrganizationNow>> read_organizations(queue::Store& store, const Scheduling& scheduling,
                                                        const queue::Overview& overview);
Json encode(const OrganizationNow& organization);

}  // namespace dropload::api
