#pragma once

// The log of the requests made for an organization, kept for one window: the budget survives a restart.
//
// The service counts a call when it arrives, and nobody here knows when that is: somewhen between its beginning and its
// answer. So a job's call counts from its beginning until one window after its answer.

#include "common/db/query.h"
#include "daemon/queue/store.h"

namespace dropload::queue {

// With a job the calls are under way until calls_returned says otherwise.
void record_requests(db::Database& database, const std::string& organization, const zoho::RequestCost& cost, Time now,
                     std::optional<JobId> job = {});
// The job's calls have come back; nothing: those of all jobs and organizations have, as a restart leaves them.
void calls_returned(db::Database& database, std::optional<JobId> job, Time now);
// Drops what no longer counts.
void prune_requests(db::Database& database, const OrganizationLimits& organization, Time now);
zoho::RequestWindow request_window(db::Database& database, const OrganizationLimits& organization, Time now);
// Charges the cost, or does not when the budget has no room: then false.
bool charge_if_it_fits(db::Database& database, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                       Time now, std::optional<JobId> job = {});

}  // namespace dropload::queue
