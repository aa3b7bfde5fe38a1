#include "tests/support/running_service.h"

#include <stdexcept>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/support/eventually.h"

namespace dropload::test {

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

asio::ip::tcp::socket connect_to(asio::io_context& context, std::uint16_t port) {
  asio::ip::tcp::socket socket(context);
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  return socket;
}

HttpAnswer read_answer(asio::ip::tcp::socket& socket) {
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(64 * 1024 * 1024);
  beast::http::read(socket, buffer, parser);
  return {static_cast<int>(parser.get().result_int()), parser.get().base(), parser.get().body()};
}

}  // namespace

int HttpAnswer::error_code() const {
  const auto envelope = json();
  return envelope.at("status") == "failure" ? envelope.at("data").at("errorCode").get<int>() : 0;
}

std::string form_of(const std::vector<Part>& parts) {
  std::string form;
  for (const Part& part : parts) {
    form += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", boundary, part.name);
    if (!part.file_name.empty()) form += fmt::format("; filename=\"{}\"", part.file_name);
    if (!part.content_type.empty()) form += "\r\nContent-Type: " + part.content_type;
    form += "\r\n\r\n" + part.content + "\r\n";
  }
  return form + fmt::format("--{}--\r\n", boundary);
}

std::string form_type() {
  return fmt::format("multipart/form-data; boundary={}", boundary);
}

RunningService::RunningService(service::Settings settings) {
  start(std::move(settings));
}

void RunningService::start(service::Settings settings) {
  stop();
  token_.reset();  // it may be none of the new settings' users
  settings.data_directory = directory();
  settings.port = 0;
  auto started = service::ImportService::start(std::move(settings), clock_, random_);
  if (!started) throw std::runtime_error(started.error().message);
  service_ = std::move(*started);
}

HttpAnswer RunningService::send(http::Verb verb, std::string_view target, const Headers& headers,
                                std::string_view body) {
  beast::http::request<beast::http::string_body> request(verb, target, 11, std::string(body));
  request.set(beast::http::field::host, "127.0.0.1");
  for (const auto& [name, value] : headers) request.set(name, value);
  if (verb == http::Verb::post || verb == http::Verb::put) request.prepare_payload();
  asio::io_context context;
  auto socket = connect_to(context, service_->port());
  boost::system::error_code early_answer;
  beast::http::write(socket, request, early_answer);
  return observed(std::string(request.method_string()), std::string(target), read_answer(socket));
}

HttpAnswer RunningService::send_raw(std::string_view bytes) {
  asio::io_context context;
  auto socket = connect_to(context, service_->port());
  boost::system::error_code early_answer;
  asio::write(socket, asio::buffer(bytes), early_answer);
  const std::string verb(bytes.substr(0, bytes.find(' ')));
  const std::string rest(bytes.substr(std::min(bytes.size(), verb.size() + 1)));
  return observed(verb, rest.substr(0, rest.find(' ')), read_answer(socket));
}

HttpAnswer RunningService::observed(const std::string& verb, const std::string& target, HttpAnswer answer) {
  if (observer_) observer_(verb, target, answer);
  return answer;
}

std::string RunningService::access_token() {
  const auto credentials = service_->credentials();
  const std::string query = fmt::format("grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                                        credentials.client_id, credentials.client_secret, credentials.refresh_token);
  return send(http::Verb::post, "/oauth/v2/token?" + query, {}).json().at("access_token");
}

Headers RunningService::headers() {
  if (!token_ || clock_.now() >= token_expires_) {
    token_ = access_token();
    token_expires_ = clock_.now() + service::Settings{}.token_lifetime;
  }
  return {{"Authorization", "Zoho-oauthtoken " + *token_},
          {"ZANALYTICS-ORGID", service_->credentials().organization_id}};
}

std::string RunningService::workspace_id() {
  return get("/restapi/v2/workspaces").json().at("data").at("ownedWorkspaces").at(0).at("workspaceId");
}

std::string RunningService::create_target(const nlohmann::json& config) {
  return fmt::format("/restapi/v2/bulk/workspaces/{}/data?CONFIG={}", workspace_id(),
                     http::percent_encode(config.dump()));
}

std::string RunningService::create_target(std::string_view view_id, const nlohmann::json& config) {
  return fmt::format("/restapi/v2/bulk/workspaces/{}/views/{}/data?CONFIG={}", workspace_id(), view_id,
                     http::percent_encode(config.dump()));
}

HttpAnswer RunningService::create(const std::string& target, const std::vector<Part>& parts) {
  auto with_type = headers();
  with_type.emplace_back("Content-Type", form_type());
  return send(http::Verb::post, target, with_type, form_of(parts));
}

HttpAnswer RunningService::create_table(const std::string& name, const std::string& csv) {
  const nlohmann::json config{{"tableName", name}, {"fileType", "csv"}, {"autoIdentify", true}};
  return create(create_target(config), {{"FILE", csv, "data.csv", "text/csv"}});
}

std::string RunningService::accepted_table(const std::string& name, const std::string& csv) {
  const auto answer = create_table(name, csv);
  if (answer.status != 200) throw std::runtime_error("refused: " + answer.body);
  return answer.json().at("data").at("jobId");
}

nlohmann::json RunningService::job(const std::string& job_id) {
  return get(fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/{}", workspace_id(), job_id)).json().at("data");
}

nlohmann::json RunningService::wait_for_end(const std::string& job_id) {
  nlohmann::json details;
  const auto ended = [&] {
    details = job(job_id);
    return details.at("jobCode") != "1001" && details.at("jobCode") != "1002";
  };
  if (!eventually(ended)) throw std::runtime_error("job " + job_id + " has not ended");
  return details;
}

std::int64_t RunningService::count(const std::string& sql) {
  SQLite::Database database(directory() / "warehouse.db", SQLite::OPEN_READONLY);
  return database.execAndGet(sql).getInt64();
}

}  // namespace dropload::test
