#include "daemon/intake/packages.h"

#include <gtest/gtest.h>

#include "daemon/intake/ignoring.h"
#include "daemon/intake/routing.h"

namespace dropload::intake {
namespace {

queue::Route route_with(std::vector<std::string> patterns) {
  queue::Route route;
  route.table = "Sales";
  route.drop.emplace();
  route.drop->patterns = std::move(patterns);
  return route;
}

TEST(Packages, AreKnownByTheEndsOfTheirNames) {
  EXPECT_EQ(package_kind_of("a.csv.gz"), PackageKind::gzip);
  EXPECT_EQ(package_kind_of("a.ZIP"), PackageKind::zip);
  EXPECT_EQ(package_kind_of("a.Zst"), PackageKind::zstd);
  EXPECT_EQ(package_kind_of("a.xz"), PackageKind::xz);
  EXPECT_EQ(package_kind_of("a.bz2"), PackageKind::bzip2);
  for (const auto* name : {"a.csv", ".gz", "gz", "a.tgz", "a.tar", "a.gz.csv", ""}) EXPECT_FALSE(package_kind_of(name));
  EXPECT_EQ(inner_name("a.csv.GZ"), "a.csv");
  EXPECT_EQ(inner_name("a.csv"), "a.csv");
}

TEST(Packages, FitAPatternAsTheyAreAndByWhatIsInThem) {
  auto drop = *route_with({"*.csv"}).drop;
  EXPECT_TRUE(matches(drop, "a.csv.gz"));
  EXPECT_TRUE(matches(drop, "a.csv.zip"));
  EXPECT_FALSE(matches(drop, "a.zip"));
  EXPECT_FALSE(matches(drop, "a.json.gz"));
  EXPECT_FALSE(matches(drop, "a.csv.gz.gz")) << "one end is taken off, no more";
  drop.patterns = {"orders_*.csv.gz"};
  EXPECT_TRUE(matches(drop, "orders_1.csv.gz"));
  EXPECT_FALSE(matches(drop, "orders_1.csv"));
  drop.patterns = {"*.csv"};
  drop.unpack = false;
  EXPECT_FALSE(matches(drop, "a.csv.gz"));
}

TEST(Packages, OneThatFitsNoPatternIsLeftAlone) {
  const auto route = route_with({"*.csv"});
  EXPECT_EQ(ignored_by(*route.drop, "a.zip"), "it fits none of the patterns");
  EXPECT_FALSE(ignored_by(*route.drop, "a.csv.gz"));
}

TEST(Packages, PatternsThatEndLikeOneChooseNoMembers) {
  EXPECT_FALSE(left_out_by(route_with({"*.zip"}), "a/b.csv"));
  EXPECT_FALSE(left_out_by(route_with({"*.zip", "b*"}), "a/b.csv"));
  EXPECT_EQ(left_out_by(route_with({"*.zip", "c*"}), "a/b.csv"), "it fits none of the patterns");
  EXPECT_FALSE(left_out_by(route_with({"*.csv", "*.zip"}), "inner.csv.gz")) << "it is refused, not passed over";
}

TEST(Packages, LitterIsLeftOutWithoutADropDirectoryToo) {
  queue::Route route;
  EXPECT_EQ(left_out_by(route, "__MACOSX/._a.csv"), "__macosx");
  EXPECT_EQ(left_out_by(route, "x/.DS_Store"), ".*");
  EXPECT_FALSE(left_out_by(route, "../x/./a.csv"));
  EXPECT_FALSE(left_out_by(route, "/x/a.csv"));
}

TEST(Packages, OfAPathOnlyTheLastComponentCounts) {
  EXPECT_EQ(last_component("a/b.csv"), "b.csv");
  EXPECT_EQ(last_component("../../b.csv"), "b.csv");
  EXPECT_EQ(last_component("/b.csv"), "b.csv");
  EXPECT_EQ(last_component("b.csv"), "b.csv");
  EXPECT_EQ(last_component("a/"), "");
}

TEST(Packages, TheTableOfAZipMayBeKnownToItsMembersOnly) {
  auto route = route_with({"*"});
  route.table.clear();
  route.table_pattern = "(?<table>[a-z]+)_.*";
  EXPECT_EQ(table_of_package(route, "sales_1.csv.gz", "")->table, "sales");
  EXPECT_EQ(table_of_package(route, "42.zip", "")->table, "");
  EXPECT_TRUE(table_of_package(route, "42.csv.gz", "").has_error());
  route.table_pattern.clear();
  route.table_from_directory = true;
  EXPECT_TRUE(table_of_package(route, "42.zip", "").has_error()) << "it is to be put into a directory";
  EXPECT_EQ(table_of_package(route, "42.zip", "north/sales")->table, "sales");
}

}  // namespace
}  // namespace dropload::intake
