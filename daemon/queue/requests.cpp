#include "daemon/queue/requests.h"

namespace dropload::queue {

using db::Query;

void record_requests(db::Database& database, const std::string& organization, const zoho::RequestCost& cost, Time now,
                     std::optional<JobId> job) {
  constexpr auto insert = "INSERT INTO request (organization, at, kind, count, job) VALUES (?, ?, ?, ?, ?)";
  if (cost.bulk > 0) Query(database, insert, organization, now, "bulk", cost.bulk, job).run();
  if (cost.metadata > 0) Query(database, insert, organization, now, "metadata", cost.metadata, job).run();
}

void calls_returned(db::Database& database, std::optional<JobId> job, Time now) {
  if (job) {
    Query(database, "UPDATE request SET at = ?, job = NULL WHERE job = ?", now, *job).run();
  } else {
    Query(database, "UPDATE request SET at = ?, job = NULL WHERE job IS NOT NULL", now).run();
  }
}

void prune_requests(db::Database& database, const OrganizationLimits& organization, Time now) {
  Query(database, "DELETE FROM request WHERE organization = ? AND at <= ? AND job IS NULL", organization.name,
        now - organization.requests.window)
      .run();
}

zoho::RequestWindow request_window(db::Database& database, const OrganizationLimits& organization, Time now) {
  zoho::RequestWindow window(organization.requests);
  Query query(database,
              "SELECT kind, CASE WHEN job IS NULL THEN at ELSE ? END, count FROM request WHERE organization = ? AND (at "
              "> ? OR job IS NOT NULL)",
              now, organization.name, now - organization.requests.window);
  while (query.step()) {
    const auto kind = query.get<std::string>(0) == "bulk" ? zoho::CallKind::bulk : zoho::CallKind::metadata;
    window.add(kind, query.get<Time>(1), query.get<int>(2));
  }
  return window;
}

bool charge_if_it_fits(db::Database& database, const OrganizationLimits& organization, const zoho::RequestCost& cost,
                       Time now, std::optional<JobId> job) {
  if (request_window(database, organization, now).wait_until(cost, now)) return false;
  prune_requests(database, organization, now);
  record_requests(database, organization.name, cost, now, job);
  return true;
}

}  // namespace dropload::queue
