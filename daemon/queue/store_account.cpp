#include "common/db/query.h"
#include "daemon/queue/requests.h"
#include "daemon/queue/store_parts.h"
#include "daemon/queue/strangers.h"

// The request budget of accounts, and other clients of organizations.

namespace dropload::queue {

Result<zoho::Pace> Store::slow_down(const OrganizationLimits& organization, Time closed_until, Time now) {
  return change(database(), "cannot slow down", [&](db::Database& d) -> Result<zoho::Pace> {
    const auto& account = account_of(organization);
    const auto pace = zoho::slowed(pace_of(d, account), now, closed_until, organization.requests.window);
    db::Query(d,
              "INSERT OR REPLACE INTO account_pace (account, sixteenths, slowed_at, closed_until) VALUES (?, ?, ?, ?)",
              account, pace.sixteenths, pace.slowed_at, pace.closed_until)
        .run();
    return pace;
  });
}

Result<std::optional<Strangers>> Store::strangers(const std::string& organization) {
  return read(database(), "cannot read who else uses the organization",
              [&](db::Database& d) -> Result<std::optional<Strangers>> { return strangers_in(d, organization); });
}

Result<void> Store::charge(const std::string& account, const zoho::RequestCost& cost, Time now) {
  return change(database(), "cannot charge the request budget", [&](db::Database& d) -> Result<void> {
    record_requests(d, account, cost, now);
    return {};
  });
}

}  // namespace dropload::queue
