#pragma once

// A client of the batch calls (import-api.md, section 5) beside a running import service.

#include <stdexcept>
#include <string>

#include "tests/support/running_service.h"

namespace dropload::test {

class BatchClient {
 public:
  using Json = nlohmann::json;
  struct Accepted {
    std::string job_id;
    std::string key;
    std::string target;  // where the batches go
  };

  explicit BatchClient(service::Settings settings = {}) : service_(std::move(settings)) {}

  RunningService& service() { return service_; }

  // CONFIG of a first batch.
  static Json config(const std::string& import_type) {
    return {{"importType", import_type}, {"autoIdentify", "true"}, {"batchKey", "start"}, {"isLastBatch", false}};
  }
  static Json new_table(const std::string& name) {
    return {{"tableName", name}, {"autoIdentify", true}, {"batchKey", "start"}, {"isLastBatch", false}};
  }

  std::string target() { return fmt::format("/restapi/v2/bulk/workspaces/{}/data/batch", service_.workspace_id()); }
  std::string target(const std::string& view) {
    return fmt::format("/restapi/v2/bulk/workspaces/{}/views/{}/data/batch", service_.workspace_id(), view);
  }

  HttpAnswer send(const std::string& target, const Json& config, const std::string& content) {
    last_target_ = target;
    return service_.create(target + "?CONFIG=" + http::percent_encode(config.dump()),
                           {{"FILE", content, "batch.csv", ""}});
  }
  // CONFIG in a part after the file.
  HttpAnswer send_part(const std::string& target, const Json& config, const std::string& content) {
    last_target_ = target;
    return service_.create(target, {{"FILE", content, "batch.csv", ""}, {"CONFIG", config.dump(), "", ""}});
  }
  HttpAnswer send_next(const Accepted& job, const std::string& content, bool is_last) {
    return send(job.target, {{"batchKey", job.key}, {"isLastBatch", is_last}}, content);
  }

  // What must not be refused.
  Accepted accepted(const HttpAnswer& answer) {
    if (answer.status != 200) throw std::runtime_error("refused: " + answer.body);
    const Json data = answer.json().at("data");
    return {data.at("jobId"), data.at("batchKey"), last_target_};
  }
  Accepted first_new(const std::string& name, const std::string& csv) {
    return accepted(send(target(), new_table(name), csv));
  }
  Accepted first(const std::string& view, const Json& config, const std::string& csv) {
    return accepted(send(target(view), config, csv));
  }
  Accepted first(const std::string& view, const std::string& import_type, const std::string& csv) {
    return first(view, config(import_type), csv);
  }
  Accepted first(const std::string& view, const char* import_type, const std::string& csv) {
    return first(view, config(import_type), csv);
  }
  Accepted next(const Accepted& job, const std::string& csv, bool is_last) {
    return accepted(send_next(job, csv, is_last));
  }

  // data of the importdetails call.
  Json import_details(const std::string& view) {
    return service_.get(fmt::format("/restapi/v2/workspaces/{}/views/{}/importdetails", service_.workspace_id(), view))
        .json()
        .at("data");
  }
  // The id of a view; "" when there is none of this name.
  std::string view_named(const std::string& name) {
    const auto answer = service_.get(fmt::format("/restapi/v2/workspaces/{}/views", service_.workspace_id()));
    const Json views = answer.json().at("data").at("views");
    for (const Json& view : views) {
      if (view.at("viewName") == name) return view.at("viewId");
    }
    return "";
  }

 private:
  RunningService service_;
  std::string last_target_;
};

}  // namespace dropload::test
