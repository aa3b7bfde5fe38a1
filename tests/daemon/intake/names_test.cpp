#include "daemon/intake/names.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dropload::intake {
namespace {

TEST(Numbered, TheNumberStandsInFrontOfTheExtension) {
  EXPECT_EQ(numbered("sales.csv", 1), "sales.csv");
  EXPECT_EQ(numbered("sales.csv", 2), "sales.2.csv");
  EXPECT_EQ(numbered("sales", 3), "sales.3");
  EXPECT_EQ(numbered("sales.2026.csv", 2), "sales.2026.2.csv");
  EXPECT_EQ(numbered(".hidden", 2), ".hidden.2");
}

TEST(Numbered, ALongNameLeavesRoomForItsReasonFile) {
  const std::string name = numbered(fmt::format("{:a>251}.csv", ""), 12);
  EXPECT_EQ(name.size(), 241U);
  EXPECT_TRUE(name.ends_with("a.12.csv"));
}

TEST(Numbered, AnExtensionOfAllTheNameIsShortenedToo) {
  EXPECT_EQ(numbered(fmt::format("a.{:b>253}", ""), 1).size(), 241U);
}

TEST(Numbered, ALongNameIsNotCutInsideACharacter) {
  std::string name;
  while (name.size() < 248) name += "ü";
  const std::string placed = numbered("x" + name + ".csv", 1);
  EXPECT_TRUE(placed == "x" + name.substr(0, placed.size() - 5) + ".csv") << placed;
  EXPECT_EQ(placed.size() % 2, 1U);
}

TEST(CheckFileName, OrdinaryNamesAreFine) {
  for (const std::string name : {"a", "a b.csv", "...", "Größe.csv", "\xff", "-rf"})
    EXPECT_TRUE(check_file_name(name)) << name;
  EXPECT_TRUE(check_file_name(std::string(255, 'a')));
}

TEST(CheckFileName, WhatCannotBeANameIsRefused) {
  for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("a/b"),
                                  std::string("/"), std::string("a\0b", 3), std::string(256, 'a')}) {
    const auto checked = check_file_name(name);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, Errc::invalid_argument);
  }
}

}  // namespace
}  // namespace dropload::intake
