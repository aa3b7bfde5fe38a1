// Packages, by the real daemon against the import service.

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"
#include "tests/support/zip.h"

namespace dropload {
namespace {

namespace fs = std::filesystem;
using test::rest;
using test::some_csv;
using test::World;
using testing::AllOf;
using testing::HasSubstr;

// That a number is not one fails its file only.
const std::string bad_csv = "id,name\n1,a\nnone,b\n";

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  if (!fs::exists(directory)) return names;
  for (const auto& day : fs::directory_iterator(directory)) {
    for (const auto& entry : fs::directory_iterator(day)) names.push_back(entry.path().filename());
  }
  std::ranges::sort(names);
  return names;
}

TEST(PackagesByTheDaemon, EachKindGivesItsRowsAndLiesInDone) {
  World world;
  world.start();
  std::size_t count = 0;
  for (const auto& [end, filter] : {std::pair{"gz", "gzip"}, {"zst", "zstd"}, {"xz", "xz"}, {"bz2", "bzip2"}}) {
    world.drop("append", fmt::format("sales_{}.csv.{}", end, end), test::compressed(some_csv(10, end), filter));
    ++count;
  }
  world.drop("append", "all.zip", test::zip_of({{"north/orders_1.csv", some_csv(3, "n")}, {"Thumbs.db", "x"}}));
  const auto all = world.wait_until_settled(count + 1);
  ASSERT_EQ(all.size(), count + 1) << world.daemon().log();
  EXPECT_EQ(names_in(world.drop_directory("append") / "done"),
            (std::vector<std::string>{"all.zip", "sales_bz2.csv.bz2", "sales_gz.csv.gz", "sales_xz.csv.xz",
                                      "sales_zst.csv.zst"}));
  EXPECT_EQ(world.rows_in("sales"), 40);
  EXPECT_EQ(world.rows_in("orders"), 3);
}

TEST(PackagesByTheDaemon, OneOfWhichAFileFailsLiesInFailedWithTheEndOfEachAndTheFileIsRetriedAlone) {
  World world;
  world.start();
  world.drop("append", "sales_0.csv", "id,name\n1,a\n2,b\n");
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  world.drop("append", "all.zip", test::zip_of({{"sales_1.csv", some_csv(5, "one")}, {"a/sales_2.csv", bad_csv}}));
  const auto all = world.wait_until_settled(3);
  ASSERT_EQ(all.size(), 3U) << world.daemon().log();
  EXPECT_EQ(all[0].at("state"), "failed") << all[0].dump(2);
  EXPECT_EQ(all[1].at("state"), "done");
  EXPECT_EQ(world.rows_in("sales"), 7);
  const auto failed = world.drop_directory("append") / "failed";
  EXPECT_EQ(names_in(failed),
            (std::vector<std::string>{"all.zip", "all.zip.error.txt", "sales_2.csv", "sales_2.csv.error.txt"}));
  const fs::path place = all[1].at("retired_to").get<std::string>();
  EXPECT_EQ(place.filename(), "all.zip");
  const auto text = test::contents(place.string() + ".error.txt");
  EXPECT_THAT(text, AllOf(HasSubstr("1 of its 2 files is in"), HasSubstr("sales_1.csv: done, submission"),
                          HasSubstr("a/sales_2.csv: failed, submission"), HasSubstr("Do not put the package back")));
  const fs::path lies = all[0].at("retired_to").get<std::string>();
  EXPECT_EQ(test::contents(lies), bad_csv);
  EXPECT_THAT(test::contents(lies.string() + ".error.txt"), HasSubstr("a/sales_2.csv of all.zip, package"));

  const auto answer =
      rest("POST", world.daemon().rest_address(), fmt::format("/v1/submissions/{}/retry", all[0].at("id").get<int>()));
  EXPECT_EQ(answer.status, 201U) << answer.body;
  const auto retried = world.wait_until_settled(4);
  ASSERT_EQ(retried.size(), 4U);
  EXPECT_EQ(retried[0].at("file_name"), "sales_2.csv");
}

TEST(PackagesByTheDaemon, OneThatIsBrokenLiesInFailedAndIsRetriedAsAWhole) {
  World world;
  world.start();
  const auto good = test::zip_of({{"sales_1.csv", some_csv(5, "one")}, {"sales_2.csv", some_csv(6, "two")}});
  world.drop("append", "all.zip", good.substr(0, good.size() - 30));
  const auto first = world.wait_until_settled(1);
  ASSERT_EQ(first.size(), 1U) << world.daemon().log();
  EXPECT_EQ(first[0].at("state"), "failed");
  EXPECT_EQ(first[0].at("package").at("member"), "");
  EXPECT_EQ(names_in(world.drop_directory("append") / "failed"),
            (std::vector<std::string>{"all.zip", "all.zip.error.txt"}));
  EXPECT_EQ(world.rows_in("sales"), -1);

  const int id = first[0].at("id");
  const auto answer = rest("POST", world.daemon().rest_address(), fmt::format("/v1/submissions/{}/retry", id));
  EXPECT_EQ(answer.status, 201U) << answer.body;
  const auto again = world.wait_until_settled(2);
  ASSERT_EQ(again.size(), 2U) << world.daemon().log();
  EXPECT_EQ(again[0].at("state"), "failed") << "it is as broken as it was";
  EXPECT_EQ(again[0].at("retry_of"), id);
}

// What the configuration kept from being imported is imported once that has been changed.
TEST(PackagesByTheDaemon, ARetryOfAPackageBringsInItsMembers) {
  World world;
  world.start();
  const auto package = test::zip_of({{"sales_1.csv", some_csv(5, "one")}, {"42", some_csv(6, "two")}});
  world.drop("append", "all.zip", package);
  const auto first = world.wait_until_settled(1);
  ASSERT_EQ(first.size(), 1U) << world.daemon().log();
  EXPECT_EQ(first[0].at("state"), "failed");
  EXPECT_THAT(first[0].at("reason").get<std::string>(), HasSubstr("42 in it: no table for 42"));
  world.daemon().send_signal(SIGTERM);
  world.daemon().wait_end();
  auto config = test::contents(world.path() / "dropload.toml");
  const std::string pattern = "(?<table>[a-z0-9]+)[_.].*";
  for (auto at = config.find(pattern); at != std::string::npos; at = config.find(pattern))
    config.replace(at, pattern.size(), "(?<table>[a-z0-9]+).*");
  std::ofstream(world.path() / "dropload.toml") << config;
  world.start();
  const int id = first[0].at("id");
  const auto answer = rest("POST", world.daemon().rest_address(), fmt::format("/v1/submissions/{}/retry", id));
  ASSERT_EQ(answer.status, 201U) << answer.body;
  EXPECT_EQ(nlohmann::json::parse(answer.body).at("submissions").size(), 2U);
  const auto all = world.wait_until_settled(3);
  ASSERT_EQ(all.size(), 3U) << world.daemon().log();
  EXPECT_EQ(world.rows_in("sales"), 5);
  EXPECT_EQ(world.rows_in("42"), 6);
  EXPECT_EQ(world.submission(id).at("retried_as"), all[1].at("id"));
  EXPECT_EQ(world.places_of(package).size(), 1U);
  EXPECT_TRUE(names_in(world.drop_directory("append") / "failed").empty());
}

}  // namespace
}  // namespace dropload
