#pragma once

// Who may call: the organization, its client with secret and refresh token, its workspaces, and the access tokens given
// out. Made at the first start and kept in service.db; of an access token only its SHA-256 is kept. All of it is also
// held in memory, so that look-ups cannot fail.
//
// The io thread's, but for credentials().

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "common/db/database.h"
#include "common/zoho/answers.h"
#include "daemon/service/ids.h"
#include "daemon/service/import_service.h"

namespace dropload::service {

struct Organization {
  std::string id;  // 9 digits
  std::string name;
  Time created;
};

struct Workspace {
  std::string id;  // 19 digits
  std::string name;
  Time created;
};

// The parameters of a token request; those that were not sent are empty.
struct TokenRequest {
  std::string grant_type;
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
};

// Tokens a client has at once; a further one takes the place of the oldest (import-api.md, section 7).
inline constexpr std::size_t max_active_tokens = 10;

class Accounts {
 public:
  // Makes the organization, its client and the missing workspaces. Errors: those of SQLite.
  static Result<std::unique_ptr<Accounts>> open(db::Database& database, Ids& ids,
                                                const std::vector<std::string>& workspaces, Milliseconds token_lifetime,
                                                const Clock& clock, Random& random);

  // Never change. Any thread.
  [[nodiscard]] const Organization& organization() const { return organization_; }
  [[nodiscard]] const Credentials& credentials() const { return credentials_; }

  [[nodiscard]] const std::vector<Workspace>& workspaces() const { return workspaces_; }
  // nullptr when there is none.
  [[nodiscard]] const Workspace* find_workspace(std::string_view id) const;
  [[nodiscard]] const Workspace* find_workspace_by_name(std::string_view name) const;

  // The word of the token endpoint's error answer.
  struct Denied {
    std::string_view word;  // "invalid_client"
  };
  using TokenAnswer = std::variant<zoho::Token, Denied>;
  // Errors: those of SQLite.
  Result<TokenAnswer> issue_token(const TokenRequest& request);
  // One of ours, not expired.
  [[nodiscard]] bool accepts(std::string_view access_token) const;

 private:
  Accounts(db::Database& database, Milliseconds token_lifetime, const Clock& clock, Random& random);
  void read_or_make_organization();
  Result<void> read_or_make_workspaces(Ids& ids, const std::vector<std::string>& names);
  void read_tokens();
  [[nodiscard]] std::string_view objection_to(const TokenRequest& request) const;
  void make_room_for_a_token(Time now);

  db::Database& database_;
  Milliseconds token_lifetime_;
  const Clock& clock_;
  Random& random_;
  Organization organization_;
  Credentials credentials_;
  std::vector<Workspace> workspaces_;
  std::map<std::string, Time, std::less<>> tokens_;  // SHA-256 → when it expires
};

}  // namespace dropload::service
