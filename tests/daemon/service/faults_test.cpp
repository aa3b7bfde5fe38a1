// Which call a fault strikes, and how faults are written.

#include "daemon/service/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/fault_json.h"

namespace dropload::service {
namespace {

constexpr Time set_at{1'700'000'000'000};

Fault fault(FaultKind kind, int skip = 0, std::optional<int> count = 1) {
  Fault made;
  made.kind = kind;
  made.skip = skip;
  made.count = count;
  return made;
}

FaultTable table_of(std::vector<Fault> faults) {
  FaultTable table;
  table.replace(std::move(faults), set_at);
  return table;
}

// "..x" for three calls of which the last is struck.
std::string strikes(FaultTable& table, int calls, CallGroup group = CallGroup::create) {
  std::string pattern;
  for (int i = 0; i < calls; ++i) pattern += table.strike(Strikes::arriving, group, "", set_at) == nullptr ? '.' : 'x';
  return pattern;
}

TEST(Faults, StrikeTheNextCallsAfterThoseThatTheySkip) {
  auto table = table_of({fault(FaultKind::table_locked, 2, 3)});
  EXPECT_EQ(strikes(table, 8), "..xxx...");
  EXPECT_EQ(table.entries().at(0).struck, 3);
}

TEST(Faults, WithoutACountTheyStrikeUntilTheyAreTakenAway) {
  auto table = table_of({fault(FaultKind::table_locked, 1, std::nullopt)});
  EXPECT_EQ(strikes(table, 5), ".xxxx");
  table.replace({}, set_at);
  EXPECT_EQ(strikes(table, 2), "..");
}

TEST(Faults, CountOnlyTheCallsThatTheyLookAt) {
  auto table = table_of({fault(FaultKind::table_locked, 1)});
  EXPECT_EQ(strikes(table, 3, CallGroup::status), "...");
  EXPECT_EQ(strikes(table, 3, CallGroup::metadata), "...");
  EXPECT_EQ(strikes(table, 3), ".x.");
}

TEST(Faults, TheFirstOfTheListThatStrikesIsTheOne) {
  auto table = table_of({fault(FaultKind::table_locked), fault(FaultKind::units_used_up)});
  EXPECT_EQ(table.strike(Strikes::arriving, CallGroup::create, "", set_at)->kind, FaultKind::table_locked);
  EXPECT_EQ(table.strike(Strikes::arriving, CallGroup::create, "", set_at)->kind, FaultKind::units_used_up);
  EXPECT_EQ(table.strike(Strikes::arriving, CallGroup::create, "", set_at), nullptr);
}

TEST(Faults, OfOneJobLeaveOthersAlone) {
  auto forget = fault(FaultKind::forget_job);
  forget.job = "7";
  auto table = table_of({forget});
  EXPECT_EQ(table.strike(Strikes::arriving, CallGroup::status, "8", set_at), nullptr);
  EXPECT_NE(table.strike(Strikes::arriving, CallGroup::status, "7", set_at), nullptr);
}

TEST(Faults, AreOverWhenTheirTimeIs) {
  auto outage = fault(FaultKind::server_error, 0, std::nullopt);
  outage.lasts = Milliseconds{5'000};
  auto table = table_of({outage});
  EXPECT_NE(table.strike(Strikes::arriving, CallGroup::status, "", set_at + Milliseconds{4'999}), nullptr);
  EXPECT_EQ(table.strike(Strikes::arriving, CallGroup::status, "", set_at + Milliseconds{5'000}), nullptr);
}

TEST(Faults, ASeedPicksTheSameCallsEachTimeAndAboutTheirShare) {
  auto some = fault(FaultKind::table_locked, 0, std::nullopt);
  some.rate = 0.3;
  some.seed = 7;
  auto table = table_of({some});
  const std::string first = strikes(table, 1'000);
  table.replace({some}, set_at);
  EXPECT_EQ(strikes(table, 1'000), first);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(first, 'x')), 300, 60);
  some.seed = 8;
  table.replace({some}, set_at);
  EXPECT_NE(strikes(table, 1'000), first);
}

TEST(Faults, EachKindHasOneRuleAndAWordOfItsOwn) {
  std::vector<std::string_view> words;
  for (const FaultRule& rule : fault_rules()) {
    EXPECT_EQ(&rule_of(rule.kind), &rule);
    words.push_back(rule.word);
  }
  EXPECT_EQ(words.size(), 12U);
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
}

TEST(FaultJson, EveryKindIsShownAsItWasSetAndCanBeSentBack) {
  for (const FaultRule& rule : fault_rules()) {
    const auto faults = decode_faults(fmt::format(R"([{{"fault":"{}","skip":2,"count":3}}])", rule.word));
    ASSERT_TRUE(faults) << faults.error().message;
    const auto table = table_of(*faults);
    const std::string shown = encode_faults(table.entries());
    EXPECT_EQ(nlohmann::json::parse(shown).at(0).at("fault"), std::string(rule.word));
    EXPECT_EQ(nlohmann::json::parse(shown).at(0).at("skip"), 2);
    const auto again = decode_faults(shown);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(encode_faults(table_of(*again).entries()), shown);
  }
}

TEST(FaultJson, TakesWhatEachKindHasOfItsOwn) {
  const auto faults = decode_faults(R"([
    {"fault":"server_error","count":"all","for_seconds":60,"status":502,"page":true,"on":["status","create"]},
    {"fault":"too_many_requests","rate":0.25,"seed":9,"seconds":7},
    {"fault":"drop_upload","after_bytes":1000},
    {"fault":"forget_job","job":"12"},
    {"fault":"slots_taken","slots":3}])");
  ASSERT_TRUE(faults) << faults.error().message;
  EXPECT_EQ(faults->at(0).status, 502);
  EXPECT_TRUE(faults->at(0).page);
  EXPECT_EQ(faults->at(0).on,
            static_cast<std::uint8_t>(CallGroup::status) | static_cast<std::uint8_t>(CallGroup::create));
  EXPECT_EQ(faults->at(0).lasts, Milliseconds{60'000});
  EXPECT_FALSE(faults->at(0).count);
  EXPECT_EQ(faults->at(1).seconds, 7);
  EXPECT_FALSE(faults->at(1).count) << "with a rate all calls are looked at";
  EXPECT_EQ(faults->at(2).after_bytes, 1'000U);
  EXPECT_EQ(faults->at(3).job, "12");
  EXPECT_EQ(faults->at(4).slots, 3);
}

TEST(FaultJson, WhatIsWrongIsSaidWithItsEntryAndWhatToWriteInstead) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {R"({"fault":"lose_answer"})", "list of at most 100"},
      {R"([{"fault":"lose_anwser"}])", "fault 1: it needs a \"fault\"; write one of lose_answer,"},
      {R"([{"fault":"lose_answer"},7])", "fault 2: it is no object"},
      {R"([{"fault":"lose_answer","count":0}])", "\"count\" is out of range; write a whole number from 1"},
      {R"([{"fault":"lose_answer","skip":"1"}])", "\"skip\" is out of range"},
      {R"([{"fault":"lose_answer","rate":0}])", "\"rate\" is no share"},
      {R"([{"fault":"lose_answer","status":503}])", "\"status\" is not known here; write only fault, skip"},
      {R"([{"fault":"server_error","status":404}])",
       "\"status\" is out of range; write a whole number from 500 to 599"},
      {R"([{"fault":"too_fast","on":["uploads"]}])", "\"on\" is no list of calls"},
      {R"([{"fault":"server_error","page":1}])", "\"page\" is neither true nor false"},
      {R"([{"fault":"forget_job","job":1}])", "\"job\" is no text"},
  };
  for (const auto& [text, words] : wrong) {
    const auto faults = decode_faults(text);
    ASSERT_FALSE(faults) << text;
    EXPECT_EQ(faults.error().code, Errc::invalid_argument);
    EXPECT_THAT(faults.error().message, testing::HasSubstr(words)) << text;
  }
}

}  // namespace
}  // namespace dropload::service
