#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/batch_client.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_socket.h"

namespace dropload::service {
namespace {

using nlohmann::json;
using test::HttpAnswer;
using testing::HasSubstr;

class Export : public testing::Test {
 protected:
  test::RunningService& service() { return client_.service(); }
  std::string made_table(const std::string& csv, const std::string& name = "T") {
    const json job = service().wait_for_end(service().accepted_table(name, csv));
    EXPECT_EQ(job.at("jobCode"), "1004") << job;
    return job.at("jobInfo").at("viewId");
  }
  std::string target(const std::string& view) {
    return fmt::format("/restapi/v2/workspaces/{}/views/{}/data", service().workspace_id(), view);
  }
  HttpAnswer exported(const std::string& view, const json& config) {
    return service().get(target(view) + "?CONFIG=" + http::percent_encode(config.dump()));
  }
  std::string csv(const std::string& view, json more = json::object()) {
    more["responseFormat"] = "csv";
    const auto answer = exported(view, more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }

  test::BatchClient client_;
};

const std::string mixed =
    "id,price,day,at,paid,note\n"
    "1,2.5,2026-11-23,2026-11-23 06:30:00,true,plain\n"
    "2,3,2026-11-24,2026-11-24 00:00:00,false,\"a, \"\"b\"\"\nand \"\n"
    "3,,,,,\n";

TEST_F(Export, CsvIsWhatWasImportedWithTheQuotesThatItNeeds) {
  const std::string view = made_table(mixed);
  const auto answer = exported(view, {{"responseFormat", "csv"}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers["Content-Type"], "text/csv;charset=UTF-8");
  EXPECT_EQ(answer.headers["Transfer-Encoding"], "chunked");
  EXPECT_EQ(answer.body, mixed);
}

TEST_F(Export, RowsComeInTheirOrderWhateverTheColumnsAreCalled) {
  for (const std::string header : {"rowid,a", "rowid,OID", "rowid,_rowid_,oid"}) {
    const std::string rest = header == "rowid,_rowid_,oid" ? ",x" : "";
    const std::string text = header + "\n9,1" + rest + "\n1,2" + rest + "\n5,0" + rest + "\n";
    EXPECT_EQ(exported(made_table(text, "T" + std::to_string(header.size())), {{"responseFormat", "csv"}}).body, text);
  }
}

TEST_F(Export, JsonIsAnObjectForEachRowWithTexts) {
  const std::string view = made_table(mixed);
  const auto answer = exported(view, {{"responseFormat", "JSON"}});
  EXPECT_EQ(answer.headers["Content-Type"], "application/json;charset=UTF-8");
  const json data = answer.json().at("data");
  ASSERT_EQ(data.size(), 3U);
  EXPECT_EQ(data[0], (json{{"id", "1"},
                           {"price", "2.5"},
                           {"day", "2026-11-23"},
                           {"at", "2026-11-23 06:30:00"},
                           {"paid", "true"},
                           {"note", "plain"}}));
  EXPECT_EQ(data[1].at("note"), "a, \"b\"\nand ");
  EXPECT_EQ(data[2].at("price"), "");
  const json lists = exported(view, {{"responseFormat", "json"}, {"keyValueFormat", "false"}}).json();
  EXPECT_EQ(lists.at("column_order").at(5), "note");
  EXPECT_EQ(lists.at("rows").at(1).at(4), "false");
}

TEST_F(Export, NumbersAreWrittenWithoutAnExponent) {
  const std::string view = made_table("v\n0.00001\n-0.00000025\n1e-7\n1.5e+20\n");
  EXPECT_EQ(csv(view), "v\n0.00001\n-0.00000025\n0.0000001\n150000000000000000000\n");
  const std::string huge = made_table("v\n1.5\n1.25e+200\n2.5e-80\n", "Huge");
  EXPECT_EQ(csv(huge), "v\n1.5\n1.25e+200\n2.5e-80\n") << "what nobody could read again keeps it";
}

TEST_F(Export, AnEmptyTableIsItsHeaderAndNoRows) {
  const std::string view = made_table("a,b\n");
  EXPECT_EQ(csv(view), "a,b\n");
  EXPECT_EQ(exported(view, {{"responseFormat", "json"}}).body, R"({"data":[]})");
}

TEST_F(Export, OneColumnKeepsItsEmptyRows) {
  const std::string view = made_table("a,b\nx,1\n,2\n");
  EXPECT_EQ(csv(view, {{"selectedColumns", {"a"}}}), "a\nx\n\"\"\n");
}

TEST_F(Export, OptionsChangeTheDialectAndTheColumns) {
  const std::string view = made_table("id,note\n1,it's\n2,\"a;b\"\n");
  EXPECT_EQ(csv(view, {{"delimiter", 2}, {"quoted", "0"}, {"recordDelimiter", 0}}),
            "id;note\r\n1;'it''s'\r\n2;'a;b'\r\n");
  EXPECT_EQ(csv(view, {{"includeHeader", "false"}, {"selectedColumns", {"NOTE", "id"}}}), "it's,1\na;b,2\n");
}

TEST_F(Export, WithoutConfigItIsTheWholeTableAsCsv) {
  const std::string view = made_table("a,b\n1,x\n");
  EXPECT_EQ(service().get(target(view)).body, "a,b\n1,x\n");
}

TEST_F(Export, WhatCannotBeExportedIsRefused) {
  const std::string view = made_table("a\n1\n");
  EXPECT_EQ(exported(view, json::object()).error_code(), 8079);
  EXPECT_EQ(exported(view, json::array()).error_code(), 8080);
  EXPECT_EQ(exported(view, {{"responseFormat", "pdf"}}).error_code(), 8119);
  EXPECT_EQ(exported(view, {{"responseFormat", "csv"}, {"delimiter", 9}}).error_code(), 8119);
  EXPECT_EQ(exported(view, {{"responseFormat", "csv"}, {"selectedColumns", {"b"}}}).error_code(), 8046);
  EXPECT_EQ(exported(view, {{"responseFormat", "csv"}, {"criteria", "a = 1"}}).error_code(), 8119);
  EXPECT_EQ(exported("1", {{"responseFormat", "csv"}}).error_code(), 7104);
}

TEST_F(Export, ALargeTableIsTheSameAgainAfterAnImportOfItsExport) {
  std::string text = "id,day,amount,note\n";
  for (int i = 0; i < 30'000; ++i) {
    text += fmt::format("{},2026-{:02}-{:02},{}.25,\"row {}, {}\"\n", i, i % 12 + 1, i % 28 + 1, i, i,
                        std::string(static_cast<std::size_t>(i % 50), 'x'));
  }
  const std::string view = made_table(text);
  const std::string first = csv(view);
  EXPECT_EQ(first, text);
  EXPECT_EQ(csv(made_table(first, "Again")), first);
}

TEST_F(Export, ReadersSeeWholeBatchesOnlyWhileLoadsRun) {
  const std::string view = made_table("n\n0\n");
  std::string batch = "n\n";
  for (int i = 0; i < 5'000; ++i) batch += "1\n";
  const std::string count = "?CONFIG=" + http::percent_encode(R"({"responseFormat":"csv","includeHeader":false})");
  const std::string url = target(view) + count;
  const auto headers = service().headers();

  std::atomic<bool> done = false;
  std::vector<std::size_t> seen;
  std::thread reader([&] {
    while (!done) seen.push_back(service().send(http::Verb::get, url, headers).body.size() / 2);
  });
  const auto append = client_.first(view, "append", batch);
  for (int i = 2; i <= 6; ++i) client_.next(append, batch, i == 6);
  service().wait_for_end(append.job_id);
  const auto replace = client_.first(view, "truncateadd", batch);
  client_.next(replace, batch, true);
  service().wait_for_end(replace.job_id);
  done = true;
  reader.join();
  for (const std::size_t rows : seen) {
    // 1, 5001, …, 30001, and then 10000.
    EXPECT_TRUE(rows == 10'000 || (rows % 5'000 == 1 && rows <= 30'001)) << rows;
  }
  EXPECT_FALSE(seen.empty());
}

TEST_F(Export, AReaderThatStandsStillHoldsUpNoLoadAndSeesWhatItBeganWith) {
  std::string text = "n,note\n";
  for (int i = 0; i < 200'000; ++i) text += fmt::format("{},{}\n", i, std::string(60, 'x'));
  const std::string view = made_table(text);
  auto reader = test::RawSocket::connect_to(service().service().port());
  std::string request = fmt::format("GET {}?CONFIG={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", target(view),
                                    http::percent_encode(R"({"responseFormat":"csv"})"));
  for (const auto& [name, value] : service().headers()) request += fmt::format("{}: {}\r\n", name, value);
  reader.send(request + "\r\n");
  reader.read_until("\r\n\r\n");

  const auto replace = service().create(
      service().create_target(view, {{"importType", "truncateadd"}, {"fileType", "csv"}, {"autoIdentify", true}}),
      {{"FILE", "n,note\n7,new\n", "n.csv", ""}});
  EXPECT_EQ(service().wait_for_end(replace.json().at("data").at("jobId")).at("jobCode"), "1004");
  EXPECT_EQ(csv(view), "n,note\n7,new\n");
  const std::string rest = reader.read_to_end();
  EXPECT_GT(rest.size(), text.size());
  EXPECT_THAT(rest, HasSubstr("\n199999,x"));
  EXPECT_THAT(rest, testing::EndsWith("\r\n0\r\n\r\n"));
}

TEST_F(Export, TheSeventeenthAtOnceIsToldToWait) {
  std::string text = "n\n";
  for (int i = 0; i < 200'000; ++i) text += std::string(60, 'x') + "\n";
  const std::string view = made_table(text);
  std::string request = fmt::format("GET {}?CONFIG={} HTTP/1.1\r\nHost: x\r\n", target(view),
                                    http::percent_encode(R"({"responseFormat":"csv"})"));
  for (const auto& [name, value] : service().headers()) request += fmt::format("{}: {}\r\n", name, value);
  std::vector<test::RawSocket> readers;
  for (int i = 0; i < 16; ++i) {
    readers.push_back(test::RawSocket::connect_to(service().service().port()));
    readers.back().send(request + "\r\n");
    readers.back().read_until("\r\n\r\n");
  }
  EXPECT_EQ(exported(view, {{"responseFormat", "csv"}}).error_code(), 6045);
  readers.clear();
  EXPECT_TRUE(test::eventually([&] { return exported(view, {{"responseFormat", "csv"}}).status == 200; }));
}

}  // namespace
}  // namespace dropload::service
