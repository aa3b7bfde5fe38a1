// The import service on a disk without room: accepted jobs have an end all the same, and it starts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/running_service.h"
#include "tests/support/small_disk.h"

namespace dropload::service {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Json = nlohmann::json;

constexpr std::uint64_t reserved_bytes = 1024 * 1024;

// About 2 MB.
std::string many_rows() {
  std::string text = "id,name\n";
  for (int i = 0; i < 60'000; ++i) text += fmt::format("{},a name that is as long as others {}\n", i, i);
  return text;
}

class FullDisk : public testing::Test {
 protected:
  FullDisk() {
    service_.stop();
    disk_.emplace(service_.directory());
    service_.start(settings());
    const Json job = service_.wait_for_end(service_.accepted_table("t", "id,name\n1,one\n"));
    view_ = job.at("jobInfo").at("viewId");
  }

  static Settings settings(Milliseconds slow_jobs = Milliseconds{0}) {
    Settings settings;
    settings.retry_after = Milliseconds{5};
    settings.slow_jobs = slow_jobs;
    settings.faults = true;
    return settings;
  }
  std::string append(const std::string& csv) {
    const Json config{{"importType", "append"}, {"fileType", "csv"}, {"autoIdentify", true}};
    const auto answer = service_.create(service_.create_target(view_, config), {{"FILE", csv, "data.csv", "text/csv"}});
    if (answer.status != 200) throw std::runtime_error(answer.body);
    return answer.json().at("data").at("jobId");
  }
  void expect_failed_for_the_disk(const Json& job) {
    EXPECT_EQ(job.at("jobCode"), "1003") << job;
    EXPECT_EQ(job.at("jobInfo").at("errorCode"), 7005) << job;
    EXPECT_THAT(job.at("jobInfo").at("errorMessage").get<std::string>(), AllOf(HasSubstr("disk"), HasSubstr("full")));
    EXPECT_EQ(service_.count("SELECT count(*) FROM t"), 1);
  }
  bool has_reserve() {
    const auto file = service_.directory() / "reserve";
    return test::eventually([&] { return exists(file) && file_size(file) == reserved_bytes; });
  }

  test::RunningService service_;
  std::optional<test::SmallDisk> disk_;
  std::string view_;
};

TEST_F(FullDisk, AJobThatThereIsNoRoomForFailsAndSaysSo) {
  const std::string csv = many_rows();
  disk_->leave(csv.size() + 200'000);
  expect_failed_for_the_disk(service_.wait_for_end(append(csv)));
  EXPECT_TRUE(test::eventually([&] { return std::filesystem::is_empty(service_.directory() / "uploads"); }));
  EXPECT_LT(file_size(service_.directory() / "warehouse.db-wal"), 200'000U) << "what was rolled back holds no room";
  disk_->leave(50'000'000);
  EXPECT_EQ(service_.wait_for_end(append(csv)).at("jobCode"), "1004");
  EXPECT_TRUE(has_reserve());
}

TEST_F(FullDisk, AJobThatWasAcceptedBeforeStartsAndEnds) {
  service_.send(http::Verb::put, "/admin/faults", {}, R"([{"fault": "stuck_job", "count": "all"}])");
  const std::string job = append(many_rows());
  disk_->leave(0);
  service_.send(http::Verb::delete_, "/admin/faults", {});
  expect_failed_for_the_disk(service_.wait_for_end(job));
}

TEST_F(FullDisk, TheServiceStartsAndEndsWhatWasAccepted) {
  service_.start(settings(Milliseconds{3'600'000}));
  const std::string job = append(many_rows());
  service_.stop();
  disk_->leave(0);
  service_.start(settings());
  expect_failed_for_the_disk(service_.wait_for_end(job));
  disk_->leave(50'000'000);
  EXPECT_EQ(service_.wait_for_end(append(many_rows())).at("jobCode"), "1004");
  EXPECT_TRUE(has_reserve());
}

}  // namespace
}  // namespace dropload::service
