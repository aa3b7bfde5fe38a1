// Jobs that ask the service to call back.

#include "daemon/run/callback.h"

#include <regex>

#include "common/base/digest.h"
#include "daemon/queue/callbacks.h"
#include "tests/daemon/run/runner_fixture.h"
#include "tests/support/captured_log.h"

namespace dropload::run {
namespace {

using testing::Not;
using testing::StartsWith;

class CallbackTest : public RunnerTest {
 protected:
  CallbackTest() {
    organization().callback_url = "https://drop.example.com/x";
    // As far away as a poll can be.
    context_->settings.outcome.first_poll = Milliseconds{1'800'000};
  }
  Organization& organization() { return context_->organizations.at("acme"); }
  static std::string secret_of(const std::string& url) { return url.substr(url.rfind('/') + 1); }
  void run_until_running(SubmissionId id) {
    run_until([&] { return !jobs_of(id).empty() && jobs_of(id).back().state == queue::JobState::running; });
  }
  bool call_back(const std::string& url) {
    auto work = [sha256 = sha256_hex(secret_of(url)), now = clock_.now()](Store& store) {
      return queue::callback_came(store, sha256, now);
    };
    const auto noted = store_->run_blocking(std::move(work)).value();
    runner_->wake();
    return noted && noted->is_heeded;
  }
  void look_some_times() {
    for (int i = 0; i < 5; ++i) {
      runner_->wake();
      io_.restart();
      io_.run_for(std::chrono::milliseconds(5));
    }
  }
  static target::Refused refused(int code) { return {zoho::refuse(code, "The callback URL cannot be reached."), {}}; }

  test::CapturedLog log_;
};

TEST_F(CallbackTest, EachJobAsksForOneWithASecretOfItsOwnWhichIsWrittenNowhere) {
  const auto a = submit("sales");
  const auto b = submit("stock");
  start();
  run_until_running(a);
  run_until_running(b);
  ASSERT_EQ(target_->callback_urls.size(), 2U);
  EXPECT_NE(target_->callback_urls[0], target_->callback_urls[1]);
  const auto queue =
      test::contents(directory_.path() / "queue.db") + test::contents(directory_.path() / "queue.db-wal");
  for (const auto& url : target_->callback_urls) {
    EXPECT_TRUE(std::regex_match(url, std::regex("https://drop\\.example\\.com/x/v1/callbacks/[0-9a-f]{64}"))) << url;
    EXPECT_TRUE(queue.find(sha256_hex(secret_of(url))) != std::string::npos);
    EXPECT_TRUE(queue.find(secret_of(url)) == std::string::npos);
    EXPECT_THAT(log_.text(), Not(HasSubstr(secret_of(url))));
  }
}

TEST_F(CallbackTest, WithoutACallbackUrlNoneIsAskedFor) {
  organization().callback_url.clear();
  const auto id = submit("sales");
  start();
  run_until_running(id);
  EXPECT_EQ(target_->callback_urls, std::vector<std::string>{""});
}

TEST_F(CallbackTest, ACallbackEndsAJobWhosePollWouldBeFarAway) {
  const auto id = submit("sales");
  start();
  run_until_running(id);
  look_some_times();
  EXPECT_TRUE(target_->polled.empty());
  EXPECT_TRUE(call_back(target_->callback_urls.at(0)));
  run_until_state(id, SubmissionState::done);
  EXPECT_EQ(target_->polled.size(), 1U);
}

TEST_F(CallbackTest, WhatIsSaidByOneIsAskedOfTheService) {
  zoho::JobDetails running;
  running.code = zoho::JobCode::in_progress;
  target_->status_answers.push_back(target::Details{running, "{}"});
  const auto id = submit("sales");
  start();
  run_until_running(id);
  EXPECT_TRUE(call_back(target_->callback_urls.at(0)));
  run_until([&] { return target_->polled.size() == 1; });
  look_some_times();
  EXPECT_EQ(find(id).state, SubmissionState::importing) << "it was a lie";
  EXPECT_EQ(target_->polled.size(), 1U);
}

TEST_F(CallbackTest, ItsPollWaitsForTheRequestBudgetLikeAnyOther) {
  organization().limits.requests.bulk = 1;
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  const auto id = submit("sales");
  start();
  run_until_running(id);
  EXPECT_TRUE(call_back(target_->callback_urls.at(0)));
  look_some_times();
  EXPECT_TRUE(target_->polled.empty());
  pass(organization().limits.requests.window + Milliseconds{1});
  run_until_state(id, SubmissionState::done);
}

TEST_F(CallbackTest, OneThatComesBeforeTheCreateCallIsAnsweredCountsToo) {
  target_->answering = [this] {
    if (target_->polled.empty()) {
      EXPECT_TRUE(call_back(target_->callback_urls.at(0)));
    }
  };
  const auto id = submit("sales");
  start();
  run_until_state(id, SubmissionState::done);
}

TEST_F(CallbackTest, ALostJobThatCallsBackIsLookedForAtOnce) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
  target_->look_answers.push_back(
      target::LastImport{zoho::ImportDetails{clock_.now(), "just then", "Success", 50, 50, 0, ""}, "{}", clock_.now()});
  const auto id = submit("sales");
  other_.exec("UPDATE submission SET records = 50 WHERE id = " + std::to_string(id));
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::lost; });
  look_some_times();
  EXPECT_TRUE(target_->looked_at.empty());
  EXPECT_TRUE(call_back(target_->callback_urls.at(0)));
  run_until_state(id, SubmissionState::done);
}

TEST_F(CallbackTest, OneThatTheServiceCannotUseCostsNoFileAndIsNotAskedForForAWhile) {
  target_->submit_answers.push_back(refused(8126));
  const auto id = submit("sales");
  start();
  run_until_running(id);
  ASSERT_EQ(target_->callback_urls.size(), 2U);
  EXPECT_THAT(target_->callback_urls[0], StartsWith("https://drop.example.com/"));
  EXPECT_EQ(target_->callback_urls[1], "");
  EXPECT_EQ(find(id).attempts, 0);
  EXPECT_FALSE(call_back(target_->callback_urls[0])) << "its job has ended";
  EXPECT_THAT(log_.text(), HasSubstr("cannot use its callback_url"));
  EXPECT_THAT(log_.text(), HasSubstr("(code 8126)"));
  run_until_running(submit("stock"));
  EXPECT_EQ(target_->callback_urls.back(), "");
  clock_.advance(context_->settings.outcome.pause_probe);
  run_until_running(submit("third"));
  EXPECT_THAT(target_->callback_urls.back(), StartsWith("https://drop.example.com/"));
}

TEST_F(CallbackTest, OfASeriesTheFirstBatchAsksAndMayBeRefusedForIt) {
  for (auto& [name, route] : context_->routes) route.batch_bytes = 12;
  const std::string text = "a,b\n1,x\n2,y\n3,z\n";
  target_->submit_answers.push_back(refused(8127));
  const auto id = accept(submission_of("sales", "append"), text);
  start();
  run_until_running(id);
  ASSERT_EQ(target_->callback_urls.size(), 3U);
  EXPECT_THAT(target_->callback_urls[0], StartsWith("https://drop.example.com/"));
  EXPECT_EQ(target_->callback_urls[1], "");
  EXPECT_EQ(target_->batches.size(), 3U) << "the first one twice";
  EXPECT_EQ(find(id).attempts, 0);
}

}  // namespace
}  // namespace dropload::run
