#include "common/zoho/import_details.h"

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

TEST(ImportTime, IsReadInTheZonesThatMeanOneOffset) {
  const Time at{1'700'000'000'000};
  EXPECT_EQ(parse_import_time("14 November, 2023 10:13:20 PM GMT"), at);
  EXPECT_EQ(parse_import_time("15 November, 2023 03:43:20 AM GMT+05:30"), at);
  EXPECT_EQ(parse_import_time("14 November, 2023 11:13:20 PM CET"), at);
}

TEST(ImportTime, KnowsMidnightAndNoon) {
  EXPECT_EQ(parse_import_time("01 January, 1970 12:00:00 AM UTC"), Time{0});
  EXPECT_EQ(parse_import_time("01 January, 1970 12:00:01 PM UTC"), Time{43'201'000});
}

TEST(ImportTime, IsNothingWhenItCannotBeKnown) {
  for (const char* text : {"", "yesterday", "14 November, 2023 10:13:20 PM CST", "14 November, 2023 10:13:20 GMT",
                           "14 Nov, 2023 10:13:20 PM GMT", "31 February, 2023 10:13:20 PM GMT",
                           "14 November, 2023 13:13:20 PM GMT", "14 November, 2023 10:13:20 PM GMT+5"}) {
    EXPECT_FALSE(parse_import_time(text)) << text;
  }
}

TEST(ImportTime, OfAZoneThatMeansSeveralIsNotOne) {
  for (const char* zone : {"IST", "PST", "MST", "EST", "EDT", "CST", "CDT", "BST", "AST", "GST"}) {
    EXPECT_FALSE(parse_import_time(std::string("14 November, 2023 10:13:20 PM ") + zone)) << zone;
  }
}

TEST(ImportDetails, AreReadWithCountsAsText) {
  const auto details = decode_import_details(
      R"({"viewName":"T","lastImportTime":"14 November, 2023 10:13:20 PM GMT","lastImportStatus":"Partial Success",
          "columns":{"total":"2","success":"2"},"rows":{"total":"12","success":"11","warning":"3","failed":"1"},
          "importErrors":"<nobr>x</nobr>"})");
  ASSERT_TRUE(details) << details.error().message;
  ASSERT_TRUE(*details);
  EXPECT_EQ((*details)->at, Time{1'700'000'000'000});
  EXPECT_EQ((*details)->status, "Partial Success");
  EXPECT_EQ((*details)->total, 12);
  EXPECT_EQ((*details)->success, 11);
  EXPECT_EQ((*details)->warnings, 3);
  EXPECT_EQ((*details)->errors, "<nobr>x</nobr>");
}

TEST(ImportDetails, OfATableThatWasNeverImportedIntoAreNothing) {
  const auto details = decode_import_details("{}");
  ASSERT_TRUE(details);
  EXPECT_FALSE(*details);
}

TEST(ImportDetails, ThatSayNothingOfRowsAreNoAnswer) {
  for (const char* text :
       {"[]", "x", R"({"lastImportTime":"a"})", R"({"lastImportTime":"a","lastImportStatus":"b"})"}) {
    EXPECT_TRUE(decode_import_details(text).has_error()) << text;
  }
}

}  // namespace
}  // namespace dropload::zoho
