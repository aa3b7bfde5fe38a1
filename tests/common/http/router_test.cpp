#include "common/http/router.h"

#include <gtest/gtest.h>

namespace dropload::http {
namespace {

const std::vector<RoutePattern> table = {{Verb::post, "/v1/submissions"},
                                         {Verb::get, "/v1/submissions"},
                                         {Verb::get, "/v1/submissions/latest"},
                                         {Verb::get, "/v1/submissions/{id}"},
                                         {Verb::post, "/v1/submissions/{id}/{action}"},
                                         {Verb::get, "/"}};

std::optional<RouteMatch> matched(Verb verb, std::string_view path) {
  const auto found = match(table, verb, path);
  const auto* route = std::get_if<RouteMatch>(&found);
  return route == nullptr ? std::nullopt : std::optional(*route);
}

NoRoute missed(Verb verb, std::string_view path) {
  return std::get<NoRoute>(match(table, verb, path));
}

TEST(Router, LiteralsAndCapturesGoToTheirRow) {
  EXPECT_EQ(matched(Verb::post, "/v1/submissions")->index, 0U);
  EXPECT_EQ(matched(Verb::get, "/v1/submissions")->index, 1U);
  EXPECT_EQ(matched(Verb::get, "/")->index, 5U);
  const auto shown = matched(Verb::get, "/v1/submissions/41");
  EXPECT_EQ(shown->index, 3U);
  EXPECT_EQ(shown->captures.at("id"), "41");
  const auto action = matched(Verb::post, "/v1/submissions/41/retry");
  EXPECT_EQ(action->captures, (std::map<std::string, std::string>{{"action", "retry"}, {"id", "41"}}));
}

TEST(Router, TheOrderOfTheTableDecidesBetweenLiteralAndCapture) {
  EXPECT_EQ(matched(Verb::get, "/v1/submissions/latest")->index, 2U);
}

TEST(Router, HeadGoesWhereGetGoes) {
  EXPECT_EQ(matched(Verb::head, "/v1/submissions/7")->index, 3U);
}

TEST(Router, CapturesArePercentDecodedAfterTheCutAtSlashes) {
  EXPECT_EQ(matched(Verb::get, "/v1/submissions/a%2Fb%20c+d")->captures.at("id"), "a/b c+d");
  EXPECT_EQ(missed(Verb::get, "/v1/submissions/%zz").status, Status::not_found);
}

TEST(Router, WhatIsNotInTheTableIsNotFound) {
  for (const auto* path : {"/v1", "/v1/submissions/", "/v1/submissions/1/2/3", "/v2/submissions", "//"}) {
    EXPECT_EQ(missed(Verb::get, path).status, Status::not_found) << path;
  }
}

TEST(Router, AKnownPathWithAnotherVerbSaysWhichAreAllowed) {
  const auto no_route = missed(Verb::delete_, "/v1/submissions");
  EXPECT_EQ(no_route.status, Status::method_not_allowed);
  EXPECT_EQ(no_route.allow, "POST, GET");
  EXPECT_EQ(missed(Verb::put, "/v1/submissions/latest").allow, "GET");
}

}  // namespace
}  // namespace dropload::http
