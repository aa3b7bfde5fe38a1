// Every code that the service raises and every key of CONFIG that it reads has a test here that is named after it:
// "AnEmptyFileIs7203", "DelimiterIsOneOfFiveCharacters". What is raised and read is looked up in the sources, so that
// what is new fails until it has a test.

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "common/zoho/codes.h"
#include "tests/support/temporary_directory.h"

namespace dropload::test {
namespace {

// Of a source below the checkout, without its comments.
std::string code_of(const std::filesystem::path& source) {
  return std::regex_replace(contents(source), std::regex("//[^\n]*"), "");
}

std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex wanted(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), wanted), end; it != end; ++it) found.insert((*it)[1]);
  return found;
}

// The codes of the table that stand somewhere in the service, or in what reads CONFIG for it.
std::set<int> raised_codes() {
  std::string text;
  const std::filesystem::path root = DROPLOAD_SOURCE_DIR;
  for (const auto& entry : std::filesystem::directory_iterator(root / "daemon/service")) text += code_of(entry.path());
  for (const char* file : {"config_decode.cpp", "config_reader.cpp", "export_config.cpp"}) {
    text += code_of(root / "common/zoho" / file);
  }
  std::set<int> codes;
  for (const std::string& number : all_matches(text, "\\b([0-9]{4,5})\\b")) {
    if (zoho::find_code(std::stoi(number)) != nullptr) codes.insert(std::stoi(number));
  }
  return codes;
}

std::set<std::string> keys_read_in(const char* file) {
  const std::string text = code_of(std::filesystem::path(DROPLOAD_SOURCE_DIR) / "common/zoho" / file);
  return all_matches(text,
                     "(?:reader\\.(?:text|texts|word|boolean|number|object|array|require|has)\\(|"
                     "read_choice\\(reader, )\"(\\w+)\"");
}

// "Suite.Test" of all tests of this program, whichever of them are to be run.
std::set<std::string> all_tests() {
  std::set<std::string> names;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const auto& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string test = suite.GetTestInfo(j)->name();
      names.insert(std::string(suite.name()) + "." + test);
    }
  }
  return names;
}

bool has_test_like(const std::string& pattern) {
  const std::regex wanted(pattern);
  for (const std::string& name : all_tests()) {
    if (std::regex_search(name, wanted)) return true;
  }
  return false;
}

std::string capitalized(std::string key) {
  key.front() = static_cast<char>(key.front() - 'a' + 'A');
  return key;
}

TEST(EveryCode, ThatTheServiceRaisesHasATestNamedAfterIt) {
  const std::set<int> codes = raised_codes();
  EXPECT_GT(codes.size(), 30U) << "the sources are not read as they should be";
  for (const int code : codes) {
    EXPECT_TRUE(has_test_like(fmt::format("(^|[^0-9]){}([^0-9]|$)", code))) << code;
  }
}

TEST(EveryKey, OfAnImportsConfigHasATestThatBeginsWithIt) {
  const std::set<std::string> keys = keys_read_in("config_decode.cpp");
  EXPECT_GE(keys.size(), 22U) << "the source is not read as it should be";
  for (const std::string& key : keys) {
    EXPECT_TRUE(has_test_like("^(?!Export).*\\." + capitalized(key) + "[A-Z]")) << key;
  }
}

TEST(EveryKey, OfAnExportsConfigHasATestThatBeginsWithIt) {
  const std::set<std::string> keys = keys_read_in("export_config.cpp");
  EXPECT_GE(keys.size(), 8U) << "the source is not read as it should be";
  for (const std::string& key : keys) {
    EXPECT_TRUE(has_test_like("^Export.*\\." + capitalized(key) + "[A-Z]")) << key;
  }
}

}  // namespace
}  // namespace dropload::test
