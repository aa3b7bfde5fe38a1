// Files that wait for one table travel as one job.

#include "tests/daemon/run/runner_fixture.h"

namespace dropload::run {
namespace {

class MergeTest : public RunnerTest {
 protected:
  MergeTest() {
    context_->routes["append"].merge = true;
    target_->summary = {"APPEND", 2, 2, 0, 0, 0, "updated"};
  }

  // As intake would: the records are the lines behind the first one.
  SubmissionId add(const std::string& text, const std::string& shape = "a", const std::string& route = "append") {
    auto added = submission_of("sales", route);
    added.shape = shape;
    added.records = std::ranges::count(text, '\n') - 1 + (text.ends_with('\n') ? 0 : 1);
    return accept(std::move(added), text);
  }

  std::vector<queue::JobPart> parts_of(queue::JobId id) {
    return store_->run_blocking([id](Store& store) { return store.parts_of(id); }).value();
  }
  // The service counts so many rows, all of them in unless said otherwise.
  void will_count(std::int64_t rows, std::optional<std::int64_t> success = {}) {
    target_->summary.total_rows = rows;
    target_->summary.success_rows = success.value_or(rows);
  }
  void will_fail(int code, const std::string& message) {
    zoho::JobDetails details;
    details.code = zoho::JobCode::failed;
    details.error_code = code;
    details.error_message = message;
    target_->status_answers.push_back(target::Details{details, "{}"});
  }
  void poll() { pass(context_->settings.outcome.first_poll); }
};

TEST_F(MergeTest, OneThatHasOtherRecordsThanWereCountedEndsTheJob) {
  // A quoted line break is a record more for this test's way to count.
  const auto a = add("id,b\n1,x\n"), b = add("id,b\n2,\"y\nz\"\n3,z\n"), c = add("id,b\n4,v\n");
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::running; });
  EXPECT_EQ(target_->bodies.at(0), "id,b\n1,x\n");
  EXPECT_EQ(find(b).state, SubmissionState::queued);
  EXPECT_EQ(find(c).state, SubmissionState::queued);
}

TEST_F(MergeTest, WhatWaitsForATableTravelsAsOneJobAndEachIsDoneWithItsOwnRows) {
  const auto a = add("id,b\n1,x\n"), b = add("id,b\r\n2,y\r\n3,z"), c = add("id,b\n4,v\n");
  will_count(4);
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::running; });
  EXPECT_EQ(target_->bodies[0], "id,b\n1,x\n2,y\n3,z\n4,v\n");
  EXPECT_EQ(jobs_of(a)[0].parts, 3);
  const auto parts = parts_of(jobs_of(a)[0].id);
  EXPECT_EQ(parts[0].first_line, 1);
  EXPECT_EQ(parts[1].first_line, 3);
  EXPECT_EQ(parts[1].own_line, 2);
  EXPECT_EQ(parts[2].first_line, 5);
  poll();
  run_until_state(c, SubmissionState::done);
  EXPECT_EQ(find(a).rows->total, 1);
  EXPECT_EQ(find(b).rows->total, 2);
  EXPECT_EQ(find(b).rows->success, 2);
  EXPECT_EQ(find(c).rows->total, 1);
  EXPECT_EQ(find(b).reason, "");
}

TEST_F(MergeTest, WithoutTheSettingAShapeOrTheSameOneTheyTravelAlone) {
  const auto a = add("id,b\n1,x\n"), b = add("id,c\n2,y\n", "b"), c = add("id,c\n3,z\n", "");
  start();
  run_until([&] { return target_->bodies.size() == 1; });
  EXPECT_EQ(jobs_of(a)[0].parts, 1);
  for (const auto id : {a, b, c}) {
    run_until([&] { return !jobs_of(id).empty() && jobs_of(id)[0].state == queue::JobState::running; });
    will_count(1);
    poll();
    run_until_state(id, SubmissionState::done);
  }
  EXPECT_EQ(target_->bodies.size(), 3U);
}

TEST_F(MergeTest, NoMoreFilesThanSetTravelTogether) {
  context_->settings.packing.files = 2;
  std::vector<SubmissionId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(add("id\n1\n"));
  start();
  run_until([&] { return target_->bodies.size() == 1; });
  EXPECT_EQ(jobs_of(ids[0])[0].parts, 2);
  EXPECT_EQ(find(ids[2]).state, SubmissionState::queued);
}

TEST_F(MergeTest, AFileThatFillsAJobTravelsAsItIs) {
  context_->settings.packing.bytes = 20;
  const auto a = add("id,b\r\n1,x\r\n2,y\r\n");
  add("id,b\r\n3,z\r\n");
  start();
  run_until([&] { return target_->bodies.size() == 1; });
  EXPECT_EQ(target_->bodies[0], "id,b\r\n1,x\r\n2,y\r\n");
  EXPECT_EQ(jobs_of(a)[0].parts, 1);
}

TEST_F(MergeTest, TheBadOneFailsWithItsOwnLineAndTheOthersGoIn) {
  const auto a = add("id,b\n1,x\n"), b = add("id,b\n2,y\nbad,z\n"), c = add("id,b\n4,v\n"), d = add("id,b\n5,v\n");
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::running; });
  EXPECT_EQ(jobs_of(a)[0].parts, 4);
  will_fail(7232, "aborted<br>" + zoho::encode_offence({4, 1, "bad", "not a number"}));
  poll();
  run_until([&] { return jobs_of(a).size() == 2 && jobs_of(a)[1].state == queue::JobState::running; });
  EXPECT_EQ(find(b).merge_most, 1);
  EXPECT_EQ(find(b).attempts, 0);
  EXPECT_EQ(target_->bodies.back(), "id,b\n1,x\n") << "arrival order is kept";
  will_count(1);
  poll();
  run_until_state(a, SubmissionState::done);
  run_until([&] { return jobs_of(b).size() == 2 && jobs_of(b)[1].state == queue::JobState::running; });
  EXPECT_EQ(jobs_of(b)[1].parts, 1);
  will_fail(7232, "aborted<br>" + zoho::encode_offence({3, 1, "bad", "not a number"}));
  poll();
  run_until_state(b, SubmissionState::failed);
  EXPECT_THAT(find(b).reason, HasSubstr("[Line: 3 Field: 1] (bad)"));
  run_until([&] { return jobs_of(d).size() == 2 && jobs_of(d)[1].state == queue::JobState::running; });
  EXPECT_EQ(target_->bodies.back(), "id,b\n4,v\n5,v\n");
  will_count(2);
  poll();
  run_until_state(d, SubmissionState::done);
  EXPECT_EQ(find(c).state, SubmissionState::done);
  EXPECT_EQ(target_->bodies.size(), 4U);
}

TEST_F(MergeTest, ABadOneWithoutALineIsFoundInEverSmallerJobs) {
  std::vector<SubmissionId> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(add(fmt::format("id\n{}\n", i == 5 ? "bad" : "1")));
  target_->answering = [&] {
    if (target_->bodies.empty()) return;
    const bool is_bad = target_->bodies.back().find("bad") != std::string::npos;
    will_count(std::ranges::count(target_->bodies.back(), '\n') - 1);
    target_->status_answers.clear();
    if (is_bad) will_fail(7232, "aborted");
  };
  start();
  for (const auto id : ids) {
    run_until([&] {
      poll();
      return queue::is_final(find(id).state);
    });
    EXPECT_EQ(find(id).state, id == ids[5] ? SubmissionState::failed : SubmissionState::done) << id;
  }
  EXPECT_LE(target_->bodies.size(), 9U);
}

TEST_F(MergeTest, OneWhoseBytesAreNotWhatWasAcceptedEndsTheJobAndIsHeldAtItsTurn) {
  const auto a = add("id\n1\n"), b = add("id\n2\n"), c = add("id\n3\n"), d = add("id\n4\n");
  directory_.write("spool/" + std::to_string(c) + "/data", "id\n");
  will_count(2);
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::running; });
  EXPECT_EQ(target_->bodies[0], "id\n1\n2\n");
  poll();
  run_until_state(b, SubmissionState::done);
  run_until_state(c, SubmissionState::held);
  run_until_state(d, SubmissionState::importing);
}

TEST_F(MergeTest, ALostJobIsDoneForEachOfThemWhenTheTablesLastImportHasTheirRows) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto a = add("id\n1\n"), b = add("id\n2\n");
  target_->look_answers.push_back(
      target::LastImport{zoho::ImportDetails{clock_.now(), "just then", "Success", 2, 2, 0, ""}, "{}", {}});
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::lost; });
  pass(context_->settings.outcome.first_poll);
  run_until_state(a, SubmissionState::done);
  EXPECT_EQ(find(a).rows->total, 1);
  EXPECT_EQ(find(b).state, SubmissionState::done);
  EXPECT_EQ(find(b).rows->total, 1);
}

TEST_F(MergeTest, ALostJobOfWhichNothingIsFoundOutIsHeldForEachOfThem) {
  target_->submit_answers.push_back(target::MaybeSent{Error{Errc::connection, "the connection broke"}});
  const auto a = add("id\n1\n"), b = add("id\n2\n");
  target_->look_answers.assign(
      20, target::LastImport{zoho::ImportDetails{clock_.now(), "just then", "Success", 7, 7, 0, ""}, "{}", {}});
  start();
  run_until([&] { return !jobs_of(a).empty() && jobs_of(a)[0].state == queue::JobState::lost; });
  pass(context_->settings.outcome.lost_job_wait);
  run_until_state(a, SubmissionState::held);
  EXPECT_EQ(find(b).state, SubmissionState::held);
  EXPECT_THAT(find(b).reason, HasSubstr("Nobody can know"));
}

TEST_F(MergeTest, AJobThatWasCutShortBeforeItsLastPieceIsSentAgainAsAWhole) {
  target_->hang_before_last_piece = true;
  const auto a = add("id\n1\n"), b = add("id\n2\n");
  start();
  run_until([&] { return target_->under_way == 1; });
  run_until_done(stop_runner(Milliseconds{0}));
  EXPECT_EQ(find(a).state, SubmissionState::queued);
  EXPECT_EQ(find(b).state, SubmissionState::queued);
  EXPECT_EQ(find(b).attempts, 0);
  runner_ = std::make_unique<Runner>(*context_, io_.get_executor());
  target_->hang_before_last_piece = false;
  run_until_done(recover_runner());
  start();
  run_until([&] { return target_->bodies.size() == 2; });
  EXPECT_EQ(target_->bodies[1], "id\n1\n2\n");
}

TEST_F(MergeTest, OneThatIsDiscardedMeanwhileIsNotSent) {
  const auto a = add("id\n1\n"), b = add("id\n2\n");
  // While the bytes are put together.
  files_.opening = [&, done = false]() mutable {
    if (std::exchange(done, true)) return;
    EXPECT_TRUE(store_->run_blocking([&, now = clock_.now()](Store& store) { return store.discard(b, now); }));
  };
  start();
  run_until([&] { return target_->bodies.size() == 1; });
  EXPECT_EQ(target_->bodies[0], "id\n1\n");
  EXPECT_EQ(jobs_of(a)[0].parts, 1);
  EXPECT_EQ(find(b).state, SubmissionState::cancelled);
}

TEST_F(MergeTest, RowsThatAreNotThoseThatWereCountedAreAWarningOrAFailureAsTheRouteSays) {
  context_->routes["append"].merge = false;
  const auto warned = add("id\n1\n2\n");
  start();
  run_until_state(warned, SubmissionState::importing);
  run_until([&] { return jobs_of(warned)[0].state == queue::JobState::running; });
  will_count(1);
  poll();
  run_until_state(warned, SubmissionState::done);
  EXPECT_THAT(find(warned).reason, HasSubstr("2 rows were counted in the file, and the service counted 1"));
  context_->routes["append"].on_row_difference = queue::OnRowDifference::fail;
  const auto failed = add("id\n1\n2\n");
  runner_->wake();
  run_until([&] { return !jobs_of(failed).empty() && jobs_of(failed)[0].state == queue::JobState::running; });
  poll();
  run_until_state(failed, SubmissionState::failed);
  EXPECT_EQ(jobs_of(failed)[0].state, queue::JobState::succeeded);
  EXPECT_THAT(find(failed).advice, HasSubstr("Compare"));
}

TEST_F(MergeTest, FilesThatWouldBeReadOtherwiseTogetherTravelAlone) {
  // Alone the first is read with semicolons; with the second behind it the service would find commas out.
  std::string rows;
  for (int i = 0; i < 50; ++i) rows += "1,2\n";
  const auto a = add("id;b\n1;2,5\n"), b = add("id;b\n" + rows);
  start();
  run_until([&] { return target_->bodies.size() == 1; });
  EXPECT_EQ(target_->bodies[0], "id;b\n1;2,5\n");
  EXPECT_EQ(find(b).state, SubmissionState::queued);
  EXPECT_EQ(find(a).state, SubmissionState::importing);
}

}  // namespace
}  // namespace dropload::run
