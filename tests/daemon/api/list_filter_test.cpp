#include "daemon/api/list_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::api {
namespace {

using queue::SubmissionState;
using testing::ElementsAre;
using testing::HasSubstr;

Result<queue::ListFilter> filter(std::string_view query) {
  return list_filter_of(http::Query::parse(query).value());
}

std::string refusal(std::string_view query) {
  const auto refused = filter(query);
  EXPECT_TRUE(refused.has_error()) << query;
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  return refused.error().message;
}

TEST(ListFilter, AllParametersAreTaken) {
  const auto taken = filter(
      "state=queued,held&route=r&organization=o&table=t&since=2026-11-24T06:00:00Z&until=2026-11-24T07:00:00.5Z&"
      "text=gr%C3%BCn&before=9&limit=500");
  ASSERT_TRUE(taken);
  EXPECT_THAT(taken->states, ElementsAre(SubmissionState::queued, SubmissionState::held));
  EXPECT_EQ(taken->route, "r");
  EXPECT_EQ(taken->organization, "o");
  EXPECT_EQ(taken->table, "t");
  EXPECT_EQ(taken->since, parse_rfc3339("2026-11-24T06:00:00.000Z").value());
  EXPECT_EQ(taken->until, parse_rfc3339("2026-11-24T07:00:00.500Z").value());
  EXPECT_EQ(taken->text, "grün");
  EXPECT_EQ(taken->before, 9);
  EXPECT_EQ(taken->limit, 500);
}

TEST(ListFilter, TimesMayHaveAFractionAnOffsetOrNoTimeOfDay) {
  const auto midnight = parse_rfc3339("2026-11-24T00:00:00.000Z").value();
  for (const char* text : {"2026-11-24", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00.0004Z",
                           "2026-11-24T02:00:00%2B02:00", "2026-11-23T23:30:00.000-00:30"})
    EXPECT_EQ(filter(fmt::format("since={}", text)).value().since, midnight) << text;
  for (const char* text : {"2026-11-24T00:00:00", "2026-11-24T00:00:00.Z", "2026-11-24T00:00:00+2:00", "2026-13-01",
                           "2026-11-24T00:00:00Zx", "x"})
    EXPECT_TRUE(filter(fmt::format("since={}", text)).has_error()) << text;
}

TEST(ListFilter, WithoutParametersItIsTheFirstFiftyOfAll) {
  const auto taken = filter("");
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->states.empty());
  EXPECT_EQ(taken->limit, 50);
}

TEST(ListFilter, WhatHasNoSenseIsRefusedWithWhatHas) {
  EXPECT_THAT(refusal("state=done,lost"), HasSubstr("'lost' is not a state; use queued, importing"));
  EXPECT_THAT(refusal("state=done,"), HasSubstr("'' is not a state"));
  EXPECT_THAT(refusal("since=yesterday"), HasSubstr("since must be a time such as 2026-11-24T06:30:00Z"));
  EXPECT_THAT(refusal("since=2026-11-24T06:00:00Z&until=2026-11-24T06:00:00Z"),
              HasSubstr("since must be before until"));
  EXPECT_THAT(refusal("limit=501"), HasSubstr("at most 500"));
  EXPECT_THAT(refusal("route="), HasSubstr("'route' is empty; leave it out"));
  EXPECT_THAT(refusal("text=" + std::string(201, 'x')), HasSubstr("more than 200 bytes"));
  EXPECT_THAT(refusal("text=a%FFb"), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(refusal("sort=size"), HasSubstr("there is no parameter 'sort' here"));
}

}  // namespace
}  // namespace dropload::api
