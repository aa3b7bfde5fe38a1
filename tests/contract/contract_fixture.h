#pragma once

// The daemon's client and the import service, each as it is in the product, over HTTP on 127.0.0.1. What passes here is
// what the two agree on; what the real service does is in the API's page only.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/files.h"
#include "daemon/target/zoho_target.h"
#include "tests/contract/answer_schema.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/io_thread.h"
#include "tests/support/running_service.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {

class ContractTest : public testing::Test {
 protected:
  explicit ContractTest(service::Settings settings = {}) : service_(std::move(settings)) {
    schema_.watch(service_);
    credentials_ = service_.service().credentials();
    connect();
  }
  ~ContractTest() override { disconnect(); }

  // A client with these credentials that knows nothing yet: no token, no names.
  void connect() {
    disconnect();
    target::ZohoTargetSettings settings;
    settings.name = "acme";
    settings.organization_id = credentials_.organization_id;
    settings.api_url = "http://127.0.0.1:" + std::to_string(service_.service().port());
    settings.token_url = settings.api_url + "/oauth/v2/token";
    settings.client_id = credentials_.client_id;
    settings.client_secret = credentials_.client_secret;
    settings.refresh_token = credentials_.refresh_token;
    settings.token_file = directory_.path() / ("token-" + std::to_string(++clients_) + ".json");
    target_ = target::create_zoho_target(io_.context(), std::move(settings), clock_, random_, files_).value();
  }

  static queue::TableKey table(const std::string& name, const std::string& workspace = "Main") {
    return {"acme", workspace, name};
  }
  static zoho::ImportOptions options(zoho::ImportType type = zoho::ImportType::append) {
    zoho::ImportOptions options;
    options.import_type = type;
    return options;
  }

  target::SubmitResult submit(const queue::TableKey& key, const std::string& csv,
                              const zoho::ImportOptions& options = {}, bool create = true) {
    const auto path = directory_.write("upload.csv", csv);
    const auto file = files_.open_for_reading(path).value();
    target::SubmitRequest request;
    request.table = key;
    request.create = create;
    request.options = options;
    request.file_name = "upload.csv";
    request.fd = file.get();
    request.size = csv.size();
    request.before_last_piece = [this] { return note_last_piece(&last_pieces_); };
    return io_.run(target_->submit(std::move(request)));
  }
  // Of a submit that must not be refused.
  target::Accepted accepted(const queue::TableKey& key, const std::string& csv,
                            const zoho::ImportOptions& options = {}) {
    auto result = submit(key, csv, options);
    if (const auto* refused = std::get_if<target::Refused>(&result)) {
      ADD_FAILURE() << "refused: " << refused->refusal.code << " " << refused->refusal.message;
    }
    return std::get<target::Accepted>(std::move(result));
  }
  // The refusal of a submit that must be refused.
  zoho::Refusal refused(const queue::TableKey& key, const std::string& csv, const zoho::ImportOptions& options = {},
                        bool create = true) {
    return std::get<target::Refused>(submit(key, csv, options, create)).refusal;
  }

  target::StatusResult status(const target::Accepted& job) {
    return io_.run(target_->status(job.workspace_id, job.job_id));
  }
  target::LookResult last_import(const queue::TableKey& key) { return io_.run(target_->last_import(key)); }
  zoho::JobDetails details(const target::Accepted& job) { return std::get<target::Details>(status(job)).details; }
  // Polls until the job has ended.
  zoho::JobDetails ended(const target::Accepted& job) {
    zoho::JobDetails last;
    const auto has_ended = [&] {
      last = details(job);
      return last.code != zoho::JobCode::not_initiated && last.code != zoho::JobCode::in_progress;
    };
    EXPECT_TRUE(eventually(has_ended)) << "job " << job.job_id << " has not ended";
    service_.job(job.job_id);  // the same answer as it stands on the wire, for the schema
    return last;
  }
  zoho::JobDetails imported(const queue::TableKey& key, const std::string& csv,
                            const zoho::ImportOptions& options = {}) {
    return ended(accepted(key, csv, options));
  }

  AnswerSchema schema_;
  RunningService service_;
  service::Credentials credentials_;
  TemporaryDirectory directory_;
  SystemFiles files_;
  SystemRandom random_;
  FakeClock clock_;  // the client's
  IoThread io_;
  std::unique_ptr<target::Target> target_;
  int last_pieces_ = 0;  // requests of which the last piece was let out

 private:
  static http::Awaitable<Result<void>> note_last_piece(int* pieces) {
    ++*pieces;
    co_return Result<void>{};
  }
  void disconnect() {
    io_.call([this] { target_.reset(); });
  }

  int clients_ = 0;
};

}  // namespace dropload::test
