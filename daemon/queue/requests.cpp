#include "daemon/queue/requests.h"

namespace dropload::queue {

using db::Query;

// The column `organization` of the log holds the account.

const std::string& account_of(const OrganizationLimits& organization) {
  return organization.account.empty() ? organization.name : organization.account;
}

void record_requests(db::Database& database, const std::string& account, const zoho::RequestCost& cost, Time now,
                     std::optional<JobId> job) {
  constexpr auto insert = "INSERT INTO request (organization, at, kind, count, job) VALUES (?, ?, ?, ?, ?)";
  if (cost.bulk > 0) Query(database, insert, account, now, "bulk", cost.bulk, job).run();
  if (cost.metadata > 0) Query(database, insert, account, now, "metadata", cost.metadata, job).run();
}

void calls_returned(db::Database& database, std::optional<JobId> job, Time now) {
  if (job) {
    Query(database, "UPDATE request SET at = ?, job = NULL WHERE job = ?", now, *job).run();
  } else {
    Query(database, "UPDATE request SET at = ?, job = NULL WHERE job IS NOT NULL", now).run();
  }
}

void prune_requests(db::Database& database, const OrganizationLimits& organization, Time now) {
  Query(database, "DELETE FROM request WHERE organization = ? AND at <= ? AND job IS NULL", account_of(organization),
        now - organization.requests.window)
      .run();
}

zoho::Pace pace_of(db::Database& database, const std::string& account) {
  Query query(database, "SELECT sixteenths, slowed_at, closed_until FROM account_pace WHERE account = ?", account);
  if (!query.step()) return {};
  return {query.get<int>(0), query.get<Time>(1), query.get<Time>(2)};
}

Time last_sent_at(db::Database& database, const std::string& organization) {
  Query query(database, "SELECT last_sent_at FROM organization_turn WHERE organization = ?", organization);
  return query.step() ? query.get<Time>(0) : Time{};
}

void note_sent(db::Database& database, const std::string& organization, Time now) {
  Query(database, "INSERT OR REPLACE INTO organization_turn (organization, last_sent_at) VALUES (?, ?)", organization,
        now)
      .run();
}

void forget_times_ahead(db::Database& database, Time at) {
  const Time latest = at + Milliseconds{300'000};
  Query(database, "UPDATE account_pace SET slowed_at = min(slowed_at, ?), closed_until = min(closed_until, ?)", at,
        latest)
      .run();
  Query(database, "UPDATE organization_turn SET last_sent_at = min(last_sent_at, ?)", at).run();
  Query(database, "UPDATE strangers SET probe_at = min(probe_at, ?), told_at = min(told_at, ?)", latest, at).run();
}

zoho::RequestWindow request_window(db::Database& database, const OrganizationLimits& organization, Time now) {
  const auto pace = pace_of(database, account_of(organization));
  zoho::RequestWindow window(zoho::bounded(organization.requests, pace, now));
  window.close_until(pace.closed_until);
  Query query(
      database,
      "SELECT kind, CASE WHEN job IS NULL THEN at ELSE ? END, count FROM request WHERE organization = ? AND (at "
      "> ? OR job IS NOT NULL)",
      now, account_of(organization), now - organization.requests.window);
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
  record_requests(database, account_of(organization), cost, now, job);
  return true;
}

}  // namespace dropload::queue
