#include "daemon/target/oauth.h"

#include <algorithm>

#include <spdlog/spdlog.h>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace dropload::target {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_requests = 10;
constexpr Milliseconds request_window{600'000};
constexpr Milliseconds longest_margin{60'000};
constexpr std::size_t longest_file = 64 * 1024;
constexpr int invalid_oauth_token = 8535;

std::string form(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    text += name + '=' + http::percent_encode(value);
  }
  return text;
}

}  // namespace

Result<Url> parse_url(const std::string& url) {
  const auto scheme_end = url.find("://");
  const auto path_begin = scheme_end == std::string::npos ? std::string::npos : url.find('/', scheme_end + 3);
  const auto origin = http::Origin::parse(url.substr(0, path_begin));
  if (!origin) return origin.error();
  return Url{*origin, path_begin == std::string::npos ? "/" : url.substr(path_begin)};
}

Result<std::unique_ptr<TokenKeeper>> TokenKeeper::create(asio::io_context& context, OauthSettings settings,
                                                         const Clock& clock, Files& files) {
  auto url = parse_url(settings.token_url);
  if (!url) return url.error().while_doing("token URL");
  auto client = http::Client::create(context, url->origin, settings.client);
  if (!client) return client.error();
  std::unique_ptr<TokenKeeper> keeper(
      new TokenKeeper(context, std::move(settings), std::move(url->path), std::move(*client), clock, files));
  keeper->read_file();
  return keeper;
}

TokenKeeper::TokenKeeper(asio::io_context& context, OauthSettings settings, std::string path,
                         std::unique_ptr<http::Client> client, const Clock& clock, Files& files)
    : settings_(std::move(settings)),
      path_(std::move(path)),
      client_(std::move(client)),
      clock_(clock),
      files_(files),
      refreshed_(context, asio::steady_timer::time_point::max()) {}

// A file that cannot be read is as good as none: a new token costs one request.
void TokenKeeper::read_file() {
  const auto text = dropload::read_file(settings_.token_file, longest_file);
  if (!text) return;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return;
  try {
    token_ = json.at("access_token").get<std::string>();
    usable_until_ = {json.at("usable_until_ms").get<std::int64_t>()};
    for (const auto& at : json.at("requests_ms")) requests_.push_back({at.get<std::int64_t>()});
  } catch (const nlohmann::json::exception&) {
    token_.clear();
  }
}

Result<void> TokenKeeper::write_file() {
  nlohmann::json json{
      {"access_token", token_}, {"usable_until_ms", usable_until_.ms}, {"requests_ms", nlohmann::json::array()}};
  for (const Time at : requests_) json["requests_ms"].push_back(at.ms);
  if (auto made = files_.make_directories(settings_.token_file.parent_path()); !made) return made;
  return write_file_durably(files_, settings_.token_file, json.dump(), 0600);
}

Awaitable<TokenResult> TokenKeeper::token() {
  for (;;) {
    if (!token_.empty() && clock_.now() < usable_until_) co_return token_;
    if (!refreshing_) break;
    // One refresh serves all who wait for it, whatever comes of it; if it is cancelled, the next of them tries.
    boost::system::error_code woken;
    co_await refreshed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!refreshing_ && failure_) co_return *failure_;
  }
  // Also when this call is cancelled in the middle, so that those who wait go on.
  struct Refreshing {
    TokenKeeper& keeper;
    explicit Refreshing(TokenKeeper& owner) : keeper(owner) { keeper.refreshing_ = true; }
    ~Refreshing() {
      keeper.refreshing_ = false;
      keeper.refreshed_.cancel();
    }
  };
  const Refreshing mark(*this);
  failure_.reset();
  auto result = co_await refresh();
  if (!std::holds_alternative<std::string>(result)) failure_ = result;
  co_return result;
}

bool TokenKeeper::refused(const std::string& token) {
  if (token != token_) return false;
  token_.clear();
  return true;
}

std::optional<Refused> TokenKeeper::too_many_requests() {
  const Time now = clock_.now();
  while (!requests_.empty() && requests_.front() + request_window <= now) requests_.pop_front();
  if (requests_.size() < most_requests) return std::nullopt;
  const auto wait = requests_.front() + request_window - now;
  return Refused{
      {429, 0, "",
       fmt::format("{} access tokens were asked for in ten minutes, the service allows no more", most_requests)},
      wait,
      false,
      true};
}

Awaitable<TokenResult> TokenKeeper::refresh() {
  if (auto refusal = too_many_requests()) co_return *refusal;
  requests_.push_back(clock_.now());
  // Written before it is made: a daemon that crashes in a loop must not ask more often than one that does not.
  if (const auto written = write_file(); !written) {
    requests_.pop_back();
    co_return NeverSent{written.error()};
  }
  http::ClientRequest request;
  request.verb = http::Verb::post;
  request.target = path_;
  request.content_type = "application/x-www-form-urlencoded";
  request.body = form({{"grant_type", "refresh_token"},
                       {"client_id", settings_.client_id},
                       {"client_secret", settings_.client_secret},
                       {"refresh_token", settings_.refresh_token}});
  const auto result = co_await client_->send(std::move(request));
  if (const auto* failure = std::get_if<http::ClientFailure>(&result)) {
    if (!failure->maybe_sent) take_back_request();
    co_return NeverSent{failure->error.while_doing("cannot get an access token")};
  }
  co_return take_answer(std::get<http::ClientResponse>(result));
}

// The endpoint cannot have counted it. If the file keeps it, that is on the safe side.
void TokenKeeper::take_back_request() {
  requests_.pop_back();
  if (const auto written = write_file(); !written) spdlog::warn("the token file: {}", written.error().message);
}

TokenResult TokenKeeper::take_answer(const http::ClientResponse& response) {
  const auto status = static_cast<int>(response.status);
  const auto token = zoho::decode_token(status, response.body);
  if (!token) {
    if (token.error().code != Errc::permission_denied)
      return NeverSent{token.error().while_doing("cannot get an access token")};
    return Refused{
        {401, invalid_oauth_token, "INVALID_OAUTHTOKEN", "the token endpoint answered: " + token.error().message}, {}};
  }
  const Milliseconds lifetime{token->expires_in_seconds * 1000};
  token_ = token->access_token;
  usable_until_ = clock_.now() + lifetime - std::min(longest_margin, lifetime / 10);
  if (const auto written = write_file(); !written) {
    // It serves this run all the same.
    spdlog::warn("the access token cannot be kept: {}", written.error().message);
  }
  return token_;
}

}  // namespace dropload::target
