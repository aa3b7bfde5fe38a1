#include "daemon/api/page.h"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/api/asking.h"

namespace dropload::api {
namespace {

using test::ApiServer;
using testing::HasSubstr;
using testing::Not;

std::string header_of(const Asked& answer, const std::string& name) {
  const std::string head = answer.head + "\r\n";
  const auto begin = head.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "";
  const auto value = begin + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

TEST(Page, IsAtTheRootAsHtml) {
  const ApiServer server;
  const auto answer = ask_of(server, "GET /");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header_of(answer, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("<title>dropload</title>"));
}

TEST(Page, EachOfItsFilesHasItsTypeAndIsWhole) {
  const ApiServer server;
  for (const auto& [file, type] :
       std::vector<std::pair<std::string, std::string>>{{"app.js", "text/javascript; charset=utf-8"},
                                                        {"style.css", "text/css; charset=utf-8"},
                                                        {"icon.svg", "image/svg+xml"}}) {
    const auto answer = ask_of(server, "GET /page/" + file);
    EXPECT_EQ(header_of(answer, "Content-Type"), type);
    EXPECT_EQ(answer.body, test::contents(std::filesystem::path(DROPLOAD_SOURCE_DIR) / "daemon/api/page" / file));
  }
}

TEST(Page, TheBrowserMayLoadNothingFromElsewhereAndRunNothingInline) {
  const ApiServer server;
  const auto policy = header_of(ask_of(server, "GET /"), "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
}

TEST(Page, AFileThatTheBrowserHasIsNotSentAgain) {
  const ApiServer server;
  const auto etag = header_of(ask_of(server, "GET /page/app.js"), "ETag");
  ASSERT_NE(etag, "");
  EXPECT_EQ(ask_of(server, "GET /page/app.js", "", "If-None-Match: \"old\", " + etag + "\r\n").status, 304);
  EXPECT_EQ(ask_of(server, "GET /page/app.js", "", "If-None-Match: \"old\"\r\n").status, 200);
}

TEST(Page, AFileThatItDoesNotHaveIsAProblem) {
  const ApiServer server;
  EXPECT_EQ(ask_of(server, "GET /page/embed.cmake").status, 404);
  EXPECT_EQ(ask_of(server, "GET /page/..%2Fapi.h").status, 404);
}

// A misspelt import shows as an empty page, and in the browser's console only.
TEST(Page, EveryFileThatOneOfItsFilesNamesIsThere) {
  const std::regex named(R"re((?:from "\./|(?:src|href)="/page/)([^"]+)")re");
  std::size_t checked = 0;
  for (const auto& file : page_files()) {
    const std::string text(file.bytes);
    for (std::sregex_iterator found(text.begin(), text.end(), named), end; found != end; ++found, ++checked)
      EXPECT_EQ(page_response((*found)[1].str(), "").status, http::Status::ok) << file.name << " names " << (*found)[1];
  }
  EXPECT_GT(checked, 20U);
}

// File names and error texts come from strangers: they become text, never markup.
TEST(Page, MakesNoMarkupOutOfStrings) {
  const std::regex sink(R"((inner|outer)HTML\s*\+?=[^=]|insertAdjacentHTML|document\.write|\beval\(|new Function)");
  for (const auto& file : page_files()) EXPECT_FALSE(std::regex_search(std::string(file.bytes), sink)) << file.name;
}

}  // namespace
}  // namespace dropload::api
