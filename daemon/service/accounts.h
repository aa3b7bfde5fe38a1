#pragma once

// Who may call: organizations with their workspaces, and the clients (id, secret, refresh token) that reach them. What
// the settings do not say is made at the first start and kept in service.db; credentials that come from the settings
// stay out of it. All of it is also held in memory, so that look-ups cannot fail.
//
// An organization that the settings no longer name is out of everybody's reach; it, its tables and its unfinished jobs
// are kept.
//
// The io thread's, but for credentials() and organizations(), which never change.

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
#include "daemon/service/ids.h"
#include "daemon/service/import_service.h"

namespace dropload::service {

struct Organization {
  std::string id;  // digits
  std::string name;
  Time created;
};

struct Workspace {
  std::string id;  // 19 digits
  std::string organization_id;
  std::string name;
  Time created;
};

// Whom a token speaks for, one user: one refresh token of one client. The call limits are counted for each, and only
// who has created a job may read it.
struct Account {
  std::string key;                         // stands in service.db; no secret, and none can be got from it
  std::vector<std::string> organizations;  // the ids of those that it reaches, at least one
  bool is_everybody = false;               // any credentials will do
};

// The parameters of a token request; those that were not sent are empty.
struct TokenRequest {
  std::string grant_type;
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
  std::string code;
};

class Accounts {
 public:
  // Makes what is missing. Without `organizations` there is one, "dropload", with the workspace "Main". With
  // `any_client` every client reaches every organization, whatever its credentials. Errors: invalid_argument
  // (organizations that contradict one another), those of SQLite.
  static Result<std::unique_ptr<Accounts>> open(db::Database& database, Ids& ids,
                                                std::vector<OrganizationSettings> organizations, bool any_client,
                                                const Clock& clock, Random& random);

  // Of the first organization's first client; with any_client such as will do.
  [[nodiscard]] const Credentials& credentials() const { return clients_.front().credentials; }

  // Those of the settings, in their order.
  [[nodiscard]] const std::vector<Organization>& organizations() const { return organizations_; }
  // All that there are, those of other organizations too, oldest first. nullptr when there is none.
  [[nodiscard]] const std::vector<Workspace>& workspaces() const { return workspaces_; }
  [[nodiscard]] const Organization* find_organization(std::string_view id) const;
  [[nodiscard]] const Workspace* find_workspace(std::string_view id) const;
  [[nodiscard]] const Workspace* find_workspace_by_name(std::string_view organization_id, std::string_view name) const;

  // The word of the token endpoint's error answer.
  struct Denied {
    std::string_view word;  // "invalid_client"
  };
  struct Granted {
    const Account* account;
    std::string refresh_token;  // the one that was shown, or that the code stands for
  };
  [[nodiscard]] std::variant<Granted, Denied> grant(const TokenRequest& request) const;
  // nullptr when nobody has this key any more.
  [[nodiscard]] const Account* find_account(std::string_view key) const;

 private:
  struct Client {
    Credentials credentials;
    std::string authorization_code;  // "": none is taken
  };

  Accounts(db::Database& database, bool any_client, const Clock& clock, Random& random);
  Result<void> add(Ids& ids, OrganizationSettings settings);
  std::string read_or_make_organization(const OrganizationSettings& settings);
  Organization read_organization(const std::string& id);
  Result<void> make_workspaces(Ids& ids, const std::string& organization_id, const std::vector<std::string>& names);
  std::vector<Client> clients_of(OrganizationSettings settings, const std::string& id);
  Client read_or_make_client(const std::string& organization_id);
  void read_workspaces();
  void let_reach(const Client& client);
  [[nodiscard]] const Client* find_client(const TokenRequest& request) const;
  [[nodiscard]] std::string_view objection_to(const TokenRequest& request) const;

  db::Database& database_;
  bool any_client_;
  const Clock& clock_;
  Random& random_;
  std::vector<Organization> organizations_;
  std::vector<Workspace> workspaces_;
  std::vector<Client> clients_;                           // at least one for each organization, in their order
  std::map<std::string, Account, std::less<>> accounts_;  // by key
};

}  // namespace dropload::service
