#include "daemon/service/accounts.h"

#include <openssl/evp.h>

#include "common/db/query.h"
#include "daemon/service/service_database.h"

namespace dropload::service {
namespace {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

// The real service's organization ids have nine digits.
std::string new_organization_id(Random& random) {
  return std::to_string(100'000'000 + static_cast<std::int64_t>(random.fraction() * 900'000'000));
}

}  // namespace

Accounts::Accounts(db::Database& database, Milliseconds token_lifetime, const Clock& clock, Random& random)
    : database_(database), token_lifetime_(token_lifetime), clock_(clock), random_(random) {}

Result<std::unique_ptr<Accounts>> Accounts::open(db::Database& database, Ids& ids,
                                                 const std::vector<std::string>& workspaces,
                                                 Milliseconds token_lifetime, const Clock& clock, Random& random) {
  return guarded("cannot read the accounts", [&]() -> Result<std::unique_ptr<Accounts>> {
    std::unique_ptr<Accounts> accounts(new Accounts(database, token_lifetime, clock, random));
    accounts->read_or_make_organization();
    if (auto made = accounts->read_or_make_workspaces(ids, workspaces); !made) return made.error();
    accounts->read_tokens();
    return accounts;
  });
}

void Accounts::read_or_make_organization() {
  SQLite::Transaction transaction(database_.raw());
  const std::string organization_id = new_organization_id(random_);
  db::Query(database_,
            "INSERT INTO organization (id, name, created_at) SELECT ?, 'dropload', ? "
            "WHERE NOT EXISTS (SELECT 1 FROM organization)",
            organization_id, clock_.now())
      .run();
  db::Query(database_,
            "INSERT INTO client (id, organization_id, secret, refresh_token) SELECT ?, ?, ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM client)",
            "1000." + random_.hex(15), organization_id, random_.hex(21),
            "1000." + random_.hex(16) + "." + random_.hex(16))
      .run();
  transaction.commit();

  db::Query query(database_,
                  "SELECT o.id, o.name, o.created_at, c.id, c.secret, c.refresh_token "
                  "FROM organization o JOIN client c ON c.organization_id = o.id");
  query.step();
  organization_ = {query.get<std::string>(0), query.get<std::string>(1), query.get<Time>(2)};
  credentials_ = {organization_.id, query.get<std::string>(3), query.get<std::string>(4), query.get<std::string>(5)};
}

Result<void> Accounts::read_or_make_workspaces(Ids& ids, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto id = ids.next();
    if (!id) return id.error();
    db::Query(database_, "INSERT OR IGNORE INTO workspace (id, organization_id, name, created_at) VALUES (?, ?, ?, ?)",
              *id, organization_.id, name, clock_.now())
        .run();
  }
  db::Query query(database_, "SELECT id, name, created_at FROM workspace WHERE organization_id = ? ORDER BY id",
                  organization_.id);
  while (query.step()) {
    workspaces_.push_back({query.get<std::string>(0), query.get<std::string>(1), query.get<Time>(2)});
  }
  return {};
}

void Accounts::read_tokens() {
  db::Query query(database_, "SELECT sha256, expires_at FROM access_token");
  while (query.step()) tokens_.emplace(query.get<std::string>(0), query.get<Time>(1));
}

const Workspace* Accounts::find_workspace(std::string_view id) const {
  const auto found = std::ranges::find(workspaces_, id, &Workspace::id);
  return found == workspaces_.end() ? nullptr : &*found;
}

const Workspace* Accounts::find_workspace_by_name(std::string_view name) const {
  const auto found = std::ranges::find(workspaces_, name, &Workspace::name);
  return found == workspaces_.end() ? nullptr : &*found;
}

std::string_view Accounts::objection_to(const TokenRequest& request) const {
  if (request.grant_type != "refresh_token") return "unsupported_grant_type";
  if (request.client_id != credentials_.client_id) return "invalid_client";
  if (request.client_secret != credentials_.client_secret) return "invalid_client_secret";
  if (request.refresh_token != credentials_.refresh_token) return "invalid_code";
  return {};
}

Result<Accounts::TokenAnswer> Accounts::issue_token(const TokenRequest& request) {
  if (const auto word = objection_to(request); !word.empty()) return TokenAnswer{Denied{word}};
  return guarded("cannot keep an access token", [&]() -> Result<TokenAnswer> {
    const Time now = clock_.now();
    const std::string token = "1000." + random_.hex(16) + "." + random_.hex(16);
    const std::string hash = sha256_hex(token);
    const Time expires = now + token_lifetime_;
    SQLite::Transaction transaction(database_.raw());
    make_room_for_a_token(now);
    db::Query(database_, "INSERT INTO access_token (sha256, client_id, expires_at) VALUES (?, ?, ?)", hash,
              credentials_.client_id, expires)
        .run();
    transaction.commit();
    tokens_.emplace(hash, expires);
    return TokenAnswer{zoho::Token{token, std::chrono::floor<std::chrono::seconds>(token_lifetime_).count()}};
  });
}

void Accounts::make_room_for_a_token(Time now) {
  const auto expires = [](const auto& token) { return token.second; };
  while (!tokens_.empty()) {
    const auto oldest = std::ranges::min_element(tokens_, {}, expires);
    if (oldest->second > now && tokens_.size() < max_active_tokens) return;
    db::Query(database_, "DELETE FROM access_token WHERE sha256 = ?", oldest->first).run();
    tokens_.erase(oldest);
  }
}

bool Accounts::accepts(std::string_view access_token) const {
  const auto found = tokens_.find(sha256_hex(access_token));
  return found != tokens_.end() && clock_.now() < found->second;
}

}  // namespace dropload::service
