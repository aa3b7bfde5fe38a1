// A file that the daemon's client sends as a series of batches, and what the service answers it.

#include "tests/contract/contract_fixture.h"

namespace dropload::test {
namespace {

using target::Series;
using zoho::FailureClass;
using zoho::ImportType;
using zoho::JobCode;

class SeriesContract : public ContractTest {
 protected:
  explicit SeriesContract(service::Settings settings = {}) : ContractTest(std::move(settings)) {}

  // One batch: the header line, then these lines out of the middle of a file.
  target::SubmitResult send(const queue::TableKey& key, const std::string& lines, bool is_last,
                            const std::optional<Series>& series, const zoho::ImportOptions& options = {}) {
    const std::string before = "id,name\n0,not this one\n";
    const std::string whole = before + lines + "9,nor this\n";
    const auto path = directory_.write("series.csv", whole);
    const auto file = files_.open_for_reading(path).value();
    target::Batch batch;
    batch.lead = "id,name\n";
    batch.offset = before.size();
    batch.length = lines.size();
    batch.is_last = is_last;
    batch.series = series;
    target::SubmitRequest request;
    request.table = key;
    request.create = true;
    request.options = options;
    request.file_name = "series.csv";
    request.fd = file.get();
    request.size = whole.size();
    request.batch = std::move(batch);
    return io_.run(target_->submit(std::move(request)));
  }
  // A batch that must be taken.
  target::Accepted taken(const queue::TableKey& key, const std::string& lines, bool is_last,
                         const std::optional<Series>& series, const zoho::ImportOptions& options = {}) {
    auto result = send(key, lines, is_last, series, options);
    if (const auto* refused = std::get_if<target::Refused>(&result)) ADD_FAILURE() << refused->refusal.message;
    return std::get<target::Accepted>(std::move(result));
  }
  void expect_refused(const target::SubmitResult& result, int code) {
    ASSERT_TRUE(std::holds_alternative<target::Refused>(result)) << code;
    const auto& refusal = std::get<target::Refused>(result).refusal;
    EXPECT_EQ(refusal.code, code) << refusal.message;
    EXPECT_EQ(zoho::classify(refusal.http_status, refusal.code), FailureClass::request_wrong);
  }
  std::int64_t rows() { return service_.count("SELECT count(*) FROM t"); }
};

TEST_F(SeriesContract, ANewTableIsMadeAndItsDetailsHaveTheKeyAndTheCountsOfAllBatches) {
  const auto first = taken(table("t"), "1,one\n", false, std::nullopt);
  ASSERT_TRUE(first.series.has_value());
  EXPECT_EQ(first.series->view_id, "");
  const auto waiting = details(first);
  EXPECT_THAT(waiting.code, testing::AnyOf(JobCode::not_initiated, JobCode::in_progress));
  EXPECT_EQ(waiting.batch_key, first.series->key);
  EXPECT_EQ(taken(table("t"), "2,two\n3,three\n", false, first.series).job_id, first.job_id);
  EXPECT_EQ(taken(table("t"), "4,four\n", true, first.series).series->key, first.series->key);
  const auto job = ended(first);
  ASSERT_EQ(job.code, JobCode::completed) << job.error_message;
  EXPECT_EQ(job.batch_key, first.series->key);
  EXPECT_EQ(job.summary->operation, "created");
  EXPECT_EQ(job.summary->total_rows, 4);
  EXPECT_EQ(job.summary->success_rows, 4);
  EXPECT_EQ(service_.count("SELECT count(*) FROM t WHERE id = rowid"), 4) << "in order, and nothing beside";
}

TEST_F(SeriesContract, EachImportTypeDoesInASeriesWhatItDoesAtOnce) {
  auto update = options(ImportType::updateadd);
  update.matching_columns = {"id"};
  const std::vector<std::pair<zoho::ImportOptions, std::int64_t>> types{
      {options(ImportType::append), 4}, {options(ImportType::truncateadd), 2}, {update, 3}};
  for (const auto& [type, expected] : types) {
    ASSERT_EQ(imported(table("t"), "id,name\n1,a\n2,b\n", options(ImportType::truncateadd)).code, JobCode::completed);
    const auto first = taken(table("t"), "2,B\n", false, std::nullopt, type);
    EXPECT_NE(first.series->view_id, "");
    taken(table("t"), "3,C\n", true, first.series, type);
    const auto job = ended(first);
    ASSERT_EQ(job.code, JobCode::completed) << job.error_message;
    EXPECT_EQ(job.summary->operation, "updated");
    EXPECT_EQ(rows(), expected) << job.summary->import_type;
    EXPECT_EQ(service_.count("SELECT count(*) FROM t WHERE name IN ('B', 'C')"), 2);
  }
}

TEST_F(SeriesContract, ABadBatchFailsTheJobAndLaterOnesAreRefused) {
  ASSERT_EQ(imported(table("t"), "id,name\n1,a\n").code, JobCode::completed);
  const auto first = taken(table("t"), "2,b\n", false, std::nullopt);
  taken(table("t"), "no number,c\n", false, first.series);
  const auto job = ended(first);
  EXPECT_EQ(job.code, JobCode::failed);
  EXPECT_EQ(job.error_code, 7232);
  EXPECT_EQ(job.batch_key, first.series->key);
  EXPECT_THAT(zoho::plain_text(job.error_message), testing::HasSubstr("Batch 1 was imported and stays"));
  expect_refused(send(table("t"), "4,d\n", true, first.series), 7338);
  EXPECT_EQ(rows(), 2);
}

TEST_F(SeriesContract, ABatchAfterTheLastOrOfAnotherJobOrTableIsRefused) {
  ASSERT_EQ(imported(table("t"), "id,name\n1,a\n").code, JobCode::completed);
  const auto first = taken(table("t"), "2,b\n", true, std::nullopt);
  expect_refused(send(table("t"), "3,c\n", true, first.series), 7337);
  Series unknown = *first.series;
  unknown.key += "0";
  expect_refused(send(table("t"), "3,c\n", true, unknown), 7338);
  Series elsewhere = *first.series;
  elsewhere.view_id = "";
  expect_refused(send(table("t"), "3,c\n", true, elsewhere), 7340);
  ASSERT_EQ(ended(first).code, JobCode::completed);
  EXPECT_EQ(rows(), 2);
}

TEST_F(SeriesContract, TheHundredAndFirstBatchIsRefused) {
  const auto first = taken(table("t"), "1,a\n", false, std::nullopt);
  for (int i = 2; i <= 100; ++i) taken(table("t"), fmt::format("{},x\n", i), false, first.series);
  expect_refused(send(table("t"), "101,x\n", true, first.series), 7336);
}

TEST_F(SeriesContract, AnOpenSeriesHoldsASlot) {
  std::vector<target::Accepted> open;
  for (int i = 1; i <= zoho::max_jobs_of_an_organization; ++i) {
    open.push_back(taken(table(fmt::format("t{}", i)), "1,a\n", false, std::nullopt));
  }
  const auto result = send(table("another"), "1,a\n", false, std::nullopt);
  ASSERT_TRUE(std::holds_alternative<target::Refused>(result));
  const auto& refusal = std::get<target::Refused>(result).refusal;
  EXPECT_EQ(zoho::classify(refusal.http_status, refusal.code), FailureClass::no_slot);
  taken(table("t1"), "2,b\n", true, open.front().series);
  EXPECT_EQ(ended(open.front()).code, JobCode::completed);
  taken(table("another"), "1,a\n", false, std::nullopt);
}

service::Settings with_batches_of_a_kilobyte() {
  service::Settings settings;
  settings.max_file_bytes = 1'000;
  return settings;
}

class LargeBatchContract : public SeriesContract {
 protected:
  LargeBatchContract() : SeriesContract(with_batches_of_a_kilobyte()) {}
};

TEST_F(LargeBatchContract, ABatchThatIsTooLargeIsRefusedAndTheSeriesMayGoOn) {
  const auto first = taken(table("t"), "1,a\n", false, std::nullopt);
  const auto result = send(table("t"), "2," + std::string(5'000, 'x') + "\n", false, first.series);
  ASSERT_TRUE(std::holds_alternative<target::Refused>(result));
  EXPECT_EQ(std::get<target::Refused>(result).refusal.http_status, 413);
  taken(table("t"), "2,b\n", true, first.series);
  EXPECT_EQ(ended(first).summary->success_rows, 2);
}

}  // namespace
}  // namespace dropload::test
