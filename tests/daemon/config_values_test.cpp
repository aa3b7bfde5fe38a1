#include "daemon/config_values.h"

#include <map>

#include <gtest/gtest.h>

namespace dropload::config {
namespace {

using namespace std::chrono_literals;

template <typename T>
std::string message(const Result<T>& result) {
  return result ? "no error" : result.error().message;
}

TEST(Duration, AWholeNumberWithAUnitIsRead) {
  EXPECT_EQ(*parse_duration("250ms"), 250ms);
  EXPECT_EQ(*parse_duration("10s"), 10s);
  EXPECT_EQ(*parse_duration("5m"), 5min);
  EXPECT_EQ(*parse_duration("1h"), 1h);
  EXPECT_EQ(*parse_duration("2d"), 48h);
  EXPECT_EQ(*parse_duration("0s"), 0ms);
}

TEST(Duration, AnythingElseIsRefusedWithAnExample) {
  for (const std::string text :
       {"", "10", "s", "ten s", "10 s", "1.5s", "-1s", "10S", "1h30m", "9223372036854775807d"}) {
    EXPECT_EQ(message(parse_duration(text)),
              "\"" + text + "\" is no duration; write a whole number and a unit (ms, s, m, h, d), such as \"10s\"");
  }
}

TEST(Duration, IsShownInTheLargestUnitThatLeavesAWholeNumber) {
  EXPECT_EQ(to_text(Milliseconds{0}), "0ms");
  EXPECT_EQ(to_text(Milliseconds{1'500}), "1500ms");
  EXPECT_EQ(to_text(Milliseconds{90'000}), "90s");
  EXPECT_EQ(to_text(Milliseconds{3'600'000}), "1h");
  EXPECT_EQ(to_text(Milliseconds{86'400'000}), "1d");
}

TEST(Size, UnitsAreOf1024) {
  EXPECT_EQ(*parse_size("512B"), 512u);
  EXPECT_EQ(*parse_size("64KB"), 65'536u);
  EXPECT_EQ(*parse_size("100MB"), 104'857'600u);
  EXPECT_EQ(*parse_size("1GB"), 1'073'741'824u);
  EXPECT_EQ(to_text(std::uint64_t{104'857'600}), "100MB");
}

TEST(Size, AnythingElseIsRefusedWithAnExample) {
  for (const std::string text : {"100", "100 MB", "100mb", "-1B", "1.5GB", "99999999999GB"}) {
    EXPECT_EQ(message(parse_size(text)),
              "\"" + text + "\" is no size; write a whole number and a unit (B, KB, MB, GB), such as \"100MB\"");
  }
}

TEST(CallbackUrl, IsAnHttpUrlWithoutASlashAtItsEnd) {
  EXPECT_EQ(*parse_callback_url("https://drop.example.com"), "https://drop.example.com");
  EXPECT_EQ(*parse_callback_url("https://drop.example.com:8443/dropload//"), "https://drop.example.com:8443/dropload");
  EXPECT_EQ(*parse_callback_url("http://[2001:db8::1]/"), "http://[2001:db8::1]");
}

TEST(CallbackUrl, AnythingElseIsRefusedWithAnExample) {
  const std::map<std::string, std::string> wrong{
      {"drop.example.com", "is no URL"},
      {"https://", "is no URL"},
      {"ftp://drop.example.com", "is no http or https URL"},
      {"https://user:word@drop.example.com", "has more in it than host and path"},
      {"https://drop.example.com/?a=1", "has more in it than host and path"},
      {"https://drop.example.com/#x", "has more in it than host and path"},
      {"https://drop.example.com:99999", "has no port between 1 and 65535"},
      {"https://drop.example.com/" + std::string(500, 'a'), "is longer than 500 bytes"}};
  for (const auto& [text, why] : wrong) {
    EXPECT_EQ(message(parse_callback_url(text)),
              "\"" + text + "\" " + why + "; write something like \"https://drop.example.com\"");
  }
}

TEST(HostOfUrl, IsItsHostAlone) {
  EXPECT_EQ(host_of_url("https://drop.example.com:8443/a"), "drop.example.com");
  EXPECT_EQ(host_of_url("http://[2001:db8::1]"), "[2001:db8::1]");
  EXPECT_EQ(host_of_url(""), "");
}

TEST(Endpoint, AddressAndPortAreRead) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:8787")->address, "127.0.0.1");
  EXPECT_EQ(parse_endpoint("127.0.0.1:8787")->port, 8787);
  EXPECT_EQ(parse_endpoint("[::1]:0")->address, "::1");
  EXPECT_EQ(parse_endpoint("0.0.0.0:65535")->port, 65535);
}

TEST(Endpoint, WhatIsWrongIsNamed) {
  const std::string instead = "; write address and port, such as \"127.0.0.1:8787\" or \"[::1]:8787\"";
  EXPECT_EQ(message(parse_endpoint("8787")), "\"8787\" has no port" + instead);
  EXPECT_EQ(message(parse_endpoint("localhost:8787")),
            "\"localhost:8787\" does not begin with an IP address" + instead);
  EXPECT_EQ(message(parse_endpoint("::1:8787")), "\"::1:8787\" does not begin with an IP address" + instead);
  EXPECT_EQ(message(parse_endpoint("[127.0.0.1]:80")),
            "\"[127.0.0.1]:80\" does not begin with an IP address" + instead);
  for (const std::string text : {"127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x", "127.0.0.1: 80"}) {
    EXPECT_EQ(message(parse_endpoint(text)), "\"" + text + "\" has no port between 0 and 65535" + instead);
  }
}

TEST(Url, HttpsAndThisMachineAreFine) {
  EXPECT_EQ(*parse_url("https://analyticsapi.zoho.eu", false), "https://analyticsapi.zoho.eu");
  EXPECT_EQ(*parse_url("https://analytics.example.com:8443/", false), "https://analytics.example.com:8443");
  EXPECT_EQ(*parse_url("http://127.0.0.1:8788", false), "http://127.0.0.1:8788");
  EXPECT_EQ(*parse_url("http://[::1]:8788/oauth/v2/token", true), "http://[::1]:8788/oauth/v2/token");
}

TEST(Url, WhatIsWrongIsNamed) {
  const std::string host = "; write something like \"https://analyticsapi.zoho.eu\"";
  const std::string path = "; write something like \"https://accounts.zoho.eu/oauth/v2/token\"";
  EXPECT_EQ(message(parse_url("analyticsapi.zoho.eu", false)), "\"analyticsapi.zoho.eu\" is no URL" + host);
  EXPECT_EQ(message(parse_url("https://", false)), "\"https://\" is no URL" + host);
  EXPECT_EQ(message(parse_url("ftp://a.example.com", false)), "\"ftp://a.example.com\" is no https URL" + host);
  EXPECT_EQ(message(parse_url("http://a.example.com", false)),
            "\"http://a.example.com\" would send the token unencrypted over a network" + host);
  EXPECT_EQ(message(parse_url("https://me@a.example.com", false)),
            "\"https://me@a.example.com\" has more in it than host and path" + host);
  EXPECT_EQ(message(parse_url("https://a.example.com?x=1", false)),
            "\"https://a.example.com?x=1\" has more in it than host and path" + host);
  EXPECT_EQ(message(parse_url("https://a.example.com/api", false)), "\"https://a.example.com/api\" has a path" + host);
  EXPECT_EQ(message(parse_url("https://a.example.com/", true)), "\"https://a.example.com/\" has no path" + path);
}

TEST(Host, IsANameWithoutSchemeAndPort) {
  for (const std::string text : {"imports.example.com", "nas-2", "192.168.1.5", "[fe80::1]"})
    EXPECT_TRUE(check_host(text)) << text;
  for (const std::string text : {"http://imports", "imports:8787", "a b", "[]", ""}) {
    EXPECT_EQ(
        message(check_host(text)),
        "\"" + text + "\" is no host; write the name alone, without http:// and port, such as \"imports.example.com\"");
  }
}

}  // namespace
}  // namespace dropload::config
