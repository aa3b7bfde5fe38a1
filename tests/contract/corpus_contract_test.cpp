// Files as people send them (tests/corpus), each with the table that must come of it, or the code that the job must
// fail with. manifest.json says so, an entry a file: `config` is more of CONFIG, `rows` has NULL as "~", `line` stands
// in the error, `count` and `lengths` (of the values of the first rows) are for tables that are too long to be written
// down.

#include <algorithm>

#include "common/base/files.h"
#include "common/csv/survey.h"
#include "common/zoho/csv_dialect.h"
#include "tests/contract/wire_fixture.h"

namespace dropload::test {
namespace {

constexpr const char* corpus_directory = DROPLOAD_SOURCE_DIR "/tests/corpus/";

nlohmann::json manifest() {
  return nlohmann::json::parse(contents(std::string(corpus_directory) + "manifest.json"));
}

class Corpus : public WireTest, public testing::WithParamInterface<nlohmann::json> {
 protected:
  void expect_failure(const Json& job, const Json& entry) {
    ASSERT_EQ(job.at("jobCode"), "1003") << job.dump();
    EXPECT_EQ(job.at("jobInfo").at("errorCode"), entry.at("code"));
    if (entry.contains("line")) {
      const std::string line = "ine:? " + entry.at("line").dump() + "\\b";
      EXPECT_THAT(job.at("jobInfo").at("errorMessage"), testing::ContainsRegex(line));
    }
    EXPECT_EQ(service_.count("SELECT count(*) FROM sqlite_master WHERE name = 't'"), 0) << "a half import";
  }
  void expect_table(const Json& entry) {
    const Rows found = table("t");
    if (entry.contains("columns")) {
      EXPECT_EQ(Json(found.front()), entry.at("columns"));
    }
    if (entry.contains("rows")) {
      EXPECT_EQ(Json(Rows(found.begin() + 1, found.end())), entry.at("rows"));
    }
    if (entry.contains("count")) {
      EXPECT_EQ(found.size() - 1, entry.at("count"));
    }
    for (std::size_t row = 0; row < entry.value("lengths", Json::array()).size(); ++row) {
      std::vector<std::size_t> lengths;
      for (const std::string& value : found.at(row + 1)) lengths.push_back(value.size());
      EXPECT_EQ(Json(lengths), entry.at("lengths").at(row));
    }
  }
};

// What the daemon holds against the service's counts is counted as the service counts.
TEST_P(Corpus, HasAsManyRecordsAsTheServiceCounts) {
  const Json& entry = GetParam();
  const std::string name = corpus_directory + entry.at("file").get<std::string>();
  const std::string config = new_table("t", entry.value("config", Json::object())).dump();
  const auto options = zoho::decode_config(config, zoho::ImportCall::new_table).config.value().options;
  if (options.file_type != zoho::FileType::csv) return;  // not counted
  const auto file = SystemFiles().open_for_reading(name).value();
  const auto surveyed = csv::survey(csv::bytes_of_file(file.get()), zoho::known_dialect(options));
  const Json job = ended(create("", new_table("t", entry.value("config", Json::object())), contents(name)));
  if (job.at("jobCode") != "1004") return;
  ASSERT_TRUE(surveyed) << surveyed.error().message;
  const auto counted = job.at("jobInfo").at("importSummary").at("totalRowCount").get<std::int64_t>();
  // Whether there is a header is the service's to find out; such a file is not held against its count.
  const bool is_one_more = surveyed->header_may_be_a_row && counted == surveyed->records + 1;
  EXPECT_TRUE(counted == surveyed->records || is_one_more) << counted << " and " << surveyed->records;
}

TEST_P(Corpus, IsReadAsTheManifestSays) {
  const Json& entry = GetParam();
  const std::string file = contents(corpus_directory + entry.at("file").get<std::string>());
  const Json job = ended(create("", new_table("t", entry.value("config", Json::object())), file));
  if (entry.contains("code")) return expect_failure(job, entry);
  ASSERT_EQ(job.at("jobCode"), "1004") << job.dump();
  expect_table(entry);
}

std::string name_of(const testing::TestParamInfo<nlohmann::json>& info) {
  std::string name = info.param.at("file");
  std::ranges::replace(name, '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, Corpus, testing::ValuesIn(manifest().get<std::vector<nlohmann::json>>()), name_of);

TEST(CorpusManifest, NamesEveryFileOnce) {
  std::vector<std::string> named{"manifest.json"};
  for (const auto& entry : manifest()) named.push_back(entry.at("file"));
  std::vector<std::string> there;
  for (const auto& file : std::filesystem::directory_iterator(corpus_directory)) {
    there.push_back(file.path().filename().string());
  }
  EXPECT_THAT(named, testing::UnorderedElementsAreArray(there));
}

}  // namespace
}  // namespace dropload::test
