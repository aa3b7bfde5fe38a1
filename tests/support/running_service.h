#pragma once

// An import service on a port of its own in a directory of its own, and a client that speaks to it as programs do that
// know nothing of ours.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/random.h"
#include "common/http/message.h"
#include "daemon/service/import_service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;
  http::Fields headers;
  std::string body;

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  // data.errorCode of a failure envelope; 0 when it is none.
  [[nodiscard]] int error_code() const;
};

// One part of a form.
struct Part {
  std::string name;
  std::string content;
  std::string file_name;     // "": none
  std::string content_type;  // "": none
};
inline constexpr std::string_view boundary = "----dropload-test-boundary";
std::string form_of(const std::vector<Part>& parts);
std::string form_type();

class RunningService {
 public:
  // Port 0 and the directory are set here; the clock stands until a test moves it.
  explicit RunningService(service::Settings settings = {});

  // Is told every answer that comes: the verb, the target, the answer.
  using Observer = std::function<void(const std::string&, const std::string&, const HttpAnswer&)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

  void stop() { service_.reset(); }
  // Stops where it runs, starts again on the same directory with a new port.
  void start(service::Settings settings);

  [[nodiscard]] service::ImportService& service() { return *service_; }
  [[nodiscard]] FakeClock& clock() { return clock_; }
  [[nodiscard]] std::filesystem::path directory() const { return directory_.path() / "service"; }

  // One request on a connection of its own. An answer that comes before the body has been read is an answer too.
  HttpAnswer send(http::Verb verb, std::string_view target, const Headers& headers, std::string_view body = {});
  // These bytes, whatever they are.
  HttpAnswer send_raw(std::string_view bytes);

  // Authorization with a token that is good for the default hour, and ZANALYTICS-ORGID.
  Headers headers();
  // A fresh token.
  std::string access_token();
  HttpAnswer get(std::string_view target) { return send(http::Verb::get, target, headers()); }
  std::string workspace_id();
  // "/restapi/v2/bulk/workspaces/<id>/data?CONFIG=…"
  std::string create_target(const nlohmann::json& config);
  std::string create_target(std::string_view view_id, const nlohmann::json& config);
  HttpAnswer create(const std::string& target, const std::vector<Part>& parts);
  // CONFIG in the query, a new table from a CSV file.
  HttpAnswer create_table(const std::string& name, const std::string& csv);
  // The same, of which nothing may fail: the job's id.
  std::string accepted_table(const std::string& name, const std::string& csv);
  // data of the job details call.
  nlohmann::json job(const std::string& job_id);
  // Asks until the job has ended (jobCode 1003 and up); throws when it does not.
  nlohmann::json wait_for_end(const std::string& job_id);
  // One value out of warehouse.db.
  std::int64_t count(const std::string& sql);

 private:
  HttpAnswer observed(const std::string& verb, const std::string& target, HttpAnswer answer);

  TemporaryDirectory directory_;
  Observer observer_;
  FakeClock clock_;
  SystemRandom random_;
  std::unique_ptr<service::ImportService> service_;
  std::optional<std::string> token_;
  Time token_expires_;
};

}  // namespace dropload::test
