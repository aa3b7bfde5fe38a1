#pragma once

// A warehouse to load files into, and a look at what came of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/service/loader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {

struct LoaderTest : ::testing::Test {
  test::TemporaryDirectory directory;
  test::FakeClock clock;
  std::unique_ptr<Warehouse> warehouse = Warehouse::open(directory.path() / "warehouse.db", clock).value();
  int jobs = 0;

  LoadRequest request(const std::string& text) {
    LoadRequest wanted;
    wanted.job_id = std::to_string(++jobs);
    wanted.file = directory.write("upload-" + wanted.job_id, text);
    wanted.workspace_id = "1";
    wanted.workspace_name = "Main";
    return wanted;
  }
  zoho::JobDetails create(const std::string& text, const zoho::ImportOptions& options = {},
                          const std::string& name = "t") {
    LoadRequest wanted = request(text);
    wanted.config.table_name = name;
    wanted.config.options = options;
    return load(*warehouse, wanted, {}).value();
  }
  LoadRequest request_into(const std::string& text, const zoho::ImportOptions& options, const std::string& name = "t") {
    LoadRequest wanted = request(text);
    wanted.view_id = warehouse->find_view_by_name("1", name).value()->id;
    wanted.config.options = options;
    return wanted;
  }
  zoho::JobDetails add(const std::string& text, const zoho::ImportOptions& options = {}) {
    return load(*warehouse, request_into(text, options), {}).value();
  }
  // The rows as sqlite3 prints them: "1|x|", NULL as "~", with the storage class of each value behind it when asked.
  std::vector<std::string> rows(const std::string& table = "t", bool with_types = false) {
    SQLite::Database database(directory.path() / "warehouse.db", SQLite::OPEN_READONLY);
    SQLite::Statement query(database, "SELECT * FROM \"" + table + "\" ORDER BY rowid");
    std::vector<std::string> lines;
    while (query.executeStep()) {
      std::string line;
      for (int i = 0; i < query.getColumnCount(); ++i) {
        const SQLite::Column value = query.getColumn(i);
        line += i > 0 ? "|" : "";
        line += value.isNull() ? "~" : value.getString();
        if (with_types && value.isInteger()) line += ":int";
        if (with_types && value.isFloat()) line += ":real";
        if (with_types && value.isText()) line += ":text";
      }
      lines.push_back(line);
    }
    return lines;
  }
  std::vector<std::string> column_names() {
    std::vector<std::string> names;
    const View view = *warehouse->find_view_by_name("1", "t").value();
    for (const Column& column : view.columns) names.push_back(column.name);
    return names;
  }
};

inline zoho::ImportOptions with(zoho::ImportType type, zoho::OnError on_error = zoho::OnError::abort) {
  zoho::ImportOptions options;
  options.import_type = type;
  options.on_error = on_error;
  return options;
}

inline zoho::ImportOptions on_error(zoho::OnError policy) {
  return with(zoho::ImportType::append, policy);
}

}  // namespace dropload::service
