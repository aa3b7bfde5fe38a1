#pragma once

// The timelines of all submissions as one: what happened since, for whoever follows it.

#include <map>
#include <string>
#include <vector>

#include "daemon/queue/store.h"

namespace dropload::queue {

using EventId = std::int64_t;

// A line of a timeline, with what its submission is now.
struct Happened {
  EventId id = 0;
  SubmissionId submission = 0;
  Time at;
  std::string what;
  SubmissionState state = SubmissionState::queued;
  std::string route;
  std::string organization;
  std::string table;
  std::string file_name;
};

// Errors: the store's.
Result<EventId> newest_event(Store& store);  // 0 when nothing ever happened
// The `most` oldest behind this one, oldest first.
Result<std::vector<Happened>> happened_after(Store& store, EventId id, int most);

// What is paused, with the reasons.
struct AllPauses {
  std::map<std::string, std::string> organizations;
  std::map<std::string, std::string> routes;
};
Result<AllPauses> all_pauses(Store& store);

}  // namespace dropload::queue
