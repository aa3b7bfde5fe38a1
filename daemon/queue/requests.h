#pragma once

// The log of the requests made for an account, kept for one window, and its pace: the budget survives a restart.
//
// The service counts a call when it arrives, and nobody here knows when that is: somewhen between its beginning and its
// answer. So a job's call counts from its beginning until one window after its answer.

#include "common/db/query.h"
#include "daemon/queue/store.h"

namespace dropload::queue {

// The key of its budget: the account's name, else the organization's own.
const std::string& account_of(const OrganizationLimits& organization);

// With a job the calls are under way until calls_returned says otherwise.
void record_requests(db::Database& database, const std::string& account, const zoho::RequestCost& cost, Time now,
                     std::optional<JobId> job = {});
// The job's calls have come back; nothing: those of all jobs and accounts have, as a restart leaves them.
void calls_returned(db::Database& database, std::optional<JobId> job, Time now);
// Drops what no longer counts.
void prune_requests(db::Database& database, const OrganizationLimits& organization, Time now);
zoho::Pace pace_of(db::Database& database, const std::string& account);
// When the organization last began a job or a batch; 0 when it never did.
Time last_sent_at(db::Database& database, const std::string& organization);
void note_sent(db::Database& database, const std::string& organization, Time now);
// For a clock that was set back: no account is slow since later than `at`, and none is closed, nor is the next probe
// for a slot put off, for longer than five minutes.
void forget_times_ahead(db::Database& database, Time at);
// What was used of what the pace allows at `now`.
zoho::RequestWindow request_window(db::Database& database, const OrganizationLimits& organization, Time now);
// Charges the cost, or does not when the budget has no room: then false.
bool charge_if_it_fits(db::Database& database, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                       Time now, std::optional<JobId> job = {});

}  // namespace dropload::queue
