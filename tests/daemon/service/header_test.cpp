// Files without a header line (header_guess.h), as the loader takes them. What becomes of such a file as a new table is
// in tests/corpus.

#include "daemon/service/header_guess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/service/loader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using zoho::JobCode;
using zoho::JobDetails;

class HeaderTest : public testing::Test {
 protected:
  JobDetails load_into(std::optional<std::string> view, const std::string& text, const zoho::ImportConfig& config) {
    LoadRequest request;
    request.job_id = std::to_string(++jobs_);
    request.file = directory_.write("upload", text);
    request.workspace_id = "1";
    request.workspace_name = "Main";
    request.view_id = std::move(view);
    request.config = config;
    return load(*warehouse_, request, {}).value();
  }
  JobDetails create(const std::string& text) {
    zoho::ImportConfig config;
    config.table_name = "t";
    return load_into(std::nullopt, text, config);
  }
  JobDetails add(const std::string& text, const zoho::ImportConfig& config = {}) {
    return load_into(warehouse_->find_view_by_name("1", "t").value()->id, text, config);
  }
  std::vector<std::string> rows() {
    SQLite::Database database(directory_.path() / "warehouse.db", SQLite::OPEN_READONLY);
    SQLite::Statement query(database, "SELECT * FROM t ORDER BY rowid");
    std::vector<std::string> lines;
    while (query.executeStep()) {
      std::string& line = lines.emplace_back();
      for (int i = 0; i < query.getColumnCount(); ++i) {
        line += (i > 0 ? "|" : "") + (query.getColumn(i).isNull() ? "~" : query.getColumn(i).getString());
      }
    }
    return lines;
  }
  // The same table for all: a number, a text, a date.
  void make_table() { ASSERT_EQ(create("id,name,born\n1,Ann,23.11.2001\n").code, JobCode::completed); }

  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  std::unique_ptr<Warehouse> warehouse_ = Warehouse::open(directory_.path() / "warehouse.db", clock_).value();
  int jobs_ = 0;
};

TEST_F(HeaderTest, AnExistingTablesColumnsAreTakenInTheirOrder) {
  make_table();
  const JobDetails job = add("2,Bob,24.11.2001\n3,Cy,25.11.2001\n");
  ASSERT_EQ(job.code, JobCode::completed) << job.error_message;
  EXPECT_EQ(job.summary->total_rows, 2);
  EXPECT_EQ(job.summary->total_columns, 3);
  EXPECT_THAT(rows(), ElementsAre("1|Ann|2001-11-23", "2|Bob|2001-11-24", "3|Cy|2001-11-25"));
}

TEST_F(HeaderTest, AFileOfOneRowOrOfFewerColumnsIsRowsToo) {
  make_table();
  EXPECT_EQ(add("2,Bob,24.11.2001\n").summary->success_rows, 1);
  EXPECT_EQ(add("3\n4\n").summary->success_rows, 2);
  EXPECT_EQ(add("5,,\n").summary->success_rows, 1);
  EXPECT_THAT(rows(), ElementsAre("1|Ann|2001-11-23", "2|Bob|2001-11-24", "3|~|~", "4|~|~", "5|~|~"));
}

TEST_F(HeaderTest, TheFirstRowCountsAsLineOneInTheErrors) {
  make_table();
  const JobDetails job = add("2,Bob,24.11.2001\nx,Cy,25.11.2001\n");
  EXPECT_EQ(job.error_code, 7232);
  EXPECT_THAT(job.error_message, HasSubstr("[Line: 2 Field: 1]"));
}

TEST_F(HeaderTest, AFieldThatNamesAColumnMakesItAHeader) {
  make_table();
  EXPECT_EQ(create("2020,n\n7,x\n").error_code, 7111);
  const JobDetails job = add("NAME,5\nBob,7\n");
  ASSERT_EQ(job.code, JobCode::completed);
  EXPECT_THAT(rows(), ElementsAre("1|Ann|2001-11-23", "~|Bob|~"));
}

TEST_F(HeaderTest, WhatCouldNotBeARowOfTheTableIsAHeaderWithoutItsColumns) {
  make_table();
  for (const char* file : {"number,first name\n2,Bob\n",           // no number
                           "2,Bob,24.11.2001,more\n3,Cy,,x\n",     // more fields than columns
                           ",Bob\n,Cy\n",                          // nothing but text
                           "2,Bob,born on\n3,Cy,24.11.2001\n"}) {  // no date
    EXPECT_EQ(add(file).error_code, 7107) << file;
  }
  EXPECT_EQ(rows().size(), 1U);
}

TEST_F(HeaderTest, ConfigMaySayThatThereIsOne) {
  make_table();
  const std::string file = "2,Bob,24.11.2001\n3,Cy,25.11.2001\n";
  zoho::ImportConfig config;
  config.options.auto_identify = false;
  config.options.delimiter = 0;
  config.options.quoted = 2;
  EXPECT_EQ(add(file, config).error_code, 7107);
  config = {};
  config.options.skip_top = 1;
  EXPECT_EQ(add("exported today\n" + file, config).error_code, 7107);
  config = {};
  config.options.import_type = zoho::ImportType::updateadd;
  config.options.matching_columns = {"id"};
  EXPECT_EQ(add(file, config).error_code, 7107);
  config = {};
  config.options.column_date_format = {{"born", "dd.MM.yyyy"}};
  EXPECT_EQ(add(file, config).error_code, 7107);
  config = {};
  config.batch_key = "start";
  EXPECT_EQ(add(file, config).error_code, 7107) << "each batch begins with the header line";
  EXPECT_EQ(add(file).code, JobCode::completed);
}

TEST_F(HeaderTest, AFirstRowWithANewTypeStillGivesTheColumnOne) {
  ASSERT_EQ(create("1.5,true\n2,false\n3,true\n").code, JobCode::completed);
  EXPECT_THAT(rows(), ElementsAre("1.5|1", "2|0", "3|1"));
}

// One record, the records beneath it.
bool is_header(const std::vector<std::string_view>& first, const std::vector<std::vector<std::string_view>>& beneath) {
  HeaderGuess guess(first, nullptr, {});
  for (const auto& record : beneath) guess.observe(record);
  return guess.is_header();
}

TEST(HeaderGuessTest, IsDecidedByTheTypesBeneath) {
  EXPECT_FALSE(is_header({"1", "2"}, {{"3", "4"}}));
  EXPECT_FALSE(is_header({"", "2"}, {{"", "4"}, {"x", "5"}}));
  EXPECT_FALSE(is_header({"23/11/2026"}, {{"24/11/2026"}}));
  EXPECT_FALSE(is_header({"$5"}, {{"$6.50"}}));
  EXPECT_TRUE(is_header({"a", "b"}, {{"x", "y"}}));
  EXPECT_TRUE(is_header({"1", "b"}, {{"3", "4"}}));
  EXPECT_TRUE(is_header({"1", "2"}, {{"x", "y"}})) << "a text fits everything and so shows nothing";
  EXPECT_TRUE(is_header({"1", "2"}, {}));
  EXPECT_TRUE(is_header({"5"}, {{""}, {""}}));
  EXPECT_TRUE(is_header({"00123"}, {{"00124"}})) << "these are names of things, not numbers";
}

TEST(HeaderGuessTest, NumbersMayNameColumns) {
  EXPECT_TRUE(is_header({"region", "2020"}, {{"n", "17"}}));
  EXPECT_TRUE(is_header({"2019", "2020"}, {{"1.5", "17"}}));
  EXPECT_FALSE(is_header({"2019", "2020"}, {{"2021", "2022"}})) << "the row beneath would be one as well";
  EXPECT_FALSE(is_header({"2020", "2019"}, {{"1", "2"}}));
  EXPECT_TRUE(is_header({"x", "1", "2", "3"}, {{"y", "10", "5", "1"}}));
  EXPECT_FALSE(is_header({"1", "2", "3"}, {{"4", "5", "6"}}));
  EXPECT_FALSE(is_header({"x", "1", "2"}, {{"y", "10", "5"}}));
  EXPECT_FALSE(is_header({"2026-11-23", "2020"}, {{"2026-11-24", "17"}})) << "a date over dates is no year";
}

}  // namespace
}  // namespace dropload::service
