#include "daemon/target/zoho_target.h"

#include <boost/algorithm/string/replace.hpp>

#include "common/http/multipart_writer.h"
#include "common/zoho/paths.h"
#include "daemon/target/names.h"
#include "daemon/target/oauth.h"
#include "daemon/target/reading.h"

namespace dropload::target {
namespace {

namespace asio = boost::asio;

// Longer ones travel as a form part: proxies and servers bound the length of a request line.
constexpr std::size_t longest_config_in_query = 4 * 1024;

// Codes by which the service says that an id it gave us is no good any more.
bool means_id_is_gone(int code) {
  return code == 7103 || code == 7104 || code == 7138 || code == 7319 || code == 7111;
}

const char* content_type_of(zoho::FileType type) {
  return type == zoho::FileType::json ? "application/json" : "text/csv";
}

zoho::ImportConfig config_of(const SubmitRequest& request, const Ids& ids) {
  zoho::ImportConfig config;
  config.options = request.options;
  if (!ids.view) config.table_name = request.table.table;
  const bool is_new_job = !request.batch || !request.batch->series;
  if (is_new_job && !request.callback_url.empty()) config.callback_url = request.callback_url;
  if (request.batch) {
    config.batch_key = request.batch->series ? request.batch->series->key : std::string(zoho::first_batch_key);
    config.is_last_batch = request.batch->is_last;
  }
  return config;
}

std::string path_of(const SubmitRequest& request, const Ids& ids) {
  const bool batch = request.batch.has_value();
  if (ids.view) {
    return zoho::fill(batch ? zoho::path::batch_existing : zoho::path::create_existing, {ids.workspace, *ids.view});
  }
  return zoho::fill(batch ? zoho::path::batch_new : zoho::path::create_new, {ids.workspace});
}

// Where a later batch goes: where the first one went, though its table may exist by now.
Ids ids_of(const Series& series) {
  if (series.view_id.empty()) return {series.workspace_id, std::nullopt};
  return {series.workspace_id, series.view_id};
}

// A service may quote what it refuses, and reasons are read by more people than may know the secret.
void hide_secret(SubmitResult& result, const std::string& callback_url) {
  const std::string secret = callback_url.substr(callback_url.rfind('/') + 1);
  if (secret.empty()) return;
  const auto hide = [&secret](std::string& text) { boost::algorithm::ireplace_all(text, secret, "…"); };
  if (auto* refused = std::get_if<Refused>(&result)) hide(refused->refusal.message);
  if (auto* never = std::get_if<NeverSent>(&result)) hide(never->error.message);
  if (auto* maybe = std::get_if<MaybeSent>(&result)) hide(maybe->error.message);
}

// As a coroutine of its own: what it captures must outlive the wait.
Awaitable<Result<void>> ask_and_note(std::function<Awaitable<Result<void>>()> ask, bool* agreed) {
  auto answer = Result<void>();
  if (ask) answer = co_await ask();
  *agreed = answer.has_value();
  co_return answer;
}

class ZohoTarget final : public Target {
 public:
  ZohoTarget(ZohoTargetSettings settings, std::unique_ptr<TokenKeeper> tokens, std::unique_ptr<http::Client> client,
             Random& random)
      : settings_(std::move(settings)),
        tokens_(std::move(tokens)),
        client_(std::move(client)),
        random_(random),
        names_([this](std::string target) { return get(std::move(target)); }) {}

  [[nodiscard]] zoho::RequestCost cost_of_submit(const queue::TableKey& table) const override {
    return {.bulk = 1, .metadata = names_.calls_needed(table)};
  }

  Awaitable<SubmitResult> submit(SubmitRequest request) override;
  Awaitable<StatusResult> status(std::string workspace_id, std::string job_id) override;
  [[nodiscard]] zoho::RequestCost cost_of_look(const queue::TableKey& table) const override {
    return {.bulk = 0, .metadata = names_.calls_needed(table) + 1};
  }
  Awaitable<LookResult> last_import(queue::TableKey table) override;

 private:
  // `date` is set to the Date of the answer; it outlives the call.
  Awaitable<ReadResult> get(std::string target, std::optional<Time>* date = nullptr);
  Awaitable<SubmitResult> create_with_token(SubmitRequest request, Ids ids);
  Awaitable<SubmitResult> create_job(SubmitRequest request, Ids ids, std::string token);
  [[nodiscard]] http::ClientRequest create_request(const SubmitRequest& request, const Ids& ids) const;
  void authorize(http::ClientRequest& request, const std::string& token) const;
  // Forgets a token that was refused.
  template <typename R>
  void learn_from(R& result, const std::string& token) {
    auto* refused = std::get_if<Refused>(&result);
    if (refused == nullptr) return;
    if (zoho::classify(refused->refusal.http_status, refused->refusal.code) == zoho::FailureClass::token)
      refused->token_was_replaced = !tokens_->refused(token);
  }

  ZohoTargetSettings settings_;
  std::unique_ptr<TokenKeeper> tokens_;
  std::unique_ptr<http::Client> client_;
  Random& random_;
  Names names_;
};

void ZohoTarget::authorize(http::ClientRequest& request, const std::string& token) const {
  request.headers.emplace_back("Authorization", std::string(zoho::token_scheme) + " " + token);
  request.headers.emplace_back(std::string(zoho::organization_header), settings_.organization_id);
}

Awaitable<ReadResult> ZohoTarget::get(std::string target, std::optional<Time>* date) {
  auto token = co_await tokens_->token();
  if (auto* refusal = std::get_if<Refused>(&token)) co_return std::move(*refusal);
  if (auto* never = std::get_if<NeverSent>(&token)) co_return std::move(*never);
  http::ClientRequest request;
  request.verb = http::Verb::get;
  request.target = std::move(target);
  authorize(request, std::get<std::string>(token));
  const auto result = co_await client_->send(std::move(request));
  if (date != nullptr) *date = date_of(result);
  auto data = read_data(result);
  learn_from(data, std::get<std::string>(token));
  co_return data;
}

http::ClientRequest ZohoTarget::create_request(const SubmitRequest& request, const Ids& ids) const {
  const std::string config_text = zoho::encode(config_of(request, ids));
  std::string target = path_of(request, ids);
  std::vector<std::pair<std::string, std::string>> fields;
  const std::string in_query = http::percent_encode(config_text);
  if (in_query.size() > longest_config_in_query) {
    fields.emplace_back("CONFIG", config_text);
  } else {
    target += "?CONFIG=" + in_query;
  }
  auto form = http::multipart_around_file(random_.hex(16), "FILE", request.file_name,
                                          content_type_of(request.options.file_type), fields);
  http::ClientRequest made;
  made.verb = http::Verb::post;
  made.target = std::move(target);
  made.content_type = std::move(form.content_type);
  http::FileBody body{std::move(form.before), request.fd, request.size, std::move(form.after), {}};
  if (request.batch) {
    body.before += request.batch->lead;
    body.size = request.batch->length;
    body.part = http::FilePart{request.batch->offset, request.size};
  }
  made.body = std::move(body);
  return made;
}

Awaitable<SubmitResult> ZohoTarget::submit(SubmitRequest request) {
  if (request.batch && request.batch->series) {
    const auto ids = ids_of(*request.batch->series);
    auto result = co_await create_with_token(std::move(request), ids);
    co_return result;
  }
  auto found = co_await names_.find(request.table);
  if (auto* refusal = std::get_if<Refused>(&found)) {
    if (means_id_is_gone(refusal->refusal.code)) names_.forget(request.table);
    co_return std::move(*refusal);
  }
  if (auto* never = std::get_if<NeverSent>(&found)) co_return std::move(*never);
  const auto ids = std::get<Ids>(found);
  if (!ids.view && !request.create) {
    co_return Refused{
        zoho::refuse(
            7104, fmt::format("there is no table '{}' in the workspace '{}', and the route does not say create = true",
                              request.table.table, request.table.workspace)),
        {}};
  }
  auto result = co_await create_with_token(std::move(request), ids);
  co_return result;
}

Awaitable<SubmitResult> ZohoTarget::create_with_token(SubmitRequest request, Ids ids) {
  auto token = co_await tokens_->token();
  if (auto* refusal = std::get_if<Refused>(&token)) co_return std::move(*refusal);
  if (auto* never = std::get_if<NeverSent>(&token)) co_return std::move(*never);
  auto result = co_await create_job(std::move(request), ids, std::get<std::string>(token));
  co_return result;
}

Awaitable<SubmitResult> ZohoTarget::create_job(SubmitRequest request, Ids ids, std::string token) {
  auto create = create_request(request, ids);
  authorize(create, token);
  bool whole_sent = false;
  create.before_last_piece = [ask = request.before_last_piece, &whole_sent] { return ask_and_note(ask, &whole_sent); };
  const auto answer = co_await client_->send(std::move(create));
  auto result = read_create_answer(answer, ids.workspace, whole_sent);
  if (request.batch) result = read_as_batch(std::move(result), ids.view.value_or(""), request.batch->series);
  hide_secret(result, request.callback_url);
  learn_from(result, token);
  if (const auto* refusal = std::get_if<Refused>(&result)) {
    if (means_id_is_gone(refusal->refusal.code)) names_.forget(request.table);
  }
  co_return result;
}

Awaitable<LookResult> ZohoTarget::last_import(queue::TableKey table) {
  auto found = co_await names_.find(table);
  if (auto* refusal = std::get_if<Refused>(&found)) {
    if (means_id_is_gone(refusal->refusal.code)) names_.forget(table);
    co_return std::move(*refusal);
  }
  if (auto* never = std::get_if<NeverSent>(&found)) co_return std::move(*never);
  const auto ids = std::get<Ids>(found);
  if (!ids.view) co_return NoTable{};
  std::optional<Time> date;
  std::string target = zoho::fill(zoho::path::import_details, {ids.workspace, *ids.view});
  auto data = co_await get(std::move(target), &date);
  if (auto* refusal = std::get_if<Refused>(&data)) {
    if (!means_id_is_gone(refusal->refusal.code)) co_return std::move(*refusal);
    // A remembered id may be that of a table that was made anew since: the next call looks its name up.
    names_.forget(table);
    if (*ids.view == table.table) co_return NoTable{};
    co_return std::move(*refusal);
  }
  if (auto* never = std::get_if<NeverSent>(&data)) co_return std::move(*never);
  auto& text = std::get<std::string>(data);
  auto details = zoho::decode_import_details(text);
  if (!details) co_return NeverSent{details.error()};
  co_return LastImport{std::move(*details), std::move(text), date};
}

Awaitable<StatusResult> ZohoTarget::status(std::string workspace_id, std::string job_id) {
  auto token = co_await tokens_->token();
  if (auto* refusal = std::get_if<Refused>(&token)) co_return std::move(*refusal);
  if (auto* never = std::get_if<NeverSent>(&token)) co_return std::move(*never);
  http::ClientRequest request;
  request.verb = http::Verb::get;
  request.target = zoho::fill(zoho::path::job, {workspace_id, job_id});
  authorize(request, std::get<std::string>(token));
  const auto answer = co_await client_->send(std::move(request));
  auto result = read_status_answer(answer);
  learn_from(result, std::get<std::string>(token));
  co_return result;
}

}  // namespace

Result<std::unique_ptr<Target>> create_zoho_target(asio::io_context& context, ZohoTargetSettings settings,
                                                   const Clock& clock, Random& random, Files& files) {
  auto url = parse_url(settings.api_url);
  if (!url) return url.error().while_doing("API URL");
  auto client = http::Client::create(context, url->origin, settings.client);
  if (!client) return client.error();
  auto tokens = TokenKeeper::create(context,
                                    {settings.token_url, settings.client_id, settings.client_secret,
                                     settings.refresh_token, settings.token_file, settings.client},
                                    clock, files);
  if (!tokens) return tokens.error();
  return std::make_unique<ZohoTarget>(std::move(settings), std::move(*tokens), std::move(*client), random);
}

}  // namespace dropload::target
