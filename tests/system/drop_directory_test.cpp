// How it stands with a drop directory, as the daemon tells it.

#include <gtest/gtest.h>

#include "tests/support/eventually.h"
#include "tests/support/rest.h"
#include "tests/support/world.h"

namespace dropload {
namespace {

namespace fs = std::filesystem;
using test::eventually;
using test::rest;
using test::some_csv;
using test::World;

TEST(DropDirectory, WhatIsLeftAloneAndThatItIsOfflineIsTold) {
  World world;
  // Before the first scan, which would else see the names under which they are written.
  world.drop("append", "sales_1.csv.part", "half");
  world.drop("append", "sales_2.csv", some_csv(2, "a"));
  world.start();
  const auto address = world.daemon().rest_address();
  const auto drop_of_append = [&] {
    const auto routes = nlohmann::json::parse(rest("GET", address, "/v1/routes").body).at("routes");
    for (const auto& route : routes) {
      if (route.at("name") == "append") return route.at("drop");
    }
    return nlohmann::json();
  };
  ASSERT_EQ(world.wait_until_settled(1).size(), 1U) << world.daemon().log();
  ASSERT_TRUE(eventually([&] { return drop_of_append().at("ignored") == 1; })) << drop_of_append().dump(2);
  EXPECT_EQ(drop_of_append().at("state"), "watched") << drop_of_append().dump(2);
  const auto ignored = nlohmann::json::parse(rest("GET", address, "/v1/routes/append/ignored").body);
  EXPECT_EQ(ignored.at("ignored").at(0).at("name"), "sales_1.csv.part");
  EXPECT_EQ(ignored.at("ignored").at(0).at("why"), "*.part");
  const auto away = world.path() / "away";
  fs::rename(world.drop_directory("append"), away);
  ASSERT_TRUE(eventually([&] { return drop_of_append().at("state") == "offline"; })) << world.daemon().log();
  fs::rename(away, world.drop_directory("append"));
  world.drop("append", "sales_3.csv", some_csv(2, "b"));
  EXPECT_EQ(world.wait_until_settled(2).size(), 2U) << world.daemon().log();
  EXPECT_EQ(drop_of_append().at("state"), "watched");
}

}  // namespace
}  // namespace dropload
