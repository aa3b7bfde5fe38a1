#include "daemon/service/endpoints.h"

namespace dropload::service {
namespace {

constexpr std::size_t max_form_bytes = 64 * 1024;

// The query wins over the form.
std::string parameter(const http::Query& query, const http::Query& form, std::string_view name) {
  if (auto value = query.find(name)) return *value;
  return form.find(name).value_or("");
}

http::Response error_word(std::string_view word) {
  http::Response response;
  response.body = nlohmann::json{{"error", word}}.dump();
  return response;
}

http::Response too_many() {
  http::Response response;
  response.status = http::Status::bad_request;
  response.body = zoho::encode_too_many_tokens();
  return response;
}

}  // namespace

Answering answer_token(Context& context, Call call) {
  const auto body = co_await http::read_whole(*call.request.body, max_form_bytes);
  if (!body) co_return error_word("invalid_request");
  const auto form = http::Query::parse(*body);
  if (!form) co_return error_word("invalid_request");

  TokenRequest request;
  request.grant_type = parameter(call.query, *form, "grant_type");
  request.client_id = parameter(call.query, *form, "client_id");
  request.client_secret = parameter(call.query, *form, "client_secret");
  request.refresh_token = parameter(call.query, *form, "refresh_token");
  request.code = parameter(call.query, *form, "code");
  const auto answer = context.tokens.issue(request);
  if (!answer) co_return failed(answer.error());
  if (const auto* denied = std::get_if<Accounts::Denied>(&*answer)) co_return error_word(denied->word);

  if (std::holds_alternative<Tokens::TooMany>(*answer)) co_return too_many();

  // The API is where the token endpoint is.
  const std::string api_domain = "http://" + std::string(call.request.headers[boost::beast::http::field::host]);
  http::Response response;
  response.body = zoho::encode_token(std::get<zoho::Token>(*answer), api_domain);
  co_return response;
}

}  // namespace dropload::service
