#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {
namespace {

TEST_F(RunnerTest, ASubmissionIsSentPolledDoneAndItsOriginalPutAway) {
  const auto id = submit("sales");
  start();
  run_until_state(id, SubmissionState::importing);
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return find(id).retired_to.has_value(); });
  const auto done = find(id);
  EXPECT_EQ(done.state, SubmissionState::done);
  EXPECT_EQ(done.rows.value().success, 10);
  EXPECT_EQ(test::contents(*done.retired_to), "a,b\n");
  EXPECT_EQ(jobs_of(id)[0].summary, R"({"jobCode":"1004"})");
  run_until([&] { return !std::filesystem::exists(spool_->entry_path(id)); });
}

TEST_F(RunnerTest, NoMoreThanFiveAreSentAtOnceAndTheSixthFollows) {
  target_->hang = true;
  for (int i = 0; i < 7; ++i) submit("t" + std::to_string(i));
  start();
  run_until([&] { return target_->under_way == 5; });
  pass(Milliseconds{1});
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(target_->most_under_way, 5);
  EXPECT_EQ(target_->submitted.size(), 5U);
}

TEST_F(RunnerTest, ATableHasOneJobAtATimeInOrderOfArrival) {
  const auto first = submit("sales");
  const auto second = submit("sales");
  start();
  run_until([&] { return !jobs_of(first).empty() && jobs_of(first)[0].state == queue::JobState::running; });
  EXPECT_EQ(find(second).state, SubmissionState::queued);
  pass(context_->settings.outcome.first_poll);
  run_until_state(first, SubmissionState::done);
  run_until_state(second, SubmissionState::importing);
}

TEST_F(RunnerTest, AnOutageSpendsNoAttemptAndCostsOneProbeAtATime) {
  for (int i = 0; i < 5; ++i)
    target_->submit_answers.push_back(target::NeverSent{Error{Errc::connection, "connection refused"}});
  const auto a = submit("a");
  const auto b = submit("b");
  start();
  // Both may be in the first plan; from then on the pause holds them back.
  const auto rests = [&] {
    return target_->under_way == 0 && find(a).state == SubmissionState::queued &&
           find(b).state == SubmissionState::queued;
  };
  const auto& memory = context_->organizations.at("acme").memory;
  run_until([&] { return memory.unreachable_in_a_row > 0 && rests(); });
  EXPECT_EQ(memory.unreachable_in_a_row, 1) << "what fails together is one outage";
  const auto probes = target_->submitted.size();
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(target_->submitted.size(), probes) << "while it is paused nothing is sent";
  pass(context_->settings.outcome.backoff.first);
  run_until([&] { return memory.unreachable_in_a_row == 2 && rests(); });
  EXPECT_EQ(target_->submitted.size(), probes + 1);
  target_->submit_answers.clear();
  pass(context_->settings.outcome.backoff.most);
  run_until_state(a, SubmissionState::importing);
  run_until_state(b, SubmissionState::importing);
  EXPECT_EQ(find(a).attempts, 0);
}

TEST_F(RunnerTest, AnAnsweredPollEndsTheWaitForAServiceThatCouldNotBeReached) {
  context_->settings.outcome.backoff = {Milliseconds{100'000}, Milliseconds{300'000}};
  const auto a = submit("a");
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::running; });
  target_->submit_answers.push_back(target::NeverSent{Error{Errc::connection, "connection refused"}});
  const auto b = submit("b");
  runner_->wake();
  run_until([&] { return target_->submitted.size() == 2 && find(b).state == SubmissionState::queued; });
  pass(context_->settings.outcome.first_poll);
  run_until_state(a, SubmissionState::done);
  run_until_state(b, SubmissionState::importing);
}

TEST_F(RunnerTest, WhatAnswersInTheServicesPlaceHasOneFileAtATimeAndMayHavePassedItOn) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::protocol, "a page answered"}});
  const auto first = submit("a");
  start();
  run_until([&] { return !jobs_of(first).empty() && jobs_of(first)[0].state == queue::JobState::lost; });
  const auto second = submit("b");
  runner_->wake();
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(find(second).state, SubmissionState::queued) << "the organization is paused";
  EXPECT_EQ(find(first).attempts, 0);
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return target_->submitted.size() == 2; });
  EXPECT_EQ(find(first).state, SubmissionState::importing);
}

TEST_F(RunnerTest, AFailureOfTheServiceIsTriedAgainUntilTheAttemptsAreSpent) {
  for (int i = 0; i < 3; ++i) target_->submit_answers.push_back(target::Refused{{500, 7005, "", "internal"}, {}});
  const auto id = submit("sales");
  start();
  run_until([&] { return find(id).attempts == 1; });
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return find(id).attempts == 2; });
  pass(context_->settings.outcome.backoff.most);
  run_until([&] { return find(id).retired_to.has_value(); });
  EXPECT_EQ(find(id).state, SubmissionState::failed);
  EXPECT_EQ(find(id).code, 7005);
  EXPECT_THAT(test::contents(*find(id).retired_to + ".error.txt"), HasSubstr("7005"));
}

TEST_F(RunnerTest, AnUploadThatIsStoppedBeforeItsLastPieceIsQueuedAgain) {
  target_->hang_before_last_piece = true;
  const auto id = submit("sales");
  start();
  run_until([&] { return target_->under_way == 1; });
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  EXPECT_EQ(find(id).attempts, 0);
}

TEST_F(RunnerTest, AnAppendThatIsStoppedAfterItsLastPieceIsLost) {
  target_->hang = true;
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].whole_sent; });
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(jobs_of(id)[0].state, queue::JobState::lost);
  EXPECT_THAT(find(id).reason, HasSubstr("Nobody knows yet"));
}

TEST_F(RunnerTest, AfterACrashAnIntentThatWasNotSentWholeIsQueuedAgain) {
  const auto id = submit("sales");
  const auto limits = context_->organizations.at("acme").limits;
  ASSERT_TRUE(store_->run_blocking([&](Store& store) { return store.begin_job(id, limits, {1, 0}, clock_.now()); }));
  run_until_done(recover_runner());
  EXPECT_TRUE(recovered_);
  EXPECT_EQ(find(id).state, SubmissionState::queued);
  start();
  run_until_state(id, SubmissionState::importing);
}

TEST_F(RunnerTest, ASubmissionWhoseRouteIsGoneIsHeldWithAdvice) {
  const auto id = submit("sales", "append");
  context_->routes.erase("append");
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("route 'append'"));
  EXPECT_THAT(find(id).advice, HasSubstr("dropload release"));
}

TEST_F(RunnerTest, ASubmissionWhoseBytesAreGoneIsHeldAndOthersGoOn) {
  const auto lost = submit("a");
  std::filesystem::remove(spool_->data_path(lost));
  const auto fine = submit("b");
  start();
  run_until_state(lost, SubmissionState::held);
  run_until_state(fine, SubmissionState::importing);
}

TEST_F(RunnerTest, ASubmissionWhoseBytesHaveChangedInTheSpoolIsHeld) {
  const auto id = submit("a");
  directory_.write("spool/" + std::to_string(id) + "/data", "a");
  start();
  run_until_state(id, SubmissionState::held);
  EXPECT_THAT(find(id).reason, HasSubstr("4 bytes"));
  EXPECT_TRUE(target_->submitted.empty());
}

TEST_F(RunnerTest, WhatWaitsForAnOrganizationThatIsGoneIsHeldAtTheStart) {
  const auto running = submit("a");
  const auto limits = context_->organizations.at("acme").limits;
  const auto job =
      store_->run_blocking([&](Store& store) {
              return store.begin_job(running, limits, {1, 0}, clock_.now());
            })
          .value();
  ASSERT_TRUE(store_->run_blocking(
      [&](Store& store) { return store.job_accepted(job.id, "77", "job-1", clock_.now(), clock_.now()); }));
  const auto queued = submit("b");
  context_->organizations.clear();
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  run_until_done(recover_runner());
  EXPECT_TRUE(recovered_);
  EXPECT_EQ(find(queued).state, SubmissionState::held);
  EXPECT_THAT(find(queued).reason, HasSubstr("'acme'"));
  EXPECT_THAT(find(queued).advice, HasSubstr("dropload release"));
  EXPECT_EQ(find(running).state, SubmissionState::importing) << "it is polled when the organization is back";
}

TEST_F(RunnerTest, ALostOneOfAParallelRouteIsNotSentOverANewerOneThatRanSince) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
  target_->look_answers.assign(
      20, target::LastImport{zoho::ImportDetails{clock_.now(), "just then", "Success", 10, 10, 0, ""}, "{}", {}});
  const auto lost = submit("sales", "replace", true);
  start();
  run_until([&] { return !jobs_of(lost).empty() && jobs_of(lost)[0].state == queue::JobState::lost; });
  const auto newer = submit("sales", "replace", true);
  runner_->wake();
  run_until([&] { return !jobs_of(newer).empty() && jobs_of(newer)[0].state == queue::JobState::running; });
  pass(context_->settings.outcome.first_poll);
  run_until_state(newer, SubmissionState::done);
  pass(context_->settings.outcome.lost_job_wait);
  run_until_state(lost, SubmissionState::held);
  EXPECT_THAT(find(lost).reason, HasSubstr("newer"));
  ASSERT_TRUE(store_->run_blocking([&](Store& store) { return store.release(lost, clock_.now()); }));
  runner_->wake();
  run_until([&] { return find(lost).state == SubmissionState::importing; });
}

TEST_F(RunnerTest, ARefusedTokenIsRepeatedOnceThenTheOrganizationIsPaused) {
  target_->submit_answers = {target::Refused{{401, 8535, "", "bad token"}, {}},
                             target::Refused{{401, 8535, "", "bad token"}, {}}};
  const auto id = submit("sales");
  start();
  run_until([&] {
    return target_->submitted.size() == 2 && target_->under_way == 0 && find(id).state == SubmissionState::queued;
  });
  run_until([&, looks = 0]() mutable { return ++looks > 5; });
  EXPECT_EQ(target_->submitted.size(), 2U);
  EXPECT_EQ(find(id).attempts, 0);
}

TEST_F(RunnerTest, SeveralCallsWithOneRevokedTokenAreRepeatedAndTheOrganizationGoesOn) {
  for (const bool replaced : {false, true, true})
    target_->submit_answers.push_back(target::Refused{{401, 8535, "", "bad token"}, {}, replaced});
  std::vector<SubmissionId> ids;
  for (const auto* table : {"a", "b", "c"}) ids.push_back(submit(table));
  start();
  for (const auto id : ids) {
    run_until([&] { return !jobs_of(id).empty() && jobs_of(id).back().state == queue::JobState::running; });
  }
  EXPECT_EQ(target_->submitted.size(), 6U);
}

TEST_F(RunnerTest, APollThatFindsNobodyIsRepeatedAndTheJobRunsOn) {
  target_->status_answers.push_back(target::NeverSent{Error{Errc::connection, "connection refused"}});
  const auto id = submit("sales");
  start();
  run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
  pass(context_->settings.outcome.first_poll);
  run_until([&] { return jobs_of(id)[0].failed_polls == 1; });
  EXPECT_EQ(find(id).state, SubmissionState::importing);
  pass(Milliseconds{60'000});
  run_until_state(id, SubmissionState::done);
}

TEST_F(RunnerTest, AfterAPersonHasResumedTheOrganizationTheServiceMayPauseItAnew) {
  for (int i = 0; i < 2; ++i) target_->submit_answers.push_back(target::Refused{{400, 6043, "", "used up"}, {}});
  const auto id = submit("sales");
  start();
  const auto paused = [&] {
    const auto limits = std::vector{context_->organizations.at("acme").limits};
    const auto now = clock_.now();
    return store_->run_blocking([=](Store& s) { return s.snapshot(limits, now); }).value().organizations[0].pause;
  };
  run_until([&] { return paused().has_value() && jobs_of(id).size() == 1; });
  ASSERT_TRUE(store_->run_blocking([](Store& s) { return s.resume_organization("acme"); }));
  runner_->resumed("acme");
  runner_->wake();
  run_until([&] { return paused().has_value() && jobs_of(id).size() == 2; });
}

}  // namespace
}  // namespace dropload::run
