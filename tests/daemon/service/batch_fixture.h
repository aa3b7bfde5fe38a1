#pragma once

// A client of the batch calls, and a look at what came of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/batch_client.h"
#include "tests/support/eventually.h"

namespace dropload::service {

class BatchImport : public testing::Test {
 protected:
  std::string made_table(const std::string& name, const std::string& csv = "id,name\n1,one\n2,two\n") {
    const nlohmann::json job = service().wait_for_end(service().accepted_table(name, csv));
    EXPECT_EQ(job.at("jobCode"), "1004") << job;
    return job.at("jobInfo").at("viewId");
  }
  test::RunningService& service() { return client_.service(); }
  std::int64_t rows(const std::string& table = "Sales") {
    return service().count("SELECT count(*) FROM \"" + table + "\"");
  }
  bool has_rows(std::int64_t count, const std::string& table = "Sales") {
    return test::eventually([&] { return rows(table) == count; });
  }
  std::size_t uploads() {
    const std::filesystem::directory_iterator entries(service().directory() / "uploads");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }

  test::BatchClient client_;
};

}  // namespace dropload::service
