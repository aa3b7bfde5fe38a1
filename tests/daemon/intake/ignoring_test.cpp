#include "daemon/intake/ignoring.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dropload::intake {
namespace {

queue::Route route_below(const std::string& directory, bool recursive) {
  queue::Route route;
  route.drop.emplace();
  route.drop->directory = directory;
  route.drop->patterns = {"*.csv"};
  route.drop->recursive = recursive;
  return route;
}

TEST(LitterRule, HiddenTemporaryAndOurOwnNamesAreLeftAlone) {
  EXPECT_EQ(litter_rule(".hidden.csv"), ".*");
  EXPECT_EQ(litter_rule(".dropload-7"), ".*");
  EXPECT_EQ(litter_rule("~$book.csv"), "~$*");
  EXPECT_EQ(litter_rule("a.csv~"), "*~");
  EXPECT_EQ(litter_rule("a.csv.error.txt"), "*.error.txt");
  for (const auto* extension : {"TMP", "part", "partial", "crdownload", "filepart", "swp", "download", "opdownload",
                                "!ut", "!qb", "!sync", "aria2", "temp", "uploading", "lck", "~tmp"}) {
    const std::string name = fmt::format("a.csv.{}", extension);
    EXPECT_EQ(litter_rule(name), std::string_view(extension) == "TMP" ? "*.tmp" : "*." + std::string(extension));
  }
}

TEST(LitterRule, WhatSystemsAndNasLeaveBehindIsLeftAlone) {
  for (const auto* name : {"Thumbs.db", "desktop.ini", "Icon\r", ".DS_Store", "._a.csv", "a.csv@SynoEAStream"})
    EXPECT_TRUE(litter_rule(name)) << name;
  for (const auto* name : {"@eaDir", "#recycle", "@Recycle", "$RECYCLE.BIN", "lost+found", "System Volume Information",
                           "__MACOSX", ".Trash-1000", ".stversions", "~snapshot"}) {
    EXPECT_TRUE(litter_directory_rule(name)) << name;
  }
}

TEST(LitterRule, OrdinaryNamesAreNot) {
  for (const auto* name : {"a.csv", "tmp", "a.tmp.csv", "part", "a~b.csv", "error.txt", "a.", "csv"})
    EXPECT_EQ(litter_rule(name), std::nullopt) << name;
  for (const auto* name : {"sales", "recycle", "tmp", "@home"}) EXPECT_EQ(litter_directory_rule(name), std::nullopt);
}

TEST(IgnoredBy, TheSettingAddsToTheListAndPatternsAndTheMarkerHaveTheirWords) {
  queue::DropSettings drop;
  drop.patterns = {"*.csv", "*.ok"};
  drop.ignore = {"*.bak.csv", "test_*"};
  drop.online_marker = "mounted.ok";
  EXPECT_EQ(ignored_by(drop, "a.bak.csv"), "*.bak.csv (ignore)");
  EXPECT_EQ(ignored_by(drop, "test_1.csv"), "test_* (ignore)");
  EXPECT_EQ(ignored_by(drop, "mounted.ok"), "it is the online_marker");
  EXPECT_EQ(ignored_by(drop, "a.txt"), "it fits none of the patterns");
  EXPECT_EQ(ignored_by(drop, "a.csv"), std::nullopt);
}

TEST(MayBeTaken, WhatAnEventNamesIsJudgedAsWhatAScanFinds) {
  auto route = route_below("/drop", true);
  EXPECT_TRUE(may_be_taken(route, "a.csv"));
  EXPECT_TRUE(may_be_taken(route, "north/a.csv"));
  EXPECT_TRUE(may_be_taken(route, "north/done/a.csv"));
  EXPECT_FALSE(may_be_taken(route, "done/2026-11-23/a.csv"));
  EXPECT_FALSE(may_be_taken(route, "failed/a.csv"));
  EXPECT_FALSE(may_be_taken(route, "failed/a.csv.error.txt"));
  EXPECT_FALSE(may_be_taken(route, "north/.hidden/a.csv"));
  EXPECT_FALSE(may_be_taken(route, "north/a.txt"));
  route.drop->patterns = {"*"};
  EXPECT_FALSE(may_be_taken(route, "a.csv.error.txt"));
  route.drop->recursive = false;
  EXPECT_FALSE(may_be_taken(route, "north/a.csv"));
}

TEST(MayBeTaken, NothingBelowALitterDirectoryIs) {
  auto route = route_below("/drop", true);
  route.drop->ignore = {"old"};
  EXPECT_FALSE(may_be_taken(route, "north/@eaDir/a.csv"));
  EXPECT_FALSE(may_be_taken(route, "old/a.csv"));
  EXPECT_FALSE(may_be_entered(route, "north/#recycle"));
  EXPECT_TRUE(may_be_entered(route, "north"));
}

TEST(NamesWithReasons, KeepsTheFirstThousandAndCountsAll) {
  NamesWithReasons names;
  for (int i = 0; i < 1'500; ++i) names.add(std::to_string(i), "why");
  EXPECT_EQ(names.count(), 1'500U);
  EXPECT_EQ(names.first().size(), 1'000U);
  names.add("7", "another why");
  names.forget("8");
  EXPECT_EQ(names.count(), 1'499U);
  EXPECT_EQ(names.first().at("7"), "another why");
}

}  // namespace
}  // namespace dropload::intake
