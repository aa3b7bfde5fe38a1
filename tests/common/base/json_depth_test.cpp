#include "common/base/json_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace dropload {
namespace {

TEST(JsonDepth, WhatIsOpenAtOnceCounts) {
  EXPECT_FALSE(nests_deeper_than("", 0));
  EXPECT_FALSE(nests_deeper_than("[[],[],{}]", 2));
  EXPECT_TRUE(nests_deeper_than("[[],[],{}]", 1));
  EXPECT_FALSE(nests_deeper_than("]]][[", 2));
  EXPECT_FALSE(nests_deeper_than(std::string(max_json_depth, '[')));
  EXPECT_TRUE(nests_deeper_than(std::string(max_json_depth + 1, '{')));
}

TEST(JsonDepth, BracketsInTextsDoNotCount) {
  EXPECT_FALSE(nests_deeper_than(R"(["[[\"[[\\"])", 1));
  EXPECT_TRUE(nests_deeper_than(R"(["\\",[]])", 1));
  EXPECT_FALSE(nests_deeper_than(R"(["[[\)", 1));
}

}  // namespace
}  // namespace dropload
