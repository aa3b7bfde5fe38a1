#pragma once

// The calls that an account may make in a minute (import-api.md, section 7), counted by the class that the daemon's
// scheduler obeys and kept in service.db, so that a restart does not forget them. A call that is refused does not
// count. The io thread's.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/db/database.h"
#include "common/zoho/limits.h"

namespace dropload::service {

class CallBudget {
 public:
  // Without limits every call is let through and nothing is written. Errors: those of SQLite.
  static Result<std::unique_ptr<CallBudget>> open(db::Database& database, std::optional<zoho::RequestLimits> limits);

  // Counts the call, durably; false when it is one too many. Errors: those of SQLite.
  Result<bool> take(std::string_view account, zoho::CallKind kind, Time now);

 private:
  CallBudget(db::Database& database, std::optional<zoho::RequestLimits> limits)
      : database_(database), limits_(limits) {}
  zoho::RequestWindow& window_of(std::string_view account);

  db::Database& database_;
  std::optional<zoho::RequestLimits> limits_;
  std::map<std::string, zoho::RequestWindow, std::less<>> windows_;  // by account
};

}  // namespace dropload::service
