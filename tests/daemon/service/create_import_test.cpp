#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/raw_socket.h"
#include "tests/support/running_service.h"

namespace dropload::service {
namespace {

using http::Verb;
using nlohmann::json;
using test::HttpAnswer;
using test::Part;
using test::RunningService;

const std::string two_rows = "id,name\n1,one\n2,two\n";
const Part two_rows_file{"FILE", two_rows, "data.csv", ""};

json new_table(const std::string& name) {
  return {{"tableName", name}, {"fileType", "csv"}, {"autoIdentify", "true"}};
}
json existing(const std::string& type) {
  return {{"importType", type}, {"fileType", "csv"}, {"autoIdentify", true}};
}

std::string job_of(const HttpAnswer& answer) {
  return answer.json().at("data").at("jobId");
}

class CreateImport : public testing::Test {
 protected:
  std::string made_table(const std::string& name, const std::string& content = two_rows) {
    const json job = service_.wait_for_end(service_.accepted_table(name, content));
    EXPECT_EQ(job.at("jobCode"), "1004") << job;
    return job.at("jobInfo").at("viewId");
  }
  std::string target_without_config() {
    return fmt::format("/restapi/v2/bulk/workspaces/{}/data", service_.workspace_id());
  }
  int refused_new(const json& config) {
    return service_.create(service_.create_target(config), {two_rows_file}).error_code();
  }
  int refused(const std::string& view, const json& config) {
    return service_.create(service_.create_target(view, config), {two_rows_file}).error_code();
  }
  // A create call of which the head has been sent.
  std::unique_ptr<test::RawSocket> begun_upload(const std::string& target, std::size_t length,
                                                const std::string& more) {
    std::string head = fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nContent-Type: {}\r\n{}",
                                   target, length, test::form_type(), more);
    for (const auto& [name, value] : service_.headers()) head += fmt::format("{}: {}\r\n", name, value);
    auto socket = std::make_unique<test::RawSocket>(test::RawSocket::connect_to(service_.service().port()));
    socket->send(head + "\r\n");
    return socket;
  }
  std::size_t uploads() {
    const std::filesystem::directory_iterator entries(service_.directory() / "uploads");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }

  RunningService service_;
};

TEST_F(CreateImport, ANewTableIsMadeAndItsJobTellsSo) {
  const auto answer = service_.create_table("Sales", two_rows);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json().at("status"), "success");
  EXPECT_EQ(answer.json().at("summary"), "Create bulk import job");
  EXPECT_EQ(job_of(answer).size(), 19U);

  const json job = service_.wait_for_end(job_of(answer));
  EXPECT_EQ(job.at("jobId"), job_of(answer));
  EXPECT_EQ(job.at("jobCode"), "1004");
  EXPECT_EQ(job.at("jobStatus"), "JOB COMPLETED");
  EXPECT_EQ(job.at("expiryTime"), std::to_string(service_.clock().now().ms + 3'600'000));
  const json summary = job.at("jobInfo").at("importSummary");
  EXPECT_EQ(summary.at("importType"), "APPEND");
  EXPECT_EQ(summary.at("importOperation"), "created");
  EXPECT_EQ(summary.at("totalRowCount"), 2);
  EXPECT_EQ(summary.at("successRowCount"), 2);
  EXPECT_EQ(job.at("jobInfo").at("columnDetails").at("id"), "Number");
  EXPECT_EQ(service_.count("SELECT count(*) FROM Sales"), 2);
}

TEST_F(CreateImport, AnExistingTableIsAppendedToAndReplaced) {
  const std::string view = made_table("Sales");
  for (const auto& [type, rows] : {std::pair{"append", 4}, std::pair{"TRUNCATEADD", 2}}) {
    const auto answer = service_.create(service_.create_target(view, existing(type)), {two_rows_file});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json job = service_.wait_for_end(job_of(answer));
    EXPECT_EQ(job.at("jobCode"), "1004") << job;
    EXPECT_EQ(job.at("jobInfo").at("importSummary").at("importOperation"), "updated");
    EXPECT_EQ(service_.count("SELECT count(*) FROM Sales"), rows) << type;
  }
}

TEST_F(CreateImport, ConfigIsTakenFromTheQueryOrAPartBeforeOrAfterTheFile) {
  const auto config_part = [](const std::string& table) { return Part{"CONFIG", new_table(table).dump(), "", ""}; };
  const auto before = service_.create(target_without_config(), {config_part("Before"), two_rows_file});
  const auto after = service_.create(target_without_config(), {two_rows_file, config_part("After")});
  const auto both = service_.create(service_.create_target(new_table("Query")), {config_part("Part"), two_rows_file});
  for (const auto* answer : {&before, &after, &both}) {
    ASSERT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(service_.wait_for_end(job_of(*answer)).at("jobCode"), "1004");
  }
  for (const char* table : {"Before", "After", "Query"}) {
    EXPECT_EQ(service_.count(fmt::format("SELECT count(*) FROM \"{}\"", table)), 2) << table;
  }
  EXPECT_EQ(service_.count("SELECT count(*) FROM sqlite_master WHERE name = 'Part'"), 0);
  EXPECT_EQ(service_.create(target_without_config(), {two_rows_file}).error_code(), 8504);
}

TEST_F(CreateImport, AChunkedBodyIsTakenToo) {
  std::string request = fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: {}\r\n",
                                    service_.create_target(new_table("Chunked")), test::form_type());
  for (const auto& [name, value] : service_.headers()) request += fmt::format("{}: {}\r\n", name, value);
  request += "\r\n";
  const std::string form = test::form_of({two_rows_file});
  for (std::size_t at = 0; at < form.size(); at += 7) {
    const std::string piece = form.substr(at, 7);
    request += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  }
  const auto answer = service_.send_raw(request + "0\r\n\r\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(service_.wait_for_end(job_of(answer)).at("jobCode"), "1004");
}

TEST_F(CreateImport, AClientThatAsksFirstIsToldToGoOn) {
  const std::string form = test::form_of({two_rows_file});
  const auto socket = begun_upload(service_.create_target(new_table("Asked")), form.size(), "Expect: 100-continue\r\n");
  EXPECT_EQ(socket->read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket->send(form);
  EXPECT_EQ(socket->read_until(" OK"), "HTTP/1.1 200 OK");
}

TEST_F(CreateImport, AnUploadThatBreaksOffLeavesNoJobAndNoFile) {
  const auto socket = begun_upload(service_.create_target(new_table("Broken")), 5000, "");
  socket->send(test::form_of({two_rows_file}).substr(0, 150));
  ASSERT_TRUE(test::eventually([&] { return uploads() == 1; }));
  socket->reset();
  EXPECT_TRUE(test::eventually([&] { return uploads() == 0; }));
  EXPECT_EQ(service_.service().most_jobs_at_once(), 0);
}

TEST_F(CreateImport, StoppingDoesNotWaitForAnUpload) {
  const auto socket = begun_upload(service_.create_target(new_table("Broken")), 5000, "");
  socket->send(test::form_of({two_rows_file}).substr(0, 150));
  ASSERT_TRUE(test::eventually([&] { return uploads() == 1; }));
  service_.stop();
  EXPECT_EQ(uploads(), 0U);
}

TEST_F(CreateImport, WhatTheTablesRefuseIsRefusedAtOnce) {
  const std::string view = made_table("Sales");
  EXPECT_EQ(refused_new(new_table("Sales")), 7111);
  EXPECT_EQ(refused_new(new_table("sALES")), 7111);
  EXPECT_EQ(refused("1000000000000000001", existing("append")), 7104);
  json config = existing("updateadd");
  config["matchingColumns"] = {"id", "nobody"};
  EXPECT_EQ(refused(view, config), 7107);
  config["matchingColumns"] = {"ID"};
  EXPECT_EQ(refused(view, config), 0);
  config["selectedColumns"] = {"id", "nobody"};
  EXPECT_EQ(refused(view, config), 8046);
  EXPECT_EQ(service_.create("/restapi/v2/bulk/workspaces/1/data?CONFIG={}", {two_rows_file}).error_code(), 7103);
}

TEST_F(CreateImport, WhatIsWrongWithConfigItselfIsRefusedAtOnce) {
  const std::string view = made_table("Sales");
  EXPECT_EQ(refused(view, existing("replace")), 8119);
  json config = new_table("T");
  config["autoIdentify"] = false;
  EXPECT_EQ(refused_new(config), 8079);
  config = new_table("T");
  config.erase("tableName");
  EXPECT_EQ(refused_new(config), 8079);
  const std::string target = target_without_config() + "?CONFIG=no-json";
  EXPECT_EQ(service_.create(target, {two_rows_file}).error_code(), 8080);
  // The file of the finished job goes in its own time.
  EXPECT_TRUE(test::eventually([&] { return uploads() == 0; }));
}

TEST_F(CreateImport, AnEmptyFileIsRefused) {
  const auto answer = service_.create(service_.create_target(new_table("T")), {{"FILE", "", "e.csv", ""}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.error_code(), 7203);
  EXPECT_EQ(answer.json().at("summary"), "IMPORT_FILE_EMPTY");
  EXPECT_EQ(uploads(), 0U);
}

TEST_F(CreateImport, BadRowsFailTheJobAndNotTheCall) {
  const std::string view = made_table("Sales");
  const auto answer = service_.create(service_.create_target(view, existing("append")),
                                      {{"FILE", "id,name\nnot a number,x\n", "a.csv", ""}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json job = service_.wait_for_end(job_of(answer));
  EXPECT_EQ(job.at("jobCode"), "1003");
  EXPECT_EQ(job.at("jobStatus"), "ERROR OCCURRED");
  EXPECT_EQ(job.at("jobInfo").at("errorCode"), 7232);
  EXPECT_EQ(service_.count("SELECT count(*) FROM Sales"), 2);
}

TEST_F(CreateImport, AnUploadIsRemovedOnceItsJobHasEnded) {
  // The second job's end comes after the first one's file was removed: both are on the same table.
  const std::string view = made_table("Sales");
  const auto second = service_.create(service_.create_target(view, existing("append")), {two_rows_file});
  service_.wait_for_end(job_of(second));
  service_.start({});
  EXPECT_EQ(uploads(), 0U);
}

TEST(CreateImportLimits, AFileOverTheLimitIsAnsweredBeforeItsEndIsSent) {
  Settings settings;
  settings.max_file_bytes = 1000;
  RunningService service(settings);
  const auto answer = service.create_table("T", std::string(5'000'000, 'x'));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.json().at("summary"), "FILE_SIZE_MORE_THAN_ALLOWED_SIZE");

  std::string head = fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\nContent-Type: {}\r\n",
                                 service.create_target(new_table("T")), test::form_type());
  for (const auto& [name, value] : service.headers()) head += fmt::format("{}: {}\r\n", name, value);
  const auto early = service.send_raw(head + "\r\n");
  EXPECT_EQ(early.status, 413);
  EXPECT_EQ(early.headers["Connection"], "close");
}

TEST_F(CreateImport, ADateFormatThatNoFileCouldBeReadByIsRefusedAtOnce) {
  const std::string view = made_table("Sales");
  for (const char* pattern : {"yyyy-MM-DD", "HH:mm", "yyyy-MM"}) {
    json config = existing("append");
    config["dateFormat"] = pattern;
    EXPECT_EQ(refused(view, config), 7512) << pattern;
    config = new_table("T");
    config["columnDateFormat"] = {{"id", pattern}};
    EXPECT_EQ(refused_new(config), 7512) << pattern;
  }
}

}  // namespace
}  // namespace dropload::service
