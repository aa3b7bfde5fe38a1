// Packages whose daemon is killed on the way from the drop directory, or a body, to rows, and on the way of the package
// to where it ends.

#include <sys/wait.h>
#include <csignal>

#include <gtest/gtest.h>

#include "tests/support/rest.h"
#include "tests/support/world.h"
#include "tests/support/zip.h"

namespace dropload {
namespace {

namespace fs = std::filesystem;
using test::some_csv;
using test::World;

std::string three_files() {
  return test::zip_of({{"sales_1.csv", some_csv(20, "one")},
                       {"deep/sales_1.csv", some_csv(30, "two")},
                       {"orders_1.csv", some_csv(7, "three")}});
}

void expect_dead(World& world, const std::string& point) {
  const auto ended = world.daemon().wait_end();
  ASSERT_TRUE(ended && WIFSIGNALED(*ended) && WTERMSIG(*ended) == SIGKILL) << point << "\n" << world.daemon().log();
}

// Started again, each file in the package is in exactly once, and the package lies in one place.
void expect_all_once(World& world, const std::string& package) {
  world.start();
  const auto all = world.wait_until_settled(3);
  ASSERT_EQ(all.size(), 3U) << world.daemon().log();
  for (const auto& one : all) EXPECT_EQ(one.at("state"), "done") << one.dump(2);
  EXPECT_EQ(world.rows_in("sales"), 50);
  EXPECT_EQ(world.rows_in("orders"), 7);
  const auto places = world.places_of(package);
  ASSERT_EQ(places.size(), 1U);
  for (const auto& one : all) EXPECT_EQ(one.at("retired_to"), places[0].string());
  const auto& first = all[0].at("package");
  EXPECT_EQ(all[1].at("package").at("id"), first.at("id"));
  const auto spool = world.path() / "state" / "spool";
  EXPECT_TRUE(fs::is_empty(spool)) << "nothing of it is left there";
}

class CrashOfAPackage : public testing::TestWithParam<std::tuple<std::string, bool>> {};

TEST_P(CrashOfAPackage, EachFileInItLandsExactlyOnce) {
  const auto& [point, apart] = GetParam();
  World world({.drops_on_another_file_system = apart});
  const auto package = three_files();
  world.start({{"DROPLOAD_CRASH_AT", point}});
  world.drop("append", "all.zip", package);
  expect_dead(world, point);
  expect_all_once(world, package);
}

INSTANTIATE_TEST_SUITE_P(At, CrashOfAPackage,
                         testing::Combine(testing::Values("file-moved", "before-accept", "member-unpacked:2",
                                                          "package-unpacked", "package-accepted", "accepted",
                                                          "original-placed:3", "package-placed", "package-retired",
                                                          "retired:3"),
                                          testing::Bool()),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param) + (std::get<1>(one.param) ? "_apart" : "");
                           std::ranges::replace_if(
                               name, [](char c) { return c == '-' || c == ':'; }, '_');
                           return name;
                         });

class CrashOfAPostedPackage : public testing::TestWithParam<std::string> {};

TEST_P(CrashOfAPostedPackage, WhatHadComeInWholeLandsExactlyOnce) {
  World world;
  const auto package = three_files();
  world.start({{"DROPLOAD_CRASH_AT", GetParam()}});
  ASSERT_TRUE(world.daemon().wait_ready()) << world.daemon().log();
  EXPECT_ANY_THROW(
      test::rest("POST", world.daemon().rest_address(), "/v1/submissions?route=append&filename=all.zip", package));
  expect_dead(world, GetParam());
  expect_all_once(world, package);
}

INSTANTIATE_TEST_SUITE_P(At, CrashOfAPostedPackage,
                         testing::Values("body-completed", "member-unpacked:2", "package-unpacked", "package-accepted"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace_if(
                               name, [](char c) { return c == '-' || c == ':'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace dropload
