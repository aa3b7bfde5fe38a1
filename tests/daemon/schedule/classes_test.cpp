// The table of import-api.md, section 7, line by line: what each class and each code decides.

#include <set>

#include "tests/daemon/schedule/outcome_words.h"

namespace dropload::schedule {
namespace {

using zoho::FailureClass;

struct Line {
  FailureClass failure;
  std::vector<int> codes;
};
// As the page has it. 7138, 7235, 8078, 8506, 8547 and the codes of batches and callbacks are the reference's, and
// requests that are wrong.
const std::vector<Line> page{
    {FailureClass::token, {8535}},
    {FailureClass::no_slot, {8134}},
    {FailureClass::too_fast, {6045}},
    {FailureClass::table_busy, {7092, 7198, 10001}},
    {FailureClass::organization_exhausted, {6001, 6043, 6044}},
    {FailureClass::request_wrong,
     {7103, 7104, 7107, 7111, 7203, 7208, 7248, 7301, 7319, 7478, 7512, 8046, 8079, 8080, 8083, 8119, 8138, 8148,
      8149, 8504, 8516, 8540, 7138, 7235, 7336, 7337, 7338, 7340, 8078, 8125, 8126, 8127, 8137, 8547, 8506}},
    {FailureClass::data_wrong, {7232}},
    {FailureClass::server, {7005}}};

class EachCode : public testing::TestWithParam<int> {};

std::vector<int> every_code() {
  std::vector<int> codes;
  for (const auto& code : zoho::codes()) codes.push_back(code.code);
  return codes;
}

FailureClass class_on_the_page(int code) {
  for (const auto& line : page) {
    if (std::ranges::find(line.codes, code) != line.codes.end()) return line.failure;
  }
  throw std::out_of_range("a code that no line has: " + std::to_string(code));
}

bool is_of_the_environment(FailureClass failure) {
  using enum FailureClass;
  return std::set{token, no_slot, too_fast, table_busy, organization_exhausted}.contains(failure);
}

bool pauses(FailureClass failure) {
  using enum FailureClass;
  return std::set{token, too_fast, organization_exhausted}.contains(failure);
}

TEST_P(EachCode, DecidesAsItsLineSaysAndHasASentence) {
  const int code = GetParam();
  const auto failure = class_on_the_page(code);
  const auto& known = *zoho::find_code(code);
  EXPECT_EQ(known.failure_class, failure);
  for (const int status : {200, known.http_status}) {
    const auto verdict = on_refused(moment, some_job, {.token_refused_before = true}, call(status, code));
    const auto end = end_of(verdict);
    EXPECT_EQ(end.state, JobState::failed);
    EXPECT_EQ(end.code, code);
    EXPECT_THAT(end.reason, HasSubstr("(code " + std::to_string(code) + ")"));
    EXPECT_GT(end.advice.size(), 20U) << "what to do";
    EXPECT_TRUE(end.advice.ends_with("."));
    EXPECT_EQ(verdict.pause.has_value(), pauses(failure));
    EXPECT_EQ(end.no_slot_until.has_value(), failure == FailureClass::no_slot);
    if (const auto* again = std::get_if<queue::Requeue>(&end.after)) {
      EXPECT_EQ(again->spends_attempt, failure == FailureClass::server);
    } else {
      EXPECT_TRUE(fails(verdict));
      EXPECT_FALSE(is_of_the_environment(failure) || failure == FailureClass::server) << "it may be otherwise later";
    }
  }
}

TEST_P(EachCode, DecidesTheSameWhenItComesAsTheEndOfAJob) {
  const int code = GetParam();
  const auto failure = class_on_the_page(code);
  auto failed = details(zoho::JobCode::failed);
  failed.error_code = code;
  const auto end = end_of(on_details(moment, some_job, failed));
  if (const auto* again = std::get_if<queue::Requeue>(&end.after)) {
    EXPECT_TRUE(is_of_the_environment(failure) || failure == FailureClass::server);
    EXPECT_EQ(again->spends_attempt, failure == FailureClass::server);
  } else {
    EXPECT_TRUE(failure == FailureClass::token || !is_of_the_environment(failure));
  }
}

TEST_P(EachCode, NeverEndsAJobWhenItAnswersAPollBeforeTheSummaryIsForgotten) {
  const int code = GetParam();
  const auto verdict = on_status_refused(moment, some_job, {}, call(400, code), 0);
  const bool is_about_the_job = code == 8137 || code == 8138;
  EXPECT_EQ(std::holds_alternative<Runs>(verdict.what), !is_about_the_job);
}

INSTANTIATE_TEST_SUITE_P(All, EachCode, testing::ValuesIn(every_code()),
                         [](const auto& one) { return std::to_string(one.param); });

TEST(EachClass, OfTheEnvironmentHoldsEvenForTheLastAttempt) {
  auto job = some_job;
  job.attempts = job.max_attempts - 1;
  for (const auto& line : page) {
    if (!is_of_the_environment(line.failure)) continue;
    for (const int code : line.codes) {
      EXPECT_FALSE(requeue_of(on_refused(moment, job, {}, call(400, code))).spends_attempt) << code;
    }
  }
}

TEST(EachClass, OfACodeThatNobodyKnowsGoesByTheStatus) {
  EXPECT_EQ(zoho::classify(401, 0), FailureClass::token);
  EXPECT_EQ(zoho::classify(429, 99'999), FailureClass::too_fast);
  EXPECT_EQ(zoho::classify(502, 0), FailureClass::server);
  EXPECT_EQ(zoho::classify(400, 99'999), FailureClass::request_wrong);
}

TEST(EachClass, ThatPausesHasAReasonAndAProbeTime) {
  for (const int code : {8535, 6001, 6043, 6044, 6045}) {
    const auto verdict = on_refused(moment, some_job, {.token_refused_before = true}, call(400, code));
    ASSERT_TRUE(verdict.pause) << code;
    EXPECT_GT(verdict.pause->until, asked_at) << code;
    EXPECT_GT(verdict.pause->reason.size(), 20U) << code;
  }
}

}  // namespace
}  // namespace dropload::schedule
