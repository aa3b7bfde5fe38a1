#pragma once

// The access token of one organization (import-api.md, sections 7 and 8): refreshed at the token endpoint by one
// request at a time, which serves all who wait, cached until shortly before it expires, kept over restarts in a file at
// 0600. At most 10 token requests in 10 minutes, restarts included: the service allows no more and would lock the
// account out. One that cannot have reached the service does not count.
//
// On the io thread. Secrets travel in the body of the request only, never in a URL.

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/http/client.h"
#include "daemon/target/target.h"

namespace dropload::target {

struct OauthSettings {
  std::string token_url;  // https://accounts.zoho.eu/oauth/v2/token
  std::string client_id;
  std::string client_secret;
  std::string refresh_token;
  std::filesystem::path token_file;
  http::ClientSettings client;
};

// The token; or the endpoint said no (as 8535), or we must not ask again yet (HTTP 429 with the wait); or it could not
// be reached.
using TokenResult = std::variant<std::string, Refused, NeverSent>;

class TokenKeeper {
 public:
  // Reads the file of an earlier run if there is one. invalid_argument for a token_url that is none.
  static Result<std::unique_ptr<TokenKeeper>> create(boost::asio::io_context& context, OauthSettings settings,
                                                     const Clock& clock, Files& files);

  Awaitable<TokenResult> token();
  // The service refused this token (8535): it is not given out again. False when another one had taken its place.
  bool refused(const std::string& token);

 private:
  TokenKeeper(boost::asio::io_context& context, OauthSettings settings, std::string path,
              std::unique_ptr<http::Client> client, const Clock& clock, Files& files);
  void read_file();
  Result<void> write_file();
  Awaitable<TokenResult> refresh();
  TokenResult take_answer(const http::ClientResponse& response);
  std::optional<Refused> too_many_requests();
  void take_back_request();

  OauthSettings settings_;
  std::string path_;
  std::unique_ptr<http::Client> client_;
  const Clock& clock_;
  Files& files_;
  std::string token_;
  Time usable_until_;
  std::deque<Time> requests_;  // of the last ten minutes, ascending
  bool refreshing_ = false;
  std::optional<TokenResult> failure_;   // of the last refresh
  boost::asio::steady_timer refreshed_;  // cancelled when a refresh has ended
};

// "https://host:port/path" cut into origin and path; invalid_argument when it is not such a URL.
struct Url {
  http::Origin origin;
  std::string path;
};
Result<Url> parse_url(const std::string& url);

}  // namespace dropload::target
