#include "tests/support/service_process.h"

#include <csignal>
#include <stdexcept>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/support/eventually.h"
#include "tests/support/running_service.h"

namespace dropload::test {

void ServiceProcess::start(std::vector<std::string> arguments, std::map<std::string, std::string> environment) {
  process_.reset();
  std::vector<std::string> command{DROPLOAD_BINARY, "service", "--listen",
                                   "127.0.0.1:0",   "--data",  (path() / "data").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_.emplace(std::move(command), std::move(environment), path());
  if (!process_->wait_ready()) throw std::runtime_error("the service is not ready\n" + process_->log());
}

void ServiceProcess::kill() {
  process_->send_signal(SIGKILL);
  process_->wait_end();
}

std::uint16_t ServiceProcess::port() const {
  const std::string address = process_->rest_address();
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
}

std::string ServiceProcess::line_to_paste() const {
  const std::string log = process_->log();
  const auto at = log.rfind("\n( U=");
  if (at == std::string::npos) throw std::runtime_error("there is no line to paste in\n" + log);
  return log.substr(at + 1, log.find('\n', at + 1) - at - 1);
}

RestAnswer ServiceProcess::send(const std::string& verb, const std::string& target, const std::string& body,
                                std::map<std::string, std::string> headers) {
  return rest(verb, process_->rest_address(), target, body, headers);
}

RestAnswer ServiceProcess::call(const std::string& verb, const std::string& target, const std::string& body,
                                std::map<std::string, std::string> more) {
  more.merge(headers());
  return send(verb, target, body, std::move(more));
}

std::map<std::string, std::string> ServiceProcess::headers() {
  if (token_.empty()) {
    const auto answer =
        send("POST", "/oauth/v2/token?grant_type=refresh_token&client_id=a&client_secret=b&refresh_token=c");
    token_ = nlohmann::json::parse(answer.body).at("access_token");
    const std::map<std::string, std::string> with_token{{"Authorization", "Zoho-oauthtoken " + token_}};
    const auto orgs = nlohmann::json::parse(send("GET", "/restapi/v2/orgs", {}, with_token).body);
    organization_ = orgs.at("data").at("orgs").at(0).at("orgId");
  }
  return {{"Authorization", "Zoho-oauthtoken " + token_}, {"ZANALYTICS-ORGID", organization_}};
}

std::string ServiceProcess::workspace_id() {
  if (workspace_.empty()) {
    const auto all = nlohmann::json::parse(call("GET", "/restapi/v2/workspaces").body);
    workspace_ = all.at("data").at("ownedWorkspaces").at(0).at("workspaceId");
  }
  return workspace_;
}

std::string ServiceProcess::create_target(const std::string& table) {
  const nlohmann::json config{{"tableName", table}, {"fileType", "csv"}, {"autoIdentify", true}};
  return fmt::format("/restapi/v2/bulk/workspaces/{}/data?CONFIG={}", workspace_id(),
                     http::percent_encode(config.dump()));
}

std::string ServiceProcess::create_table(const std::string& name, const std::string& csv) {
  const auto answer =
      call("POST", create_target(name), form_of({{"FILE", csv, "a.csv", "text/csv"}}), {{"Content-Type", form_type()}});
  if (answer.status != 200) throw std::runtime_error("refused: " + answer.body);
  return nlohmann::json::parse(answer.body).at("data").at("jobId");
}

nlohmann::json ServiceProcess::job(const std::string& id) {
  const auto answer = call("GET", fmt::format("/restapi/v2/bulk/workspaces/{}/importjobs/{}", workspace_id(), id));
  if (answer.status != 200) throw std::runtime_error("refused: " + answer.body);
  return nlohmann::json::parse(answer.body).at("data");
}

nlohmann::json ServiceProcess::wait_for_end(const std::string& id) {
  nlohmann::json details;
  const auto ended = [&] {
    details = job(id);
    return details.at("jobCode") != "1001" && details.at("jobCode") != "1002";
  };
  if (!eventually(ended)) throw std::runtime_error("job " + id + " has not ended\n" + process_->log());
  return details;
}

std::int64_t ServiceProcess::rows_in(const std::string& table) const {
  SQLite::Database database(path() / "data" / "warehouse.db", SQLite::OPEN_READONLY, 5'000);
  if (!database.tableExists(table)) return -1;
  return database.execAndGet("SELECT count(*) FROM \"" + table + "\"").getInt64();
}

std::vector<std::string> ServiceProcess::jobs_on_disk() const {
  SQLite::Database database(path() / "data" / "service.db", SQLite::OPEN_READONLY, 5'000);
  SQLite::Statement query(database, "SELECT id FROM job ORDER BY seq");
  std::vector<std::string> ids;
  while (query.executeStep()) ids.push_back(query.getColumn(0).getString());
  return ids;
}

}  // namespace dropload::test
