#include "daemon/service/tokens.h"

#include "common/base/digest.h"
#include "common/db/query.h"
#include "daemon/service/service_database.h"

namespace dropload::service {

Tokens::Tokens(db::Database& database, const Accounts& accounts, TokenSettings settings, const Clock& clock,
               Random& random)
    : database_(database), accounts_(accounts), settings_(settings), clock_(clock), random_(random) {}

Result<std::unique_ptr<Tokens>> Tokens::open(db::Database& database, const Accounts& accounts, TokenSettings settings,
                                             const Clock& clock, Random& random) {
  return guarded("cannot read the access tokens", [&]() -> Result<std::unique_ptr<Tokens>> {
    std::unique_ptr<Tokens> tokens(new Tokens(database, accounts, settings, clock, random));
    tokens->read();
    return tokens;
  });
}

void Tokens::read() {
  db::Query query(database_, "SELECT sha256, account, refresh_sha256, expires_at FROM access_token");
  while (query.step()) {
    tokens_.emplace(query.get<std::string>(0),
                    Issued{query.get<std::string>(1), query.get<std::string>(2), query.get<Time>(3)});
  }
}

Result<Tokens::Answer> Tokens::issue(const TokenRequest& request) {
  const auto granted = accounts_.grant(request);
  if (const auto* denied = std::get_if<Accounts::Denied>(&granted)) return Answer{*denied};
  const auto& grant = std::get<Accounts::Granted>(granted);
  return guarded("cannot keep an access token", [&]() -> Result<Answer> {
    const Time now = clock_.now();
    const std::string refresh_sha256 = sha256_hex(grant.refresh_token);
    SQLite::Transaction transaction(database_.raw());
    if (!count_request(refresh_sha256, now)) return Answer{TooMany{}};
    zoho::Token token = make(grant, refresh_sha256, now);
    transaction.commit();
    if (request.grant_type == "authorization_code") token.refresh_token = grant.refresh_token;
    return Answer{std::move(token)};
  });
}

// False when there have been as many as there may be.
bool Tokens::count_request(const std::string& refresh_sha256, Time now) {
  if (!settings_.limit_requests) return true;
  db::Query(database_, "DELETE FROM token_request WHERE at <= ?", now - token_request_window).run();
  db::Query query(database_, "SELECT count(*) FROM token_request WHERE refresh_sha256 = ?", refresh_sha256);
  query.step();
  if (query.get<int>(0) >= max_token_requests) return false;
  db::Query(database_, "INSERT INTO token_request (refresh_sha256, at) VALUES (?, ?)", refresh_sha256, now).run();
  return true;
}

zoho::Token Tokens::make(const Accounts::Granted& granted, const std::string& refresh_sha256, Time now) {
  make_room(refresh_sha256, now);
  const std::string token = "1000." + random_.hex(16) + "." + random_.hex(16);
  const std::string hash = sha256_hex(token);
  const Time expires = now + settings_.lifetime;
  db::Query(database_, "INSERT INTO access_token (sha256, account, refresh_sha256, expires_at) VALUES (?, ?, ?, ?)",
            hash, granted.account->key, refresh_sha256, expires)
      .run();
  tokens_.emplace(hash, Issued{granted.account->key, refresh_sha256, expires});
  return {token, std::chrono::floor<std::chrono::seconds>(settings_.lifetime).count(), std::nullopt};
}

void Tokens::make_room(const std::string& refresh_sha256, Time now) {
  for (auto token = tokens_.begin(); token != tokens_.end();) {
    const auto next = std::next(token);
    if (token->second.expires <= now) drop(token);
    token = next;
  }
  const auto of_this = [&](const auto& token) { return token.second.refresh_sha256 == refresh_sha256; };
  if (static_cast<std::size_t>(std::ranges::count_if(tokens_, of_this)) >= max_active_tokens) {
    drop(oldest_of(&refresh_sha256));
  }
  if (tokens_.size() >= max_all_tokens) drop(oldest_of(nullptr));
}

// Of all, or of one refresh token. REQUIRES: there is one.
Tokens::All::iterator Tokens::oldest_of(const std::string* refresh_sha256) {
  auto oldest = tokens_.end();
  for (auto token = tokens_.begin(); token != tokens_.end(); ++token) {
    if (refresh_sha256 != nullptr && token->second.refresh_sha256 != *refresh_sha256) continue;
    if (oldest == tokens_.end() || token->second.expires < oldest->second.expires) oldest = token;
  }
  return oldest;
}

void Tokens::drop(All::iterator token) {
  db::Query(database_, "DELETE FROM access_token WHERE sha256 = ?", token->first).run();
  tokens_.erase(token);
}

const Account* Tokens::account_of(std::string_view access_token) const {
  const auto found = tokens_.find(sha256_hex(access_token));
  if (found == tokens_.end() || found->second.expires <= clock_.now()) return nullptr;
  return accounts_.find_account(found->second.account);
}

Result<void> Tokens::revoke(std::string_view access_token) {
  const auto found = tokens_.find(sha256_hex(access_token));
  if (found == tokens_.end()) return {};
  return guarded("cannot revoke an access token", [&]() -> Result<void> {
    drop(found);
    return {};
  });
}

}  // namespace dropload::service
