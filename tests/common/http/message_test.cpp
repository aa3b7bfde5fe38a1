#include "common/http/message.h"

#include <gtest/gtest.h>

namespace dropload::http {
namespace {

TEST(Query, PercentAndPlusAreDecodedAndTheOrderIsKept) {
  const auto query = Query::parse("name=a%20b+c&CONFIG=%7B%22x%22%3A1%7D&umlaut=%C3%BC").value();
  ASSERT_EQ(query.items().size(), 3U);
  EXPECT_EQ(query.items()[0], (std::pair<std::string, std::string>("name", "a b c")));
  EXPECT_EQ(query.find("CONFIG"), "{\"x\":1}");
  EXPECT_EQ(query.find("umlaut"), "\xC3\xBC");
}

TEST(Query, TheFirstOfANameCountsAndAMissingOneIsNothing) {
  const auto query = Query::parse("a=1&a=2&flag").value();
  EXPECT_EQ(query.find("a"), "1");
  EXPECT_EQ(query.find("flag"), "");
  EXPECT_EQ(query.find("b"), std::nullopt);
}

TEST(Query, ABareQuestionMarkIsAnEmptyQuery) {
  EXPECT_TRUE(Query::parse("?").value().items().empty());
  EXPECT_TRUE(Query::parse("").value().items().empty());
  EXPECT_EQ(Query::parse("?a=1&&b=").value().items().size(), 2U);
}

TEST(Query, ABrokenEscapeIsRefusedWithItsPlace) {
  for (const auto* text : {"a=%", "a=%2", "a=%zz", "%4=1"}) {
    const auto query = Query::parse(text);
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(Query::parse("a=x%2g").error().message,
            "the query parameter 'a': '%' at position 1 is not followed by two hex digits");
}

TEST(PercentCoding, EveryByteSurvivesTheRoundTrip) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const auto encoded = percent_encode(all);
  EXPECT_EQ(encoded.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~%"),
            std::string::npos);
  EXPECT_EQ(percent_decode(encoded, true).value(), all);
}

TEST(PercentCoding, APlusIsABlankOnlyWhereItIsSaidToBe) {
  EXPECT_EQ(percent_decode("a+b", true).value(), "a b");
  EXPECT_EQ(percent_decode("a+b", false).value(), "a+b");
}

TEST(HeaderParameter, QuotedAndPlainValuesAreFoundInAnyCase) {
  const std::string_view header = R"(form-data; Name="FILE"; filename="a \"b\"; c.csv" ; size = 12)";
  EXPECT_EQ(header_parameter(header, "name"), "FILE");
  EXPECT_EQ(header_parameter(header, "filename"), "a \"b\"; c.csv");
  EXPECT_EQ(header_parameter(header, "SIZE"), "12");
  EXPECT_EQ(header_parameter(header, "c.csv"), std::nullopt);
}

TEST(HeaderParameter, OddHeadersGiveNothingAndDoNotLoop) {
  EXPECT_EQ(header_parameter("", "name"), std::nullopt);
  EXPECT_EQ(header_parameter("name=x", "name"), std::nullopt);
  EXPECT_EQ(header_parameter("a;;;=;name", "name"), "");
  EXPECT_EQ(header_parameter("a; name=\"open", "name"), "open");
  EXPECT_EQ(header_parameter("a; name=\"open\\", "name"), "open\\");
}

}  // namespace
}  // namespace dropload::http
