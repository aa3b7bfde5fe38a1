#pragma once

// Access tokens (import-api.md, sections 7 and 8): given out for a refresh token or an authorization code, good for
// their lifetime, at most 10 of a refresh token at once. Of tokens only their SHA-256 is kept, in service.db, so they
// outlive a restart. The io thread's.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "common/db/database.h"
#include "common/zoho/answers.h"
#include "daemon/service/accounts.h"

namespace dropload::service {

// Tokens of a refresh token at once; a further one takes the place of the oldest.
inline constexpr std::size_t max_active_tokens = 10;
// Of all refresh tokens together, which any client may invent where all are welcome; then the oldest goes as well.
inline constexpr std::size_t max_all_tokens = 10'000;
// Requests with one refresh token in any ten minutes.
inline constexpr int max_token_requests = 10;
inline constexpr Milliseconds token_request_window{600'000};

struct TokenSettings {
  Milliseconds lifetime{3'600'000};
  bool limit_requests = false;
};

class Tokens {
 public:
  // `accounts` outlives it. Errors: those of SQLite.
  static Result<std::unique_ptr<Tokens>> open(db::Database& database, const Accounts& accounts, TokenSettings settings,
                                              const Clock& clock, Random& random);

  struct TooMany {};  // more requests than a refresh token may make; this one is not counted
  using Answer = std::variant<zoho::Token, Accounts::Denied, TooMany>;
  // The token of a code comes with its refresh token. Errors: those of SQLite.
  Result<Answer> issue(const TokenRequest& request);

  // Whom the token speaks for; nullptr unless it is one of ours and not expired.
  [[nodiscard]] const Account* account_of(std::string_view access_token) const;
  // The token is none any more. Errors: those of SQLite.
  Result<void> revoke(std::string_view access_token);

 private:
  struct Issued {
    std::string account;
    std::string refresh_sha256;
    Time expires;
  };
  using All = std::map<std::string, Issued, std::less<>>;  // by SHA-256

  Tokens(db::Database& database, const Accounts& accounts, TokenSettings settings, const Clock& clock, Random& random);
  void read();
  bool count_request(const std::string& refresh_sha256, Time now);
  zoho::Token make(const Accounts::Granted& granted, const std::string& refresh_sha256, Time now);
  void make_room(const std::string& refresh_sha256, Time now);
  void drop(All::iterator token);
  [[nodiscard]] All::iterator oldest_of(const std::string* refresh_sha256);

  db::Database& database_;
  const Accounts& accounts_;
  TokenSettings settings_;
  const Clock& clock_;
  Random& random_;
  All tokens_;
};

}  // namespace dropload::service
