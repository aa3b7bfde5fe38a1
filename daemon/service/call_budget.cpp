#include "daemon/service/call_budget.h"

#include "common/db/query.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

constexpr std::string_view bulk_word = "bulk";
constexpr std::string_view metadata_word = "metadata";

}  // namespace

Result<std::unique_ptr<CallBudget>> CallBudget::open(db::Database& database,
                                                     std::optional<zoho::RequestLimits> limits) {
  return guarded("cannot read the calls of the last minute", [&]() -> Result<std::unique_ptr<CallBudget>> {
    std::unique_ptr<CallBudget> budget(new CallBudget(database, limits));
    if (!limits) return budget;
    db::Query query(database, "SELECT account, kind, at FROM api_call");
    while (query.step()) {
      const auto kind = query.get<std::string>(1) == bulk_word ? zoho::CallKind::bulk : zoho::CallKind::metadata;
      budget->window_of(query.get<std::string>(0)).add(kind, query.get<Time>(2));
    }
    return budget;
  });
}

zoho::RequestWindow& CallBudget::window_of(std::string_view account) {
  const auto found = windows_.find(account);
  if (found != windows_.end()) return found->second;
  return windows_.emplace(account, zoho::RequestWindow(*limits_)).first->second;
}

Result<bool> CallBudget::take(std::string_view account, zoho::CallKind kind, Time now) {
  if (!limits_) return true;
  const bool bulk = kind == zoho::CallKind::bulk;
  const zoho::RequestCost cost{bulk ? 1 : 0, bulk ? 0 : 1};
  zoho::RequestWindow& window = window_of(account);
  window.forget_before(now);
  if (window.wait_until(cost, now)) return false;
  return guarded("cannot count a call", [&]() -> Result<bool> {
    SQLite::Transaction transaction(database_.raw());
    db::Query(database_, "DELETE FROM api_call WHERE at <= ?", now - limits_->window).run();
    db::Query(database_, "INSERT INTO api_call (account, kind, at) VALUES (?, ?, ?)", account,
              bulk ? bulk_word : metadata_word, now)
        .run();
    transaction.commit();
    window.add(cost, now);
    return true;
  });
}

}  // namespace dropload::service
