#pragma once

// All that the scheduler decides on, read in one transaction. Its size is bounded by organizations, routes and slots,
// never by how many submissions wait.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/queue/types.h"

namespace dropload::queue {

// The head of a table's line that may start as far as the table is concerned.
struct Candidate {
  SubmissionId submission = 0;
  std::string route;
  TableKey table;
  std::uint64_t size = 0;
  Time table_last_started;  // 0 when never: fairness between tables
  int priority = 0;         // of the line
};

struct DuePoll {
  JobId job = 0;
  Time due_at;
  std::optional<Time> forgotten_at;
};

struct DueBatch {
  JobId job = 0;
  Time due_at;
};

// A lost job for which the service is to be asked what it last imported into the table.
struct DueLook {
  JobId job = 0;
  TableKey table;
  Time due_at{};
};

struct OrganizationSnapshot {
  std::string name;
  int slots_held = 0;  // uploading, running and unsettled lost jobs
  int uploading = 0;   // of these, but for series that the service knows already
  std::string account;
  zoho::RequestWindow requests;  // of the account, at its pace
  Time last_sent_at{};           // when it last began a job or a batch: organizations of one account take turns
  std::optional<Strangers> strangers;
  std::optional<Pause> pause;
  // For each route that is not paused at most as many as an organization has slots, those of the highest priority
  // first, of these the table that waited longest since its last start.
  std::vector<Candidate> ready;
  std::map<std::string, Time> route_last_started;  // of routes with candidates: fairness between routes
  std::optional<Time> next_ready_at;               // the first moment at which a line that waits for a time may start
  std::vector<DuePoll> polls;                      // due at `now`, at most 64, those to be forgotten first in front
  std::optional<Time> next_poll_at;                // of running jobs not due yet
  std::vector<DueBatch> batches{};                 // due at `now`, those that have waited longest in front
  std::optional<Time> next_batch_at{};             // of those not due yet
  std::vector<DueLook> looks;                      // lost jobs to be looked for
  std::optional<Time> next_look_at;                // of those not due yet
  std::vector<JobId> lost_over;                    // lost jobs that nobody looks for, whose holds_slot_until has passed
  std::optional<Time> next_lost_over_at;
};

struct Snapshot {
  std::vector<OrganizationSnapshot> organizations;
  std::vector<SubmissionId>
      to_retire;                       // ended, original still in the spool; at most 64, not those whose retry is later
  std::optional<Time> next_retire_at;  // of those that failed to be retired and wait
};

}  // namespace dropload::queue
