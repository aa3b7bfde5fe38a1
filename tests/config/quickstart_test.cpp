// config/quickstart.toml and the samples it imports.

#include <gtest/gtest.h>

#include "common/base/files.h"
#include "common/csv/reader.h"
#include "daemon/config.h"
#include "daemon/queue/table_pattern.h"
#include "tests/support/temporary_directory.h"

namespace dropload {
namespace {

namespace fs = std::filesystem;

const fs::path config_directory = fs::path(DROPLOAD_SOURCE_DIR) / "config";

class Quickstart : public testing::Test {
 protected:
  Quickstart() {
    fs::create_directories(directory.path() / "build/quickstart/drop");
    const auto file = directory.write("config/quickstart.toml", test::contents(config_directory / "quickstart.toml"));
    loaded = load_config(file);
  }

  test::TemporaryDirectory directory;
  LoadedConfig loaded;
};

std::vector<fs::path> samples() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(config_directory / "samples")) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

TEST_F(Quickstart, IsFineOnceItsDirectoriesAreMade) {
  EXPECT_EQ(describe(loaded, "quickstart.toml"), "");
}

TEST_F(Quickstart, KeepsEverythingBelowItsBuildDirectory) {
  const fs::path below = directory.path() / "build/quickstart";
  EXPECT_EQ(loaded.config.state_directory, below / "state");
  EXPECT_EQ(loaded.config.service.data_directory, below / "state/service");
  EXPECT_EQ(loaded.config.routes.at(0).drop.value().directory, (below / "drop").string());
}

TEST_F(Quickstart, GivesEachSampleATableOfItsOwn) {
  const auto pattern = queue::TablePattern::compile(loaded.config.routes.at(0).table_pattern);
  ASSERT_TRUE(pattern);
  std::vector<std::string> tables;
  for (const fs::path& sample : samples()) {
    const auto table = pattern->table_in(sample.filename().string());
    ASSERT_TRUE(table) << sample;
    tables.push_back(*table);
  }
  EXPECT_EQ(tables, (std::vector<std::string>{"customers", "inventory", "orders", "readings", "sales", "tickets"}));
}

TEST_F(Quickstart, EverySampleHasAsManyFieldsInEachRecordAsInItsHeader) {
  SystemFiles files;
  for (const fs::path& sample : samples()) {
    const auto file = files.open_for_reading(sample);
    ASSERT_TRUE(file) << sample;
    csv::Reader reader(csv::bytes_of_file(file->get()), csv::sniff(test::contents(sample)));
    std::size_t fields = 0;
    int records = 0;
    for (;; ++records) {
      const auto record = reader.next();
      ASSERT_TRUE(record) << sample << ": " << record.error().message;
      if (!*record) break;
      if (records == 0) fields = (*record)->fields.size();
      EXPECT_EQ((*record)->fields.size(), fields) << sample << " line " << (*record)->line;
    }
    EXPECT_GT(fields, 4u) << sample;
    EXPECT_GT(records, 90) << sample;
  }
}

}  // namespace
}  // namespace dropload
