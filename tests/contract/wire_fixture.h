#pragma once

// The import service as programs meet it that know nothing of ours: HTTP as it stands on the wire. Every answer is
// checked against the API's schemas, and tables are read back with the export call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/contract/answer_schema.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_socket.h"
#include "tests/support/running_service.h"

namespace dropload::test {

class WireTest : public testing::Test {
 protected:
  using Json = nlohmann::json;
  using Rows = std::vector<std::vector<std::string>>;

  explicit WireTest(service::Settings settings = {}) : service_(std::move(settings)) { schema_.watch(service_); }

  // CONFIG for a new table, and for one that exists; more members, and other values, in `more`.
  static Json new_table(const std::string& name, const Json& more = Json::object()) {
    Json config{{"tableName", name}, {"fileType", "csv"}, {"autoIdentify", true}};
    config.update(more);
    return config;
  }
  static Json existing(const std::string& type, const Json& more = Json::object()) {
    Json config{{"importType", type}, {"fileType", "csv"}, {"autoIdentify", true}};
    config.update(more);
    return config;
  }

  // More of CONFIG: delimiter and quote are told, nothing is found out.
  static Json told(int delimiter, int quoted) {
    return {{"autoIdentify", false}, {"delimiter", delimiter}, {"quoted", quoted}};
  }

  // The name of a table that this test has not had yet.
  std::string fresh_name() { return "table " + std::to_string(++names_); }

  // The create calls, CONFIG in the query. `view` is "" for a new table.
  HttpAnswer create(const std::string& view, const Json& config, const std::string& file) {
    const std::string target = view.empty() ? service_.create_target(config) : service_.create_target(view, config);
    return service_.create(target, {{"FILE", file, "data.csv", "text/csv"}});
  }
  // The ended job's data.
  Json ended(const HttpAnswer& created) {
    if (created.status != 200) {
      ADD_FAILURE() << "refused: " << created.body;
      return {{"jobCode", "none"}};
    }
    return service_.wait_for_end(created.json().at("data").at("jobId"));
  }
  // jobInfo of an import that must complete.
  Json loaded(const std::string& view, const Json& config, const std::string& file) {
    const Json job = ended(create(view, config, file));
    EXPECT_EQ(job.at("jobCode"), "1004") << job.dump();
    return job.value("jobInfo", Json::object());
  }
  // jobInfo.errorCode of one that must fail.
  int failed(const std::string& view, const Json& config, const std::string& file) {
    const Json job = ended(create(view, config, file));
    EXPECT_EQ(job.at("jobCode"), "1003") << job.dump();
    return job.at("jobInfo").value("errorCode", 0);
  }
  // Makes a table and gives its view's id.
  std::string made(const std::string& name, const std::string& file, const Json& more = Json::object()) {
    return loaded("", new_table(name, more), file).value("viewId", "");
  }

  static void expect_refusal(const HttpAnswer& answer, int status, int code, const std::string& symbol) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.error_code(), code) << answer.body;
    EXPECT_EQ(answer.json().value("summary", ""), symbol);
  }

  // "/restapi/v2/workspaces/<id>/views/<id>"
  std::string view_path(const std::string& view) {
    return fmt::format("/restapi/v2/workspaces/{}/views/{}", service_.workspace_id(), view);
  }
  // The id of the view with this name.
  std::string view_named(const std::string& name) {
    const Json names{{"workspaceName", "Main"}, {"viewName", name}};
    const auto answer = service_.get("/restapi/v2/metadetails?CONFIG=" + http::percent_encode(names.dump()));
    if (answer.status == 200) return answer.json().at("data").at("views").at("viewId");
    ADD_FAILURE() << name << ": " << answer.body;
    return "0";
  }
  HttpAnswer export_of(const std::string& view, const Json& config) {
    return service_.get(view_path(view) + "/data?CONFIG=" + http::percent_encode(config.dump()));
  }
  // A table as the export call gives it: column names, then the rows in the order in which they came; what is empty is
  // "".
  Rows exported(const std::string& name) {
    const auto answer = export_of(view_named(name), {{"responseFormat", "json"}, {"keyValueFormat", false}});
    if (answer.status != 200) return {};
    const Json table = answer.json();
    Rows rows{table.at("column_order").get<std::vector<std::string>>()};
    for (const Json& row : table.at("rows")) rows.push_back(row);
    return rows;
  }
  // A table as it lies in the warehouse, for what no call tells: what is empty is NULL, shown as "~".
  Rows table(const std::string& name) {
    SQLite::Database database(service_.directory() / "warehouse.db", SQLite::OPEN_READONLY);
    SQLite::Statement query(database, "SELECT * FROM \"" + name + "\" ORDER BY rowid");
    Rows rows(1);
    for (int i = 0; i < query.getColumnCount(); ++i) rows[0].emplace_back(query.getColumnName(i));
    while (query.executeStep()) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < query.getColumnCount(); ++i) {
        const SQLite::Column value = query.getColumn(i);
        row.push_back(value.isNull() ? "~" : value.getString());
      }
    }
    return rows;
  }

  // A request's head with the headers that every call has; `more` are whole lines.
  std::string head(const std::string& verb, const std::string& target, const std::string& more = "") {
    std::string text = verb + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more;
    for (const auto& [name, value] : service_.headers()) text += name + ": " + value + "\r\n";
    return text + "\r\n";
  }

  AnswerSchema schema_;
  RunningService service_;

 private:
  int names_ = 0;
};

}  // namespace dropload::test
