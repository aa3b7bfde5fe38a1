#pragma once

// The target against an API whose answers are scripted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "daemon/target/zoho_target.h"
#include "tests/support/fake_clock.h"
#include "tests/support/scripted_api.h"
#include "tests/support/temporary_directory.h"

namespace dropload::target {

using testing::HasSubstr;
using testing::Not;

constexpr auto token_path = "/oauth/v2/token";
constexpr auto names_path = "/restapi/v2/metadetails";
constexpr auto create_path = "/restapi/v2/bulk/workspaces/111111111111111111/views/222222222222222222/data";
constexpr auto create_new_path = "/restapi/v2/bulk/workspaces/111111111111111111/data";
constexpr auto batch_path = "/restapi/v2/bulk/workspaces/111111111111111111/views/222222222222222222/data/batch";
constexpr auto batch_new_path = "/restapi/v2/bulk/workspaces/111111111111111111/data/batch";
constexpr auto batch_answer =
    R"({"status":"success","summary":"Create bulk import job","data":{"batchKey":"17_4","jobId":"333"}})";
constexpr auto job_path = "/restapi/v2/bulk/workspaces/111111111111111111/importjobs/333";

constexpr auto import_path = "/restapi/v2/workspaces/111111111111111111/views/222222222222222222/importdetails";

constexpr auto workspace_answer =
    R"({"status":"success","summary":"Get meta details","data":{"workspaces":{"workspaceId":"111111111111111111",
  "workspaceName":"Sales","workspaceDesc":"","orgId":"77"}}})";
constexpr auto view_answer =
    R"({"status":"success","summary":"Get meta details","data":{"workspaces":{"workspaceId":"111111111111111111",
  "workspaceName":"Sales","workspaceDesc":"","orgId":"77"},"views":{"viewId":"222222222222222222","viewName":"orders","viewDesc":""}}})";
constexpr auto created_answer = R"({"status":"success","summary":"Create bulk import job","data":{"jobId":"333"}})";

inline std::string failure(int code, const std::string& symbol) {
  return R"({"status":"failure","summary":")" + symbol + R"(","data":{"errorCode":)" + std::to_string(code) +
         R"(,"errorMessage":"no"}})";
}

inline http::Awaitable<Result<void>> agree(int* times) {
  ++*times;
  co_return Result<void>{};
}
inline http::Awaitable<Result<void>> disagree() {
  co_return error(Errc::no_space, "no room for the intent");
}

class ZohoTargetTest : public testing::Test {
 protected:
  ZohoTargetTest() {
    api_.answer_json(token_path, R"({"access_token":"tok","expires_in":3600})");
    ZohoTargetSettings settings;
    settings.name = "acme";
    settings.organization_id = "77";
    settings.api_url = api_.url();
    settings.token_url = api_.url() + token_path;
    settings.token_file = directory_.path() / "token.json";
    target_ = create_zoho_target(io_.context(), settings, clock_, random_, files_).value();
    file_ = files_.open_for_reading(directory_.write("orders.csv", "id,name\n1,a\n")).value();
  }
  ~ZohoTargetTest() override {
    io_.call([this] { target_.reset(); });
  }

  SubmitRequest request(const std::string& workspace = "Sales", const std::string& table = "orders") {
    SubmitRequest request;
    request.table = {"acme", workspace, table};
    request.file_name = "orders.csv";
    request.fd = file_.get();
    request.size = 12;
    request.before_last_piece = [this] { return agree(&asked_before_last_piece_); };
    return request;
  }
  LookResult look() { return io_.run(target_->last_import({"acme", "Sales", "orders"})); }
  SubmitResult submit(SubmitRequest request) { return io_.run(target_->submit(std::move(request))); }
  // Names are answered as they are asked: the workspace, then the view.
  void answer_names() {
    api_.answer_json(names_path, workspace_answer);
    api_.answer_json(names_path, view_answer);
  }

  test::TemporaryDirectory directory_;
  SystemFiles files_;
  test::FakeClock clock_;
  SystemRandom random_;
  test::IoThread io_;
  test::ScriptedApi api_{io_};
  std::unique_ptr<Target> target_;
  UniqueFd file_;
  int asked_before_last_piece_ = 0;
};

}  // namespace dropload::target
