#include "daemon/service/accounts.h"

#include "common/base/digest.h"
#include "common/db/query.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

// Everybody's, where any credentials will do.
constexpr std::string_view account_of_all = "any";
constexpr std::string_view any_word = "any";

// The real service's organization ids have nine digits.
std::string new_organization_id(Random& random) {
  return std::to_string(100'000'000 + static_cast<std::int64_t>(random.fraction() * 900'000'000));
}

std::string key_of(const Credentials& credentials) {
  return sha256_hex(credentials.client_id + "\n" + credentials.refresh_token);
}

}  // namespace

Accounts::Accounts(db::Database& database, bool any_client, const Clock& clock, Random& random)
    : database_(database), any_client_(any_client), clock_(clock), random_(random) {}

Result<std::unique_ptr<Accounts>> Accounts::open(db::Database& database, Ids& ids,
                                                 std::vector<OrganizationSettings> organizations, bool any_client,
                                                 const Clock& clock, Random& random) {
  if (organizations.empty()) organizations.emplace_back();
  return guarded("cannot read the accounts", [&]() -> Result<std::unique_ptr<Accounts>> {
    std::unique_ptr<Accounts> accounts(new Accounts(database, any_client, clock, random));
    for (auto& settings : organizations) {
      if (auto added = accounts->add(ids, std::move(settings)); !added) return added.error();
    }
    accounts->read_workspaces();
    return accounts;
  });
}

Result<void> Accounts::add(Ids& ids, OrganizationSettings settings) {
  const std::string id = read_or_make_organization(settings);
  if (find_organization(id) != nullptr) {
    return error(Errc::invalid_argument,
                 "the organization {} ({}) is there twice; each needs a name and an id of its own", settings.name, id);
  }
  organizations_.push_back(read_organization(id));
  if (auto made = make_workspaces(ids, id, settings.workspaces); !made) return made;
  for (Client& client : clients_of(std::move(settings), id)) {
    let_reach(client);
    clients_.push_back(std::move(client));
  }
  return {};
}

std::vector<Accounts::Client> Accounts::clients_of(OrganizationSettings settings, const std::string& id) {
  if (any_client_) {
    const std::string word(any_word);
    return {{{id, word, word, word}, word}};
  }
  if (settings.clients.empty()) return {read_or_make_client(id)};
  std::vector<Client> clients;
  for (ClientSettings& named : settings.clients) {
    clients.push_back({{id, std::move(named.client_id), std::move(named.client_secret), std::move(named.refresh_token)},
                       std::move(named.authorization_code)});
  }
  return clients;
}

// Known by its id when the settings say it, else by its name.
std::string Accounts::read_or_make_organization(const OrganizationSettings& settings) {
  if (settings.id.empty()) {
    db::Query query(database_, "SELECT id FROM organization WHERE name = ? ORDER BY created_at, id", settings.name);
    if (query.step()) return query.get<std::string>(0);
  }
  const std::string id = settings.id.empty() ? new_organization_id(random_) : settings.id;
  db::Query(database_,
            "INSERT INTO organization (id, name, created_at) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
            id, settings.name, clock_.now())
      .run();
  return id;
}

Organization Accounts::read_organization(const std::string& id) {
  db::Query query(database_, "SELECT id, name, created_at FROM organization WHERE id = ?", id);
  query.step();
  return {query.get<std::string>(0), query.get<std::string>(1), query.get<Time>(2)};
}

Result<void> Accounts::make_workspaces(Ids& ids, const std::string& organization_id,
                                       const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto id = ids.next();
    if (!id) return id.error();
    db::Query(database_, "INSERT OR IGNORE INTO workspace (id, organization_id, name, created_at) VALUES (?, ?, ?, ?)",
              *id, organization_id, name, clock_.now())
        .run();
  }
  return {};
}

Accounts::Client Accounts::read_or_make_client(const std::string& organization_id) {
  db::Query(database_,
            "INSERT INTO client (id, organization_id, secret, refresh_token) SELECT ?1, ?2, ?3, ?4 "
            "WHERE NOT EXISTS (SELECT 1 FROM client WHERE organization_id = ?2)",
            "1000." + random_.hex(15), organization_id, random_.hex(21),
            "1000." + random_.hex(16) + "." + random_.hex(16))
      .run();
  db::Query query(database_, "SELECT id, secret, refresh_token FROM client WHERE organization_id = ?", organization_id);
  query.step();
  return {{organization_id, query.get<std::string>(0), query.get<std::string>(1), query.get<std::string>(2)}, {}};
}

void Accounts::read_workspaces() {
  db::Query query(database_, "SELECT id, organization_id, name, created_at FROM workspace ORDER BY id");
  while (query.step()) {
    workspaces_.push_back(
        {query.get<std::string>(0), query.get<std::string>(1), query.get<std::string>(2), query.get<Time>(3)});
  }
}

// One client that is named by several organizations reaches them all.
void Accounts::let_reach(const Client& client) {
  const std::string key = any_client_ ? std::string(account_of_all) : key_of(client.credentials);
  Account& account = accounts_[key];
  account.key = key;
  account.is_everybody = any_client_;
  auto& reached = account.organizations;
  const std::string& id = client.credentials.organization_id;
  if (std::ranges::find(reached, id) == reached.end()) reached.push_back(id);
}

const Organization* Accounts::find_organization(std::string_view id) const {
  const auto found = std::ranges::find(organizations_, id, &Organization::id);
  return found == organizations_.end() ? nullptr : &*found;
}

const Workspace* Accounts::find_workspace(std::string_view id) const {
  const auto found = std::ranges::find(workspaces_, id, &Workspace::id);
  return found == workspaces_.end() ? nullptr : &*found;
}

const Workspace* Accounts::find_workspace_by_name(std::string_view organization_id, std::string_view name) const {
  const auto found = std::ranges::find_if(
      workspaces_, [&](const Workspace& each) { return each.organization_id == organization_id && each.name == name; });
  return found == workspaces_.end() ? nullptr : &*found;
}

const Account* Accounts::find_account(std::string_view key) const {
  const auto found = accounts_.find(key);
  return found == accounts_.end() ? nullptr : &found->second;
}

// The client that all of the request fits; nullptr when there is none.
const Accounts::Client* Accounts::find_client(const TokenRequest& request) const {
  const bool by_code = request.grant_type == "authorization_code";
  const auto fits = [&](const Client& client) {
    const std::string& shown = by_code ? request.code : request.refresh_token;
    const std::string& wanted = by_code ? client.authorization_code : client.credentials.refresh_token;
    return client.credentials.client_id == request.client_id &&
           client.credentials.client_secret == request.client_secret && !wanted.empty() && shown == wanted;
  };
  const auto found = std::ranges::find_if(clients_, fits);
  return found == clients_.end() ? nullptr : &*found;
}

std::string_view Accounts::objection_to(const TokenRequest& request) const {
  const bool by_code = request.grant_type == "authorization_code";
  if (!by_code && request.grant_type != "refresh_token") return "unsupported_grant_type";
  if (request.client_id.empty()) return "invalid_client";
  if (request.client_secret.empty()) return "invalid_client_secret";
  if ((by_code ? request.code : request.refresh_token).empty()) return "invalid_code";
  if (any_client_) return {};
  const auto has_id = [&](const Client& client) { return client.credentials.client_id == request.client_id; };
  const auto has_secret = [&](const Client& client) {
    return has_id(client) && client.credentials.client_secret == request.client_secret;
  };
  if (std::ranges::none_of(clients_, has_id)) return "invalid_client";
  if (std::ranges::none_of(clients_, has_secret)) return "invalid_client_secret";
  return find_client(request) == nullptr ? "invalid_code" : "";
}

std::variant<Accounts::Granted, Accounts::Denied> Accounts::grant(const TokenRequest& request) const {
  if (const auto word = objection_to(request); !word.empty()) return Denied{word};
  if (any_client_) {
    const bool by_code = request.grant_type == "authorization_code";
    // A code stands for the same refresh token each time it is shown.
    const std::string made = by_code ? "1000." + sha256_hex(request.client_id + "\n" + request.code) : "";
    return Granted{find_account(account_of_all), by_code ? made : request.refresh_token};
  }
  const Client* client = find_client(request);
  return Granted{find_account(key_of(client->credentials)), client->credentials.refresh_token};
}

}  // namespace dropload::service
