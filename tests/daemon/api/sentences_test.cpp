#include "daemon/api/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dropload::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Time now{1'700'000'000'000};

OrganizationNow organization() {
  OrganizationNow made;
  made.view.name = "main";
  made.view.bulk_allowed = 40;
  return made;
}

RouteFacts route() {
  return {"sales", {}, DropView{"watched", "", {}}, {}, {}};
}

StandingSentence only_sentence(const StandingFacts& facts) {
  const auto all = standing_sentences(facts, now);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? StandingSentence{} : all.front();
}

TEST(StandingSentences, WhereAllIsWellThereIsNothingToSay) {
  const StandingFacts facts{{}, {organization()}, {route()}};
  EXPECT_TRUE(standing_sentences(facts, now).empty());
  EXPECT_EQ(standing_word({}), "fine");
}

TEST(StandingSentences, APauseByTheServicesWordIsTroubleAndOneByAPersonIsNot) {
  auto paused = organization();
  paused.view.paused = queue::Pause{"The service refused the token.", now};
  auto sentence = only_sentence({{}, {paused}, {}});
  EXPECT_EQ(sentence.severity, Severity::trouble);
  EXPECT_EQ(sentence.text,
            "Organization main starts nothing until 2023-11-14T22:13:20.000Z: The service refused the token.");
  EXPECT_EQ(sentence.link->kind, "organization");
  paused.view.paused = queue::Pause{"holiday", {}};
  sentence = only_sentence({{}, {paused}, {}});
  EXPECT_EQ(sentence.severity, Severity::attention);
}

TEST(StandingSentences, ABudgetIsExhaustedWhenFilesWaitForIt) {
  auto busy = organization();
  busy.view.bulk_calls = 40;
  EXPECT_TRUE(standing_sentences({{}, {busy}, {}}, now).empty());
  busy.waiting = 3;
  EXPECT_EQ(only_sentence({{}, {busy}, {}}).text,
            "Organization main has used all 40 calls of this minute, and 3 files wait.");
  busy.view.closed_until = now + Milliseconds(60'000);
  EXPECT_THAT(only_sentence({{}, {busy}, {}}).text,
              StartsWith("The service says that organization main makes too many"));
}

TEST(StandingSentences, ADirectoryThatIsGoneIsTroubleAndOneThatIsPolledIsNot) {
  auto gone = route();
  gone.drop = DropView{"offline", "its file system is not mounted", {}};
  auto sentence = only_sentence({{}, {}, {gone}});
  EXPECT_EQ(sentence.severity, Severity::trouble);
  EXPECT_THAT(sentence.text, HasSubstr("its file system is not mounted"));
  gone.drop = DropView{"polled", "it is on a network file system", {}};
  EXPECT_EQ(only_sentence({{}, {}, {gone}}).severity, Severity::attention);
  auto stopped = route();
  stopped.intake = {"stopped", "the disk is full", now};
  EXPECT_EQ(only_sentence({{}, {}, {stopped}}).text, "Route sales accepts no files: the disk is full");
}

TEST(StandingSentences, AFileThatIsMissingIsTroubleAndOneThatIsLateIsNot) {
  auto expecting = route();
  expecting.expected.push_back({"a by 06:30", "missing", "a.csv was due at 06:30 and has not come", {}, now, {}});
  expecting.expected.push_back({"b by 06:30", "late", "b.csv came at 06:40", {}, now, {}});
  expecting.expected.push_back({"c by 06:30", "in time", "c.csv came", {}, now, {}});
  const auto all = standing_sentences({{}, {}, {expecting}}, now);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].text, "Route sales: a.csv was due at 06:30 and has not come");
  EXPECT_EQ(all[0].severity, Severity::trouble);
  EXPECT_EQ(all[1].severity, Severity::attention);
  EXPECT_EQ(standing_word(all), "trouble");
}

TEST(StandingSentences, TroubleComesFirst) {
  StandingFacts facts;
  facts.overview.states[queue::SubmissionState::held] = 2;
  facts.overview.failed_for_good = 1;
  facts.overview.warned_of = 3;
  const auto all = standing_sentences(facts, now);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].text, "1 file failed in the last day, and nobody has retried it.");
  EXPECT_EQ(all[1].text, "2 files are held until a person decides.");
  EXPECT_EQ(all[2].text, "Something odd was found in 3 files of the last day.");
  EXPECT_FALSE(all[2].link);
  for (const auto& sentence : all) EXPECT_FALSE(sentence.advice.empty());
}

}  // namespace
}  // namespace dropload::api
