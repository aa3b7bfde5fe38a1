// Many small files of one table, of which one is bad, against the import service.

#include <set>

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

using test::eventually;
using test::rest;
using test::some_csv;
using test::World;

constexpr int files = 300;
constexpr int bad = 150;

// Every kind of line end, with and without the last one.
std::string small_file(int i) {
  if (i == bad) return "id,name\n1,good\nnot a number,bad\n3,good\n";
  std::string text = some_csv(i % 3 + 1, fmt::format("f{}", i));
  if (i % 2 == 0) text.pop_back();
  if (i % 5 != 0) return text;
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  return crlf;
}

TEST(Merging, ManySmallFilesAreFewJobsAndTheBadOneFailsWithItsOwnLine) {
  World world({.slow_jobs = Milliseconds{1'000}, .merge = true});
  world.start();
  world.drop("append", "sales_0.csv", "id,name\n0,first\n");
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << "the table and its types";
  const auto address = world.daemon().rest_address();
  ASSERT_EQ(rest("POST", address, "/v1/routes/append/pause?reason=until%20all%20wait").status, 200);
  for (int i = 1; i <= files; ++i) world.drop("append", fmt::format("sales_{}.csv", i), small_file(i));
  ASSERT_TRUE(eventually([&] { return world.submissions().size() == files + 1U; })) << world.daemon().log();
  ASSERT_EQ(rest("POST", address, "/v1/routes/append/resume").status, 200);
  const auto all = world.wait_until_settled(files + 1);
  ASSERT_EQ(all.size(), files + 1U) << world.daemon().log();
  std::set<std::int64_t> jobs;
  std::int64_t rows = 0;
  for (const auto& submission : all) {
    const std::string name = submission.at("file_name");
    const int i = std::stoi(name.substr(name.find('_') + 1));
    const auto seen = world.submission(submission.at("id"));
    for (const auto& job : seen.at("jobs")) jobs.insert(job.at("id").get<std::int64_t>());
    if (i == bad) {
      EXPECT_EQ(submission.at("state"), "failed") << submission.dump(2);
      EXPECT_NE(submission.at("reason").get<std::string>().find("[Line: 3 Field: 1]"), std::string::npos)
          << submission.dump(2);
      continue;
    }
    EXPECT_EQ(submission.at("state"), "done") << submission.dump(2);
    EXPECT_EQ(submission.at("reason"), "") << submission.dump(2);
    const std::int64_t expected = i == 0 ? 1 : i % 3 + 1;
    EXPECT_EQ(submission.at("records"), expected) << submission.dump(2);
    EXPECT_EQ(submission.at("rows").at("total"), expected) << submission.dump(2);
    EXPECT_EQ(submission.at("rows").at("success"), expected) << submission.dump(2);
    rows += expected;
  }
  EXPECT_EQ(world.rows_in("sales"), rows);
  EXPECT_LE(jobs.size(), 12U) << "of " << files << " files";
}

}  // namespace
}  // namespace dropload
