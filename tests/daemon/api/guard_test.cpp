#include "daemon/api/guard.h"

#include <gtest/gtest.h>

namespace dropload::api {
namespace {

using http::Verb;

http::Fields headers(std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
  http::Fields fields;
  for (const auto& [name, value] : list) fields.insert(name, value);
  return fields;
}

std::string_view code_of(const std::optional<Problem>& refused) {
  return refused ? refused->kind->code : "passed";
}

std::string_view with_host(std::string_view host) {
  return code_of(Guard({"Nas.example", "box:9000"}).refuse(Verb::get, headers({{"Host", host}})));
}

std::string_view with_site(Verb verb, std::string_view site) {
  return code_of(Guard({}).refuse(verb, headers({{"Host", "localhost:8787"}, {"Sec-Fetch-Site", site}})));
}

std::string_view with_origin(std::string_view origin) {
  return code_of(Guard({"nas.example"}).refuse(Verb::post, headers({{"Host", "localhost:8787"}, {"Origin", origin}})));
}

TEST(Guard, ThisMachineIsAnsweredOnAnyPort) {
  for (const char* host :
       {"localhost", "localhost:8787", "LocalHost:1", "127.0.0.1", "127.0.0.1:8787", "[::1]", "[::1]:8787"}) {
    EXPECT_EQ(with_host(host), "passed") << host;
  }
}

TEST(Guard, ConfiguredNamesAreAnsweredInAnyCaseAndOnAnyPort) {
  for (const char* host : {"nas.example", "NAS.EXAMPLE:8787", "box", "box:8787"})
    EXPECT_EQ(with_host(host), "passed") << host;
}

TEST(Guard, ForeignHostsAreRefused) {
  for (const char* host :
       {"evil.example", "evil.example:8787", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example",
        "127.0.0.2", "::1", "[::1]evil", "[::1", "localhost:8787:1", "localhost:port", "localhost@evil.example", ""}) {
    EXPECT_EQ(with_host(host), "foreign_host") << host;
  }
}

TEST(Guard, AForeignHostIsToldWhatToDo) {
  const auto refused = Guard({"nas.example"}).refuse(Verb::get, headers({{"Host", "evil\x1b.example"}}));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->kind->status, http::Status::forbidden);
  EXPECT_EQ(refused->detail,
            "the request is for host 'evil\\x1b.example', which is not one of this daemon's names (localhost, "
            "127.0.0.1, [::1], "
            "nas.example); use one of them, or add the name to allowed_hosts in the configuration");
}

TEST(Guard, AProxysNameIsAnsweredForCallbacksOnly) {
  const Guard guard({}, {"Drop.example.com"});
  const auto with = [&](const char* host, bool is_callback) {
    return code_of(guard.refuse(Verb::post, headers({{"Host", host}}), is_callback));
  };
  EXPECT_EQ(with("drop.example.com", true), "passed");
  EXPECT_EQ(with("DROP.example.com:443", true), "passed");
  EXPECT_EQ(with("drop.example.com", false), "foreign_host");
  EXPECT_EQ(with("evil.example", true), "foreign_host");
  EXPECT_EQ(with("localhost", true), "passed");
}

TEST(Guard, ARequestHasExactlyOneHost) {
  EXPECT_EQ(code_of(Guard({}).refuse(Verb::get, headers({}))), "invalid_argument");
  EXPECT_EQ(code_of(Guard({}).refuse(Verb::get, headers({{"Host", "localhost"}, {"Host", "evil.example"}}))),
            "invalid_argument");
}

TEST(Guard, ProgramsThatSendNoBrowserHeadersPass) {
  for (const Verb verb : {Verb::get, Verb::post, Verb::delete_}) {
    EXPECT_EQ(code_of(Guard({}).refuse(verb, headers({{"Host", "localhost"}}))), "passed");
  }
}

TEST(Guard, OtherSitesAreRefusedEvenToLook) {
  EXPECT_EQ(with_site(Verb::get, "cross-site"), "cross_site");
  EXPECT_EQ(with_site(Verb::post, "cross-site"), "cross_site");
}

TEST(Guard, AnotherOriginOfTheSameSiteMayLookButChangesNothing) {
  EXPECT_EQ(with_site(Verb::get, "same-site"), "passed");
  EXPECT_EQ(with_site(Verb::head, "same-site"), "passed");
  EXPECT_EQ(with_site(Verb::post, "same-site"), "cross_site");
  EXPECT_EQ(with_site(Verb::delete_, "same-site"), "cross_site");
}

TEST(Guard, TheDaemonsOwnPagesPass) {
  EXPECT_EQ(with_site(Verb::post, "same-origin"), "passed");
  EXPECT_EQ(with_site(Verb::post, "none"), "passed") << "typed into the address bar";
}

TEST(Guard, AnOriginMustBeOneOfTheDaemonsNames) {
  EXPECT_EQ(with_origin("http://localhost:8787"), "passed");
  EXPECT_EQ(with_origin("http://[::1]:8787"), "passed");
  EXPECT_EQ(with_origin("https://nas.example"), "passed");
  for (const char* origin :
       {"https://evil.example", "null", "", "http://localhost.evil.example", "file://localhost", "localhost"}) {
    EXPECT_EQ(with_origin(origin), "cross_site") << origin;
  }
}

TEST(Guard, ASecondOriginHeaderHidesNothing) {
  const auto refused = Guard({}).refuse(
      Verb::get, headers({{"Host", "localhost"}, {"Origin", "http://localhost"}, {"Origin", "http://evil.example"}}));
  EXPECT_EQ(code_of(refused), "cross_site");
}

}  // namespace
}  // namespace dropload::api
