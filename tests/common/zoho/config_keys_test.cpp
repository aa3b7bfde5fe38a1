#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/zoho/config.h"

namespace dropload::zoho {
namespace {

TEST(ConfigKeys, ThoseOfTheDocumentsAreKnownWhateverTheirValues) {
  EXPECT_FALSE(objection_to_keys(R"({"importType":1,"tableName":2,"columnDataTypes":3,"matchNulls":4,"batchKey":5,
      "isLastBatch":6,"encoding":7,"quoteChar":8,"columnSeparators":11})"));
  EXPECT_FALSE(objection_to_keys("no JSON"));
}

TEST(ConfigKeys, WhatIsNotSupportedIsRefusedUnlessItAsksForNothing) {
  for (const char* text :
       {R"({"nullValue":"n/a"})", R"({"nullValue":9})", R"({"trimSpaces":true})", R"({"trimSpaces":"yes"})"}) {
    const auto refusal = objection_to_keys(text);
    ASSERT_TRUE(refusal) << text;
    EXPECT_EQ(refusal->code, 8516);
    EXPECT_THAT(refusal->message, testing::StartsWith("This import service has not got "));
  }
  EXPECT_FALSE(objection_to_keys(R"({"nullValue":"","trimSpaces":"False"})"));
  EXPECT_FALSE(objection_to_keys(R"({"nullValue":null,"trimSpaces":false})"));
}

TEST(ConfigKeys, AnotherIsRefusedAndSaidWithTheNearest) {
  const auto refusal = objection_to_keys(R"({"fileType":"csv","onerror":null})");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, 8516);
  EXPECT_EQ(refusal->message,
            "CONFIG has the attribute \"onerror\", which no document of this API names; did you mean onError?");
  EXPECT_THAT(objection_to_keys(R"({"colour":1})")->message, testing::EndsWith("names; take it out"));
  EXPECT_LT(objection_to_keys("{\"" + std::string(100'000, 'x') + "\":1}")->message.size(), 200U);
}

}  // namespace
}  // namespace dropload::zoho
