// Types are guessed from the first rows; whatever comes later, the outcome is that of a survey of all rows.

#include <random>

#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "daemon/service/loader.h"
#include "tests/support/temporary_directory.h"

namespace dropload::service {
namespace {

constexpr const char* workspace = "1";

class LoaderGuess : public testing::Test {
 protected:
  // All that there is to see of a load that guesses from so many rows: the table's definition, its rows, what the
  // catalogue says of its columns, and how the job ended.
  std::string outcome(const std::string& text, std::int64_t rows_to_guess_from, zoho::OnError on_error,
                      zoho::FileType type = zoho::FileType::csv) {
    const test::TemporaryDirectory directory;
    const auto warehouse = Warehouse::open(directory.path() / "warehouse.db", clock_).value();
    LoadRequest request;
    request.job_id = "1";
    request.file = directory.write("data.csv", text);
    request.workspace_id = workspace;
    request.workspace_name = "Main";
    request.config.table_name = "t";
    request.config.options.on_error = on_error;
    request.config.options.file_type = type;
    request.rows_to_guess_from = rows_to_guess_from;
    std::string seen = zoho::encode_job_details(load(*warehouse, request, {}).value());
    auto writing = warehouse->begin_writing({}).value();
    for (const char* sql : {"SELECT sql FROM sqlite_schema WHERE name = 't'",
                            "SELECT name, data_type, has_time, date_format FROM dropload_column ORDER BY position",
                            "SELECT * FROM t ORDER BY rowid"}) {
      seen += "\n" + rows_of(writing.database(), sql);
    }
    return seen;
  }

  static std::string rows_of(db::Database& database, const std::string& sql) {
    std::string rows;
    try {
      SQLite::Statement statement(database.raw(), sql);
      while (statement.executeStep()) {
        for (int i = 0; i < statement.getColumnCount(); ++i) {
          const auto column = statement.getColumn(i);
          rows += std::to_string(column.getType()) + ":" + column.getString() + "|";
        }
        rows += "\n";
      }
    } catch (const SQLite::Exception& exception) {
      rows = exception.what();
    }
    return rows;
  }

  void expect_the_same(const std::string& text, std::int64_t rows_to_guess_from,
                       zoho::OnError on_error = zoho::OnError::skiprow) {
    EXPECT_EQ(outcome(text, rows_to_guess_from, on_error), outcome(text, 1'000'000, on_error)) << text;
  }

  SystemClock clock_;
};

TEST_F(LoaderGuess, AValueThatChangesTheTypeOfItsColumnIsFoundOutHoweverLateItComes) {
  for (const char* later : {"x", "1.5", "007", "+1", "99999999999999999999", "5.0", "1e3", "true", "$5", "50%", "",
                            "2026-01-01", "a@b.c", "\"two\nlines\""}) {
    expect_the_same(fmt::format("a,b\n1,x\n2,y\n3,z\n{},w\n", later), 2);
    expect_the_same(fmt::format("a,b\n1.5,x\n2.5,y\n3,z\n{},w\n", later), 2);
  }
}

TEST_F(LoaderGuess, ColumnsThatBeginEmptyAreNotTakenForText) {
  expect_the_same("a,b\n1,\n2,\n3,7\n", 2);
  expect_the_same("a,b\n1,  \n2,\n3,2026-11-23\n", 2);
}

TEST_F(LoaderGuess, DatesAreReadAsAllOfThemTogetherAllow) {
  expect_the_same("a\n02/03/2026\n03/04/2026\n13/04/2026\n", 2);
  expect_the_same("a\n02/03/2026\n03/04/2026\n04/13/2026\n", 2);
  expect_the_same("a\n13/03/2026\n03/04/2026\n04/13/2026\n", 2);
  expect_the_same("a\n2026-01-01\n2026-01-02\n2026-01-03 10:00:00\n", 2);
  expect_the_same("a\n2026-01-01 10:00:00\n2026-01-02 11:00:00\n2026-01-03\n", 2);
}

TEST_F(LoaderGuess, MoneyAndTruthAreReadAsAllOfThemTogetherAllow) {
  expect_the_same("a\n$1\n$2\n€3\n", 2);
  expect_the_same("a\n$1\n$2\n3\n", 2);
  expect_the_same("a\ntrue\nfalse\nt\n", 2);
  expect_the_same("a\n10%\n20%\n30\n", 2);
}

TEST_F(LoaderGuess, ALineBreakInTheLastRowStillMakesTextOfSeveralLines) {
  expect_the_same("a,b\nx y,1\nz,2\n\"two\nlines\",3\n", 2);
}

TEST_F(LoaderGuess, AJsonFilesTypesAreGuessedLikeACsvFiles) {
  for (const char* later : {R"("x")", "1.5", R"("two\nlines")", "null", "true"}) {
    const std::string text =
        fmt::format(R"([{{"a": 1, "b": "x"}}, {{"a": 2, "b": "y"}}, {{"a": {0}, "b": {0}}}])", later);
    EXPECT_EQ(outcome(text, 2, zoho::OnError::skiprow, zoho::FileType::json),
              outcome(text, 1'000'000, zoho::OnError::skiprow, zoho::FileType::json))
        << text;
  }
}

TEST_F(LoaderGuess, ARowThatEndsTheImportEndsItInTheSameWay) {
  expect_the_same("a\n1\n2\n3,4\nx\n", 2, zoho::OnError::abort);
  expect_the_same("a\n1\n2\nx\n3,4\n", 2, zoho::OnError::abort);
  expect_the_same("a\n1\n2\n3,4\nx\n", 2, zoho::OnError::setcolumnempty);
}

// Columns that keep to one kind of value for a while and then may not.
std::string random_file(std::mt19937& rng) {
  static const std::vector<std::vector<std::string>> kinds{{"1", "22", "-3"},
                                                           {"1.5", "2.25", "4"},
                                                           {"$1", "$2.50"},
                                                           {"10%", "12.5 %"},
                                                           {"2026-01-31", "2026-02-01"},
                                                           {"02/03/2026", "31/01/2026", "01/31/2026"},
                                                           {"true", "no"},
                                                           {"a@b.c", "d@e.f"},
                                                           {"www.x.y", "http://z"},
                                                           {"word", "two words", "\"l1\nl2\""},
                                                           {"", " "},
                                                           {"007", "+5"}};
  const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(rng); };
  const std::size_t columns = 1 + pick(4);
  std::vector<std::size_t> kind(columns);
  for (auto& k : kind) k = pick(kinds.size());
  std::string text = "c";
  for (std::size_t c = 1; c < columns; ++c) text += ",c";
  text += "\n";
  for (std::size_t row = 0; row < 12; ++row) {
    for (std::size_t c = 0; c < columns; ++c) {
      if (pick(15) == 0) kind[c] = pick(kinds.size());
      const auto& values = kinds[kind[c]];
      text += (c > 0 ? "," : "") + values[pick(values.size())];
    }
    text += pick(40) == 0 ? ",extra\n" : "\n";
  }
  return text;
}

TEST_F(LoaderGuess, OfRandomFilesTheOutcomeIsThatOfAWholeSurvey) {
  std::mt19937 rng(20261124);
  for (int i = 0; i < 100; ++i) {
    const std::string text = random_file(rng);
    const auto on_error = i % 3 == 0   ? zoho::OnError::abort
                          : i % 3 == 1 ? zoho::OnError::skiprow
                                       : zoho::OnError::setcolumnempty;
    expect_the_same(text, 1 + i % 6, on_error);
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace dropload::service
