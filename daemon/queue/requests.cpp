#include "daemon/queue/requests.h"

namespace dropload::queue {

using db::Query;

void record_requests(db::Database& database, const std::string& organization, const zoho::RequestCost& cost, Time now) {
  constexpr auto insert = "INSERT INTO request (organization, at, kind, count) VALUES (?, ?, ?, ?)";
  if (cost.bulk > 0) Query(database, insert, organization, now, "bulk", cost.bulk).run();
  if (cost.metadata > 0) Query(database, insert, organization, now, "metadata", cost.metadata).run();
}

void prune_requests(db::Database& database, const OrganizationLimits& organization, Time now) {
  Query(database, "DELETE FROM request WHERE organization = ? AND at <= ?", organization.name,
        now - organization.requests.window)
      .run();
}

zoho::RequestWindow request_window(db::Database& database, const OrganizationLimits& organization, Time now) {
  zoho::RequestWindow window(organization.requests);
  Query query(database, "SELECT kind, at, count FROM request WHERE organization = ? AND at > ? ORDER BY at",
              organization.name, now - organization.requests.window);
  while (query.step()) {
    const auto kind = query.get<std::string>(0) == "bulk" ? zoho::CallKind::bulk : zoho::CallKind::metadata;
    window.add(kind, query.get<Time>(1), query.get<int>(2));
  }
  return window;
}

bool charge_if_it_fits(db::Database& database, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                       Time now) {
  if (request_window(database, organization, now).wait_until(cost, now)) return false;
  prune_requests(database, organization, now);
  record_requests(database, organization.name, cost, now);
  return true;
}

}  // namespace dropload::queue
