#include "daemon/schedule/duration.h"

#include <gtest/gtest.h>

namespace dropload::schedule {
namespace {

using queue::JobTiming;

constexpr PollSettings poll_words{Milliseconds{2'000}, Milliseconds{10'000}};
constexpr Time sent{1'000'000};

JobTiming sent_with(std::uint64_t bytes) {
  JobTiming job;
  job.bytes = bytes;
  job.sent_at = sent;
  job.ran_at = sent;
  return job;
}

void learn_from(JobTiming& job, Milliseconds took) {
  job.table = learn(job.table, job.bytes, took, expected_duration(job, poll_words));
}

// Of jobs that take 3 seconds and one for each megabyte.
JobTiming of_a_known_table(std::uint64_t bytes) {
  JobTiming job = sent_with(0);
  for (const std::uint64_t mb : {1, 5, 2, 8, 3, 1, 9, 4, 1, 6}) {
    job.bytes = mb * 1'000'000;
    learn_from(job, std::chrono::seconds(3 + mb));
  }
  job.bytes = bytes;
  return job;
}

TEST(Duration, AJobOfWhichNothingIsKnownTakesTheFirstPollAndTimeForItsBytes) {
  EXPECT_EQ(poll_at(sent_with(4), poll_words, sent), sent + poll_words.first_poll);
  EXPECT_EQ(poll_at(sent_with(40'000'000), poll_words, sent), sent + std::chrono::seconds(12));
  EXPECT_FALSE(expected_duration(sent_with(4), poll_words).known);
}

TEST(Duration, ATablesJobsTakeATimeToStartAndATimeForEachByte) {
  for (const int mb : {0, 2, 50}) {
    const auto expected = expected_duration(of_a_known_table(static_cast<std::uint64_t>(mb) * 1'000'000), poll_words);
    EXPECT_NEAR(static_cast<double>(expected.time.count()), 3'000 + 1'000 * mb, 600 + 20 * mb) << mb;
    EXPECT_TRUE(expected.known);
  }
}

TEST(Duration, OlderJobsAreForgotten) {
  auto job = of_a_known_table(1'000'000);
  for (int i = 0; i < 40; ++i) learn_from(job, std::chrono::seconds(20));
  EXPECT_NEAR(static_cast<double>(expected_duration(job, poll_words).time.count()), 20'000, 500);
}

TEST(Duration, FilesOfOneSizeSayNothingOfALargerOneThatTheOrganizationDoesNotSay) {
  JobTiming job = sent_with(1'000'000);
  job.organization = of_a_known_table(0).table;
  for (int i = 0; i < 10; ++i) learn_from(job, std::chrono::seconds(4));
  job.bytes = 50'000'000;
  EXPECT_NEAR(static_cast<double>(expected_duration(job, poll_words).time.count()), 53'000, 3'000);
}

TEST(Duration, ATableThatIsNewIsExpectedToBeLikeTheOthers) {
  auto job = sent_with(5'000'000);
  job.organization = of_a_known_table(0).table;
  EXPECT_NEAR(static_cast<double>(expected_duration(job, poll_words).time.count()), 8'000, 500);
}

TEST(Duration, MoreBytesNeverTakeLessTime) {
  JobTiming job = sent_with(1'000'000);
  learn_from(job, std::chrono::seconds(9));
  job.bytes = 9'000'000;
  learn_from(job, std::chrono::seconds(1));
  const auto large = expected_duration(job, poll_words).time;
  job.bytes = 0;
  EXPECT_GE(large, expected_duration(job, poll_words).time);
  EXPECT_GE(expected_duration(job, poll_words).time, Milliseconds{0});
}

TEST(Duration, AJobIsAskedForWhenItIsLikelyToBeDoneAndThenSoon) {
  JobTiming job = sent_with(1'000);
  for (int i = 0; i < 30; ++i) learn_from(job, i % 2 == 0 ? std::chrono::seconds(19) : std::chrono::seconds(21));
  const auto first = poll_at(job, poll_words, sent) - sent;
  EXPECT_GT(first, std::chrono::milliseconds(20'200));
  EXPECT_LT(first, std::chrono::milliseconds(21'000));
  const auto again = poll_at(job, poll_words, sent + first) - (sent + first);
  EXPECT_GE(again, std::chrono::seconds(1));
  EXPECT_LE(again, std::chrono::seconds(2));
}

TEST(Duration, AJobThatIsFarOverItsTimeIsAskedForEveryPollEvery) {
  auto job = of_a_known_table(1'000'000);
  EXPECT_EQ(poll_at(job, poll_words, sent + std::chrono::seconds(60)), sent + std::chrono::seconds(70));
}

TEST(Duration, AJobThatWasAskedForTooEarlyIsAskedForWhenItIsLikelyToBeDone) {
  const auto job = of_a_known_table(60'000'000);
  EXPECT_EQ(poll_at(job, poll_words, sent + std::chrono::seconds(2)), poll_at(job, poll_words, sent));
}

TEST(Duration, WhenTheBudgetIsShortLooksAreFewerAndLater) {
  auto job = of_a_known_table(1'000'000);
  const auto first = poll_at(job, poll_words, sent);
  job.budget_used = 0.6;
  EXPECT_GT(poll_at(job, poll_words, sent), first);
  EXPECT_EQ(poll_at(job, poll_words, sent + std::chrono::seconds(7)), sent + std::chrono::seconds(17));
}

TEST(Duration, NoLookIsMoreThanFiveMinutesAhead) {
  EXPECT_EQ(poll_at(sent_with(100'000'000'000), poll_words, sent), sent + std::chrono::seconds(300));
  EXPECT_EQ(poll_at(sent_with(100'000'000'000), poll_words, sent + std::chrono::seconds(300)),
            sent + std::chrono::seconds(600));
}

// What is learned of a job of the size, and what an organization and a new table of it then expect.
void learn_from(JobTiming& job, std::uint64_t bytes, Milliseconds took) {
  job.bytes = bytes;
  learn_from(job, took);
}

JobTiming of_a_new_table(const JobTiming& known, std::uint64_t bytes) {
  JobTiming job = sent_with(bytes);
  job.organization = known.table;
  return job;
}

TEST(Duration, OneSlowJobOfAFewKilobytesDoesNotMakeALargerOneMinutesLong) {
  JobTiming job = sent_with(0);
  for (int i = 0; i < 3; ++i) learn_from(job, 20, std::chrono::milliseconds(16));
  learn_from(job, 5'500, std::chrono::seconds(40));
  EXPECT_LT(poll_at(of_a_new_table(job, 65'000), poll_words, sent), sent + std::chrono::seconds(15));
  job.bytes = 65'000;
  EXPECT_LT(poll_at(job, poll_words, sent), sent + std::chrono::seconds(15)) << "of a table that is known";
}

TEST(Duration, SizesCloseTogetherWithTimesFarApartAreNotALineToLargerOnes) {
  JobTiming job = sent_with(0);
  for (int i = 0; i < 12; ++i) {
    learn_from(job, 5'000 + 100 * static_cast<std::uint64_t>(i % 6), std::chrono::seconds(1 + 7 * (i % 6)));
  }
  const auto of_these = expected_duration(job, poll_words).time;
  job.bytes = 650'000;
  EXPECT_LT(expected_duration(job, poll_words).time, of_these * 2);
  EXPECT_LT(expected_duration(of_a_new_table(job, 650'000), poll_words).time, of_these * 2);
}

TEST(Duration, BeyondTheSizesThatWereSeenAByteTakesAtMostFourTimesWhatIsKnownOtherwise) {
  JobTiming job = sent_with(0);
  for (int i = 0; i < 10; ++i) {
    learn_from(job, 100'000 * static_cast<std::uint64_t>(1 + i % 2), std::chrono::seconds(2 + 3 * (i % 2)));
  }
  job.bytes = 40'000'000;
  EXPECT_GT(expected_duration(job, poll_words).time, std::chrono::seconds(40)) << "30 s for each megabyte were seen";
  EXPECT_LT(expected_duration(job, poll_words).time, std::chrono::seconds(50));
}

TEST(Duration, AJobThatTakesFarLongerThanExpectedIsBelievedStepByStep) {
  JobTiming job = sent_with(1'000);
  for (int i = 0; i < 10; ++i) learn_from(job, std::chrono::seconds(1));
  learn_from(job, std::chrono::minutes(10));
  EXPECT_LT(expected_duration(job, poll_words).time, std::chrono::seconds(3));
  for (int i = 0; i < 25; ++i) learn_from(job, std::chrono::minutes(10));
  EXPECT_GT(expected_duration(job, poll_words).time, std::chrono::minutes(5));
}

TEST(Duration, TheEndIsKnownHoweverLateTheLook) {
  EXPECT_EQ(duration_of(sent_with(1), poll_words, sent + std::chrono::seconds(5), sent + std::chrono::seconds(60)),
            std::chrono::seconds(5));
}

TEST(Duration, AnEndThatCannotBeIsNotBelieved) {
  auto job = of_a_known_table(1'000'000);  // 4 seconds
  EXPECT_LT(duration_of(job, poll_words, sent + std::chrono::seconds(90), sent + std::chrono::seconds(6)),
            std::chrono::seconds(4));
  job.ran_at = sent + std::chrono::seconds(5);
  EXPECT_EQ(duration_of(job, poll_words, sent + std::chrono::seconds(2), sent + std::chrono::seconds(6)),
            std::chrono::seconds(5));
}

TEST(Duration, AClockThatDiffersLeadsNeitherToEverLaterNorToEverEarlierLooks) {
  for (const auto skew : {std::chrono::seconds(-30), std::chrono::seconds(30)}) {
    JobTiming job = sent_with(1'000);
    for (int i = 0; i < 200; ++i) {
      constexpr Milliseconds truth = std::chrono::seconds(8);
      job.ran_at = sent;
      Time now = poll_at(job, poll_words, sent);
      while (now < sent + truth) {
        job.ran_at = now;
        now = poll_at(job, poll_words, now);
      }
      learn_from(job, duration_of(job, poll_words, sent + truth + skew, now));
    }
    const auto expected = expected_duration(job, poll_words).time;
    EXPECT_GT(expected, std::chrono::seconds(6));
    EXPECT_LT(expected, std::chrono::seconds(10));
  }
}

}  // namespace
}  // namespace dropload::schedule
