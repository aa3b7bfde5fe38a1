#include "daemon/queue/states.h"

#include <set>

#include <gtest/gtest.h>

#include "daemon/queue/types.h"
#include "tests/daemon/queue/queue_fixture.h"

namespace dropload::queue {
namespace {

using S = SubmissionState;
using J = JobState;

TEST(States, ASubmissionChangesOnlyAsTheHeaderDrawsIt) {
  const std::set<std::pair<S, S>> drawn{
      {S::queued, S::importing},  {S::queued, S::held},    {S::queued, S::failed},    {S::queued, S::cancelled},
      {S::queued, S::superseded}, {S::importing, S::done}, {S::importing, S::failed}, {S::importing, S::held},
      {S::importing, S::queued},  {S::held, S::queued},    {S::held, S::cancelled}};
  for (const S from : submission_states) {
    for (const S to : submission_states) {
      EXPECT_EQ(is_legal(from, to), drawn.contains({from, to})) << to_string(from) << " -> " << to_string(to);
    }
  }
}

TEST(States, AJobChangesOnlyAsTheHeaderDrawsIt) {
  const std::set<std::pair<J, J>> drawn{{J::uploading, J::running}, {J::uploading, J::failed}, {J::uploading, J::lost},
                                        {J::running, J::succeeded}, {J::running, J::failed},   {J::running, J::lost}};
  for (const J from : job_states) {
    for (const J to : job_states) {
      EXPECT_EQ(is_legal(from, to), drawn.contains({from, to})) << to_string(from) << " -> " << to_string(to);
    }
  }
}

TEST(States, NothingLeadsOutOfAFinalState) {
  for (const S state : submission_states) {
    EXPECT_EQ(is_final(state),
              state == S::done || state == S::failed || state == S::cancelled || state == S::superseded);
  }
  for (const J state : job_states) EXPECT_EQ(is_final(state), state != J::uploading && state != J::running);
}

TEST(States, EveryWordIsReadBackAsTheStateItNames) {
  for (const S state : submission_states) EXPECT_EQ(parse_submission_state(to_string(state)), state);
  for (const J state : job_states) EXPECT_EQ(parse_job_state(to_string(state)), state);
  for (const Source source : {Source::drop, Source::rest}) EXPECT_EQ(parse_source(to_string(source)), source);
}

TEST(States, AWordThatNamesNoStateIsNotGuessedAt) {
  EXPECT_EQ(parse_submission_state("Queued"), std::nullopt);
  EXPECT_EQ(parse_job_state(""), std::nullopt);
  EXPECT_EQ(parse_source("ftp"), std::nullopt);
}

}  // namespace
}  // namespace dropload::queue
