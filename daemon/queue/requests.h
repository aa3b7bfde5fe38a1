#pragma once

// The log of the requests made for an organization, kept for one window: the budget survives a restart.

#include "common/db/query.h"
#include "daemon/queue/store.h"

namespace dropload::queue {

void record_requests(db::Database& database, const std::string& organization, const zoho::RequestCost& cost, Time now);
// Drops what no longer counts.
void prune_requests(db::Database& database, const OrganizationLimits& organization, Time now);
zoho::RequestWindow request_window(db::Database& database, const OrganizationLimits& organization, Time now);
// Charges the cost, or does not when the budget has no room: then false.
bool charge_if_it_fits(db::Database& database, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                       Time now);

}  // namespace dropload::queue
