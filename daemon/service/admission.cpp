#include "daemon/service/admission.h"

#include <strings.h>

#include "common/zoho/paths.h"
#include "daemon/service/units.h"

namespace dropload::service {
namespace {

// "Zoho-oauthtoken <access token>"; "" when there is none.
std::string_view access_token_of(const http::Request& request) {
  const std::string_view value = request.headers[boost::beast::http::field::authorization];
  const std::size_t scheme = zoho::token_scheme.size();
  if (value.size() <= scheme || value[scheme] != ' ') return {};
  if (::strncasecmp(value.data(), zoho::token_scheme.data(), scheme) != 0) return {};
  return value.substr(scheme + 1);
}

zoho::Refusal bad_token() {
  return zoho::refuse(8535, "Invalid Oauthtoken");
}

zoho::Refusal too_fast() {
  return zoho::refuse(6045, "You have exceeded the number of API calls that an account may make in a minute.");
}

zoho::Refusal no_units_left() {
  return zoho::refuse(6043, "You have used up the API units of the day.");
}

const std::string& organization_of(const Caller& caller) {
  return caller.organization != nullptr ? caller.organization->id : caller.account->organizations.front();
}

http::Response server_error(const Fault& fault) {
  http::Response response = refused({fault.status, 7005, "COMMON_INTERNAL_SERVER_ERROR", "A rehearsed failure."});
  if (!fault.page) return response;
  response.content_type = "text/html";
  response.body = fmt::format("<html><body><h1>{}</h1>A rehearsed failure.</body></html>", fault.status);
  return response;
}

http::Response too_many_requests(const Fault& fault) {
  // The status stands in the place of a code: 429 comes from what stands before the API.
  http::Response response = refused({429, 429, "TOO_MANY_REQUESTS", "Too many requests."});
  response.headers.emplace_back("Retry-After", std::to_string(fault.seconds));
  return response;
}

http::Response forgotten(const std::string& job) {
  zoho::JobDetails details;
  details.job_id = job;
  details.code = zoho::JobCode::not_found;
  return success("Fetch import job info", zoho::encode_job_details(details));
}

http::Response with_status(int status, zoho::Refusal refusal) {
  refusal.http_status = status;
  return refused(refusal);
}

// Takes in so much of the body and hangs up.
http::Awaitable<std::optional<http::Response>> drop_upload(http::BodyReader& body, std::uint64_t after_bytes) {
  body.set_limit(std::numeric_limits<std::uint64_t>::max());  // of the whole, which may be announced
  std::vector<char> buffer(64 * 1024);
  for (std::uint64_t left = after_bytes; left > 0;) {
    const auto count =
        co_await body.read(http::asio::buffer(buffer.data(), std::min<std::uint64_t>(left, buffer.size())));
    if (!count || *count == 0) break;
    left -= *count;
  }
  std::optional<http::Response> response(std::in_place);
  response->hang_up = true;
  co_return response;
}

std::optional<http::Response> answer_of(Context& context, const Fault& fault, const Errand& errand,
                                        const http::Request& request) {
  switch (fault.kind) {
    case FaultKind::too_fast:
      return with_status(200, too_fast());
    case FaultKind::too_many_requests:
      return too_many_requests(fault);
    case FaultKind::server_error:
      return server_error(fault);
    case FaultKind::forget_job:
      return forgotten(errand.job);
    case FaultKind::expired_token:
      if (auto revoked = context.tokens.revoke(access_token_of(request)); !revoked) return failed(revoked.error());
      return refused(bad_token());
    case FaultKind::table_locked:
      return refused(zoho::refuse(7092, "The table is locked, as another import is in progress."));
    case FaultKind::units_used_up:
      return refused(no_units_left());
    case FaultKind::slots_taken:
      context.jobs.give_to_strangers(organization_of(errand.caller), fault.slots);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<http::Response> over_a_limit(Context& context, const Errand& errand) {
  const Time now = context.clock.now();
  const auto kind = errand.group == CallGroup::metadata ? zoho::CallKind::metadata : zoho::CallKind::bulk;
  const auto taken = context.budget.take(errand.caller.account->key, kind, now);
  if (!taken) return failed(taken.error());
  if (!*taken) return refused(too_fast());
  if (errand.group != CallGroup::create || !context.daily_units) return std::nullopt;
  const auto used = units_used(context.database, organization_of(errand.caller), now);
  if (!used) return failed(used.error());
  if (*used >= *context.daily_units) return refused(no_units_left());
  return std::nullopt;
}

}  // namespace

CallGroup group_of(http::Verb verb, std::string_view pattern) {
  constexpr std::string_view bulk = "/restapi/v2/bulk/";
  if (!pattern.starts_with(bulk)) return CallGroup::metadata;
  return verb == http::Verb::post ? CallGroup::create : CallGroup::status;
}

Checked<Caller> identify(const Context& context, const http::Request& request, Needs needs) {
  Caller caller;
  if (needs == Needs::nothing) return caller;
  caller.account = context.tokens.account_of(access_token_of(request));
  if (caller.account == nullptr) return bad_token();
  if (needs == Needs::token) return caller;
  const std::string_view id = request.headers[std::string(zoho::organization_header)];
  if (id.empty()) return zoho::refuse(8083, "ZANALYTICS-ORGID is not present in the request's header.");
  const auto& reached = caller.account->organizations;
  if (std::ranges::find(reached, id) == reached.end()) {
    return zoho::refuse(7301, "You do not have the permission to do this operation in this organization.");
  }
  caller.organization = context.accounts.find_organization(id);
  return caller;
}

http::Awaitable<std::optional<http::Response>> obstacle_to(Context& context, Errand errand, http::Request& request) {
  std::optional<http::Response> obstacle;
  if (errand.caller.account == nullptr) co_return obstacle;
  const std::string& organization = organization_of(errand.caller);
  if (errand.group == CallGroup::create) context.jobs.give_to_strangers(organization, 0);
  const Fault* fault = context.faults.strike(organization, Strikes::arriving, errand.group, errand.job);
  if (fault != nullptr && fault->kind == FaultKind::drop_upload) {
    obstacle = co_await drop_upload(*request.body, fault->after_bytes);
    co_return obstacle;
  }
  if (fault != nullptr) obstacle = answer_of(context, *fault, errand, request);
  if (!obstacle) obstacle = over_a_limit(context, errand);
  co_return obstacle;
}

bool loses_answer(Context& context, const Errand& errand, const http::Response& response) {
  if (errand.group != CallGroup::create || response.status != http::Status::ok) return false;
  return context.faults.strike(organization_of(errand.caller), Strikes::accepted, errand.group) != nullptr;
}

}  // namespace dropload::service
