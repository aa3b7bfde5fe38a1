#include "common/zoho/codes.h"

#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace dropload::zoho {
namespace {

using enum FailureClass;

TEST(Codes, EveryCodeHasTheClassThatTheApiPageGivesIt) {
  const std::map<FailureClass, std::vector<int>> page{
      {token, {8535}},
      {no_slot, {8134}},
      {too_fast, {6045}},
      {table_busy, {7092, 7198, 10001}},
      {organization_exhausted, {6001, 6043, 6044}},
      {request_wrong, {7103, 7104, 7107, 7111, 7203, 7208, 7248, 7301, 7319, 7478, 7512, 8046, 8079, 8080, 8083,
                       8119, 8138, 8148, 8149, 8504, 8516, 8540, 7336, 7337, 7338, 7340, 8125, 8126, 8127, 8137}},
      {data_wrong, {7232}},
      {server, {7005}}};
  for (const auto& [failure_class, list] : page) {
    for (const int code : list) {
      ASSERT_NE(find_code(code), nullptr) << code;
      EXPECT_EQ(find_code(code)->failure_class, failure_class) << code;
      EXPECT_EQ(classify(200, code), failure_class) << "a known code wins over the status: " << code;
      EXPECT_EQ(classify(503, code), failure_class) << code;
    }
  }
}

TEST(Codes, StatusesAreThoseOfTheApiPage) {
  const std::map<int, int> other_than_400{{7103, 404}, {7104, 404}, {7138, 404}, {7301, 403},
                                          {8138, 403}, {8535, 401}, {7005, 500}};
  for (const auto& entry : codes()) {
    const auto expected = other_than_400.find(entry.code);
    EXPECT_EQ(entry.http_status, expected == other_than_400.end() ? 400 : expected->second) << entry.code;
  }
}

TEST(Codes, SymbolsAreThoseOfTheApiPage) {
  const std::map<int, std::string_view> page{{7103, "META_OBJECT_NOT_PRESENT"},
                                             {7104, "META_OBJECT_NOT_PRESENT"},
                                             {7107, "META_OBJECT_NOT_PRESENT"},
                                             {7111, "META_DBOBJECT_NAME_DUPLICATED"},
                                             {7203, "IMPORT_FILE_EMPTY"},
                                             {7208, "IMPORT_FILE_NUMBER_OF_FIELDS_EXCEEDS_SIZE"},
                                             {7232, "IMPORT_ABORTED"},
                                             {7248, "INVALID_FILE_CONTENT"},
                                             {7301, "SECURITY_NOT_PERMITTED"},
                                             {7319, "OBJID_NOT_BELONGS_TO_DB"},
                                             {7336, "BATCH_IMPORT_LIMIT_EXCEEDED"},
                                             {7337, "BATCH_IMPORT_LAST_BATCH_ALREADY_RECEIVED"},
                                             {7338, "BATCH_IMPORT_INVALID_KEY"},
                                             {7340, "BATCH_IMPORT_VIEWID_MISMATCH"},
                                             {7478, "MORE_THAN_MAX_COLUMN"},
                                             {7512, "INVALID_DATE_FORMAT"},
                                             {8046, "INVALID_COLUMNS_SELECTED"},
                                             {8080, "INVALID_JSON_CONFIGURATION"},
                                             {8083, "ORGID_NOT_PRESENT_IN_THE_HEADER"},
                                             {8134, "ASYNC_IMPORT_LIMIT_EXCEEDED"},
                                             {8137, "IMPORT_JOB_NOT_FOUND"},
                                             {8138, "IMPORT_JOB_ACCESS_DENIED"},
                                             {8535, "INVALID_OAUTHTOKEN"},
                                             {7005, "COMMON_INTERNAL_SERVER_ERROR"}};
  for (const auto& [code, symbol] : page) {
    ASSERT_NE(find_code(code), nullptr) << code;
    EXPECT_EQ(find_code(code)->symbol, symbol) << code;
  }
}

TEST(Codes, EveryHintIsASentence) {
  for (const auto& entry : codes()) {
    EXPECT_GE(entry.hint.size(), 20u) << entry.code;
    EXPECT_EQ(entry.hint.back(), '.') << entry.code;
    EXPECT_EQ(hint_for(200, entry.code), entry.hint);
  }
}

TEST(Codes, TheTableAscendsWithoutRepeats) {
  std::set<int> seen;
  for (const auto& entry : codes()) {
    EXPECT_TRUE(seen.empty() || *seen.rbegin() < entry.code) << entry.code;
    seen.insert(entry.code);
  }
}

TEST(Codes, UnknownCodesGoByTheStatus) {
  for (const int code : {0, 1, 7104'000, -7}) {
    EXPECT_EQ(find_code(code), nullptr);
    EXPECT_EQ(classify(401, code), token);
    EXPECT_EQ(classify(429, code), too_fast);
    EXPECT_EQ(classify(500, code), server);
    EXPECT_EQ(classify(599, code), server);
    EXPECT_EQ(classify(400, code), request_wrong);
    EXPECT_EQ(classify(200, code), request_wrong);
  }
  EXPECT_EQ(hint_for(429, 0), hint_for(200, 6045));
  EXPECT_EQ(hint_for(401, 0), hint_for(200, 8535));
  EXPECT_EQ(hint_for(502, 0), hint_for(200, 7005));
  EXPECT_NE(hint_for(418, 0).find("does not accept"), std::string_view::npos);
}

TEST(Codes, ClassesHaveWords) {
  std::set<std::string_view> words;
  for (int i = 1; i <= static_cast<int>(server); ++i) words.insert(to_string(static_cast<FailureClass>(i)));
  EXPECT_EQ(words.size(), 8u);
  EXPECT_EQ(to_string(organization_exhausted), "organization_exhausted");
}

TEST(Codes, ARefusalTakesStatusAndSymbolFromTheTable) {
  const auto refusal = refuse(7111, "An object with the name Sales already exists in this workspace.");
  EXPECT_EQ(refusal.http_status, 400);
  EXPECT_EQ(refusal.code, 7111);
  EXPECT_EQ(refusal.symbol, "META_DBOBJECT_NAME_DUPLICATED");
  EXPECT_EQ(refusal.message, "An object with the name Sales already exists in this workspace.");
  EXPECT_THROW(refuse(4711, ""), std::logic_error);
}

}  // namespace
}  // namespace dropload::zoho
